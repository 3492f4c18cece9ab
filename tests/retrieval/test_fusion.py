"""Fusion: label-free weights by hand, learned ones, and what the search says of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.settings import RetrievalSettings
from indexing.stores.learned_fusion import LearnedFusion
from retrieval.candidates import Candidates
from retrieval.fusion import fixed_sum, fuse, largest_fall, prominence, query_weights
from retrieval.scoring.standardise import range_scores, z_scores

SETTINGS = RetrievalSettings(name_weight=6.0)
FLAT = np.array([1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.0])
APART = np.array([10.0, 9.5, 1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2])


def learned(**changes: object) -> LearnedFusion:
    values: dict[str, object] = {
        "bm25": 2.0,
        "dense": 0.0,
        "colbert": 1.0,
        "scale": "z",
        "kept": True,
        "measure": "nDCG@10",
        "default": 0.5,
        "learned": 0.6,
        "p_value": 0.01,
        "queries": 50,
        "folds": 5,
        "judgements": "by hand",
        "query_ids": ("1",),
        "encoder": "e",
    }
    return LearnedFusion.model_validate(values | changes)


def candidates(bm25: np.ndarray, dense: np.ndarray, colbert: np.ndarray | None = None) -> Candidates:
    scores = {"bm25": bm25, "dense": dense} | ({} if colbert is None else {"colbert": colbert})
    return Candidates(rows=np.arange(len(bm25)), scores=scores)


def test_falls_and_prominence_by_hand() -> None:
    assert largest_fall(APART) == pytest.approx(8.5 / 10)
    assert largest_fall(FLAT) == pytest.approx(0.1)
    assert largest_fall(np.zeros(5)) == 0.0
    # the fall from the 12th to the 13th is out of sight
    assert largest_fall(np.array([1.0] * 12 + [0.0] * 5)) == 0.0
    assert prominence(np.array([0.0, 0.0, 3.0])) == pytest.approx(2 / np.sqrt(2))
    assert prominence(np.ones(4)) == 0.0


def test_bm25_speaks_up_where_its_best_stand_apart() -> None:
    loud = query_weights({"bm25": APART, "dense": FLAT}, SETTINGS)
    plain = query_weights({"bm25": FLAT, "dense": FLAT}, SETTINGS)
    assert loud["bm25"] > 2 * plain["bm25"]
    assert plain["bm25"] == SETTINGS.bm25_weight
    assert loud["dense"] == plain["dense"]


def test_sentence_vectors_count_less_where_none_stands_out() -> None:
    standing = np.zeros(30)
    standing[3] = 1.0
    told = query_weights({"bm25": np.zeros(30), "dense": standing}, SETTINGS)["dense"]
    guess = query_weights({"bm25": np.zeros(11), "dense": FLAT}, SETTINGS)["dense"]
    assert guess < told == SETTINGS.dense_weight


def test_a_stage_alone_keeps_its_own_ranking() -> None:
    alone = Candidates(rows=np.arange(11), scores={"bm25": APART})
    assert fuse(alone, SETTINGS).argsort().tolist() == APART.argsort().tolist()


@given(
    st.lists(st.floats(-5, 5, allow_nan=False), min_size=3, max_size=20),
    st.floats(0.5, 20),
    st.floats(-100, 100),
)
def test_moving_and_stretching_dense_scores_changes_no_fused_score(values: list[float], by: float, add: float) -> None:
    dense = np.array(values)
    if dense.std() < 1e-3:
        return
    bm25 = np.linspace(0, 1, len(values))
    before, after = (fuse(candidates(bm25, d), SETTINGS) for d in (dense, dense * by + add))
    assert after == pytest.approx(before, abs=1e-6)


def test_learned_weights_replace_the_default_for_the_stages_they_were_learned_for() -> None:
    dense = FLAT[::-1].copy()
    whole = candidates(APART, dense, FLAT)
    assert fuse(whole, SETTINGS, learned()) == pytest.approx(2 * z_scores(APART) + z_scores(FLAT))
    assert whole.verdicts["fusion"].startswith("learned from 50 judged queries")
    part = candidates(APART, dense)
    assert fuse(part, SETTINGS, learned()) == pytest.approx(fuse(candidates(APART, dense), SETTINGS))
    assert part.verdicts["fusion"].startswith("label-free")


@pytest.mark.parametrize(
    ("settings", "weights"),
    [(SETTINGS, {"kept": False}), (RetrievalSettings(fusion="label-free"), {})],
)
def test_weights_that_did_not_gain_or_are_not_wanted_are_not_used(
    settings: RetrievalSettings, weights: dict[str, object]
) -> None:
    plain = fuse(candidates(APART, FLAT, FLAT), settings)
    assert fuse(candidates(APART, FLAT, FLAT), settings, learned(**weights)) == pytest.approx(plain)


def test_scores_on_a_range_end_in_deviations() -> None:
    scores = {"bm25": APART, "dense": FLAT, "colbert": FLAT}
    fused = fixed_sum(scores, {"bm25": 1.0, "dense": 0.5, "colbert": 0.5}, "range")
    assert fused.std() == pytest.approx(2.0)
    by_hand = range_scores(APART) + 0.5 * range_scores(FLAT) + 0.5 * range_scores(FLAT)
    assert fused.argsort().tolist() == by_hand.argsort().tolist()
    assert range_scores(np.array([2.0, 4.0, 3.0])).tolist() == [0.0, 1.0, 0.5]


def test_a_name_adds_its_fixed_amount_under_any_weights() -> None:
    for weights in (None, learned(), learned(scale="range")):
        plain, called = candidates(APART, FLAT, FLAT), candidates(APART, FLAT, FLAT)
        called.named = np.array([7])
        gain = fuse(called, SETTINGS, weights) - fuse(plain, SETTINGS, weights)
        assert gain.tolist() == pytest.approx([6.0 if row == 7 else 0.0 for row in range(11)])
