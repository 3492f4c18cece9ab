"""Where the cross-encoder reads: runs of hits whose order is uncertain, by hand and as properties."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.rerank import corrected, uncertain, uncertain_runs

SCORES = st.lists(st.floats(-10, 10, allow_nan=False), min_size=0, max_size=20)


def test_runs_by_hand() -> None:
    scores = np.array([9.0, 8.9, 5.0, 3.0, 2.9, 2.8])
    assert uncertain_runs(scores, 0.5) == [(0, 2), (3, 6)]
    assert uncertain_runs(scores, 100) == [(0, 6)]
    assert uncertain_runs(scores, 0.0) == []
    assert uncertain_runs(np.array([1.0, 1.0]), 0.0) == [(0, 2)]  # a tie is never certain
    assert uncertain_runs(np.zeros(0), 1.0) == []


def test_runs_below_what_is_shown_are_left_alone() -> None:
    fused = np.array([0.0, 3.0, 0.1, 3.1])
    order = np.array([3, 1, 2, 0])
    assert uncertain(fused, order, head=4, margin=0.5, shown=10) == [(0, 2), (2, 4)]
    assert uncertain(fused, order, head=4, margin=0.5, shown=2) == [(0, 2)]
    assert uncertain(fused, order, head=3, margin=0.5, shown=10) == [(0, 2)]


@given(SCORES, st.floats(0, 3))
def test_runs_are_apart_and_as_long_as_can_be(values: list[float], margin: float) -> None:
    scores = np.sort(np.array(values))[::-1]
    inside = {place for first, last in uncertain_runs(scores, margin) for place in range(first, last - 1)}
    for place, fall in enumerate(-np.diff(scores)):
        assert (place in inside) == (fall <= margin)


@given(st.lists(st.floats(-5, 5, allow_nan=False), min_size=2, max_size=12), st.integers(0, 2**32 - 1), st.booleans())
def test_a_run_keeps_its_scores_and_so_its_place(values: list[float], seed: int, residual: bool) -> None:
    own = np.sort(np.array(values))[::-1]
    joint = np.random.default_rng(seed).standard_normal(len(own))
    new = corrected(own, np.arange(len(own)), joint, residual=residual, weight=1.0)
    assert sorted(new.tolist()) == sorted(own.tolist())


def test_the_better_blend_comes_first() -> None:
    fused = np.array([7.0, 2.0, 1.9, 1.8])
    read = np.array([1, 2, 3])
    new = corrected(fused, read, np.array([0.0, 0.0, 0.5]), residual=True, weight=1.0)
    assert new.tolist() == [1.9, 1.8, 2.0]
    assert corrected(fused, read, np.array([0.0, 0.0, 0.5]), residual=True, weight=0.0).tolist() == [2.0, 1.9, 1.8]
    ranked = corrected(fused, read, np.array([1.0, 2.0, 3.0]), residual=False, weight=9.0)
    assert ranked.tolist() == pytest.approx([1.8, 1.9, 2.0])
