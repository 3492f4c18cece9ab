from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.feature_selection.random_subset_feature_selection import random_subset_feature_selection
from algorithms.registry import load
from core.errors import InputError


def test_finds_the_xor_pair_that_no_single_feature_shows() -> None:
    output = random_subset_feature_selection()
    assert output["best_subset"] == [0, 1]
    assert output["best_score"] > 0.85
    assert output["test_score"] > 0.85
    assert output["single_best"] < 0.65


@settings(max_examples=5)
@given(st.integers(0, 100))
def test_the_best_score_never_falls_and_longer_runs_extend_shorter_ones(seed: int) -> None:
    short, long = (random_subset_feature_selection(t, 4, 0, 40, seed) for t in (5, 12))
    assert np.all(np.diff(long["best_so_far"]) >= 0)
    assert long["best_so_far"][:5] == short["best_so_far"]
    assert long["best_score"] >= short["best_score"]


def test_chance_of_drawing_the_pair() -> None:
    # one of C(6, 2) = 15 pairs
    assert random_subset_feature_selection(40)["hit_probability"] == pytest.approx(1 - (14 / 15) ** 40)
    # of C(4, 3) = 4 triples two contain both
    assert random_subset_feature_selection(1, 4, 3)["hit_probability"] == pytest.approx(0.5)


@pytest.mark.parametrize("bad", [{"subset_size": 7}, {"trials": 0}, {"features": 1}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("random-subset-feature-selection").run(bad)
