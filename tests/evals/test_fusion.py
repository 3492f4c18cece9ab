"""Learning the weights of a fusion: measures against ir_measures, a planted gain, and no gain where there is none."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InputError
from evals.fusion import JudgedQuery, fold_of, grid, ndcg, out_of_fold, study_fusion
from evals.metrics.ranking import score_run
from retrieval.scoring.standardise import weighted_sum

NAMES = [f"d{number}" for number in range(30)]


def planted(rng: np.random.Generator, number: int, signal: dict[str, float]) -> JudgedQuery:
    """A query whose one relevant document each stage sees as clearly as `signal` says."""
    relevant = int(rng.integers(len(NAMES)))
    scores = {}
    for stage, strength in signal.items():
        scores[stage] = rng.standard_normal(len(NAMES))
        scores[stage][relevant] += strength
    default = weighted_sum(scores, {"bm25": 0.5, "dense": 1.0, "colbert": 1.0})
    return JudgedQuery(f"q{number}", scores, default, np.zeros(len(NAMES)), NAMES, {NAMES[relevant]: 1})


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(0, 3), min_size=3, max_size=15), st.integers(0, 2**32 - 1))
def test_ndcg_is_that_of_ir_measures(grades: list[int], seed: int) -> None:
    if not any(grades):
        return
    names = [f"d{number}" for number in range(len(grades))]
    scores = np.random.default_rng(seed).permutation(len(grades)).astype(float)
    judged = dict(zip(names, grades, strict=True))
    run = {"q": dict(zip(names, scores.tolist(), strict=True))}
    expected = score_run(run, {"q": judged}, ["nDCG@10"])["nDCG@10"]["q"]
    assert ndcg(scores, names, judged) == pytest.approx(expected)


def test_a_document_counts_once_at_its_best_chunk() -> None:
    assert ndcg(np.array([3.0, 2.0, 1.0]), ["a", "a", "b"], {"b": 1}) == pytest.approx(1 / np.log2(3))


def test_a_stage_that_only_disturbs_is_found_out() -> None:
    rng = np.random.default_rng(1)
    queries = [planted(rng, n, {"bm25": 4.0, "dense": 0.0, "colbert": 2.0}) for n in range(80)]
    found = study_fusion(queries)
    assert found.kept
    assert found.p_value < 0.01
    weights = found.setting.of(found.stages)
    assert weights["dense"] < 0.5 * max(weights.values())
    assert weights["bm25"] > weights["dense"]


def test_nothing_is_kept_where_the_default_is_as_good() -> None:
    rng = np.random.default_rng(2)
    # the default's own weights are right for these
    queries = [planted(rng, n, {"bm25": 1.0, "dense": 2.0, "colbert": 2.0}) for n in range(60)]
    assert not study_fusion(queries).kept


def test_pure_noise_gains_nothing_out_of_fold() -> None:
    kept = 0
    for seed in range(6):
        rng = np.random.default_rng(100 + seed)
        queries = [planted(rng, n, {"bm25": 0.0, "dense": 0.0, "colbert": 0.0}) for n in range(40)]
        kept += study_fusion(queries).kept
    assert kept <= 1


def test_the_choice_for_a_fold_never_sees_it() -> None:
    rng = np.random.default_rng(3)
    values, fold = rng.random((20, 7)), np.arange(20) % 4
    before = out_of_fold(values, fold)
    changed = values.copy()
    changed[fold == 2] = rng.random((5, 7))
    after = out_of_fold(changed, fold)
    for held in np.flatnonzero(fold == 2):
        assert before[held] in values[held]
        assert np.flatnonzero(values[held] == before[held]) == np.flatnonzero(changed[held] == after[held])


def test_folds_are_even_and_fixed() -> None:
    counts = np.bincount([fold_of(f"q{n}", 5) for n in range(1000)], minlength=5)
    assert counts.min() > 150
    assert fold_of("q7", 5) == fold_of("q7", 5)


def test_the_grid_has_every_stage_alone_and_the_default() -> None:
    shapes = {setting.weights for setting in grid(("bm25", "dense", "colbert")) if setting.scale == "z"}
    assert {(0.0, 0.0, 1.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.5, 1.0, 1.0)} <= shapes
    assert len({tuple(np.round(np.array(s) / max(s), 9)) for s in shapes}) >= len(shapes) - 20  # hardly any twice


def test_few_queries_are_refused() -> None:
    rng = np.random.default_rng(4)
    with pytest.raises(InputError, match="at least 20"):
        study_fusion([planted(rng, n, {"bm25": 1.0, "dense": 1.0}) for n in range(5)])
