from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.registry import load
from algorithms.retrieval.two_stage_recommendation import two_stage_recommendation
from core.errors import InputError


@given(st.integers(0, 100), st.integers(5, 100))
@settings(max_examples=10)
def test_final_recall_is_exactly_the_candidate_recall(seed: int, candidates: int) -> None:
    # the ranker knows the true score, so it finds each true top item that reaches it, and no other
    r = two_stage_recommendation(items=100, users=3, candidates=candidates, k=5, seed=seed)
    assert r["recall_at_k"] == pytest.approx(r["candidate_recall"])
    assert r["recall_at_k"] >= r["first_stage_recall_at_k"]


def test_recall_grows_with_candidates_up_to_one() -> None:
    r = load("two-stage-recommendation").run()
    assert r["final_recall"] == sorted(r["final_recall"]) and r["final_recall"][-1] == 1
    assert r["candidate_counts"][0] == 10 and r["candidate_counts"][-1] == 2000
    assert r["recall_at_k"] > 0.85 > 0.7 > r["first_stage_recall_at_k"]
    assert r["ranker_calls"] == 200 and r["ranker_calls_without_candidates"] == 2000


@pytest.mark.parametrize("bad", [{"candidates": 5, "k": 10}, {"items": 100, "candidates": 101}, {"items": 10**6}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("two-stage-recommendation").run(bad)
