from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from algorithms.active_learning.diversity_sampling import diversity_sampling
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(0, 1000), st.integers(1, 4))
def test_greedy_is_within_twice_the_optimum(seed: int, k: int) -> None:
    X = np.random.default_rng(seed).standard_normal((9, 2))
    output = diversity_sampling(X.tolist(), k)
    D = cdist(X, X)
    optimum = min(D[:, list(S)].min(axis=1).max() for S in combinations(range(9), k))
    assert optimum - 1e-9 <= output["radius"] <= 2 * optimum + 1e-9
    assert output["lower_bound"] <= optimum + 1e-9
    assert output["radius"] == pytest.approx(D[:, output["selected"]].min(axis=1).max())
    assert len(set(output["selected"])) == k


def test_one_pick_from_each_group() -> None:
    output = diversity_sampling([[0, 0], [0, 1], [1, 0], [5, 5], [5, 6], [10, 0]], 3)
    assert output["selected"] == [0, 5, 4]
    assert output["radius"] == 1
    assert output["random_radius"] > 2


def test_labelled_points_count_as_covered() -> None:
    output = diversity_sampling([[0], [1], [10], [11], [20]], 1, labelled=[0, 4])
    assert output["selected"] == [2]
    assert output["radius"] == 1


def test_an_outlier_is_picked_first() -> None:
    X = [*np.random.default_rng(0).standard_normal((30, 2)).tolist(), [50.0, 50.0]]
    assert diversity_sampling(X, 2)["selected"] == [0, 30]


@pytest.mark.parametrize("bad", [{"k": 7}, {"labelled": [9]}, {"k": 5, "labelled": [0, 1]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("diversity-sampling").run(bad)
