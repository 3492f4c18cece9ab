from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from algorithms.imbalanced_learning.nearmiss import nearmiss
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(0, 1000), st.integers(1, 4), st.integers(1, 8))
def test_versions_one_and_two_keep_the_smallest_mean_distances(seed: int, k: int, keep: int) -> None:
    rng = np.random.default_rng(seed)
    X, M = rng.standard_normal((10, 2)), rng.standard_normal((4, 2)) + 1
    D = np.sort(cdist(X, M), axis=1)
    for version, part in ((1, D[:, :k]), (2, D[:, -k:])):
        output = nearmiss(X.tolist(), M.tolist(), version, keep, k)
        np.testing.assert_allclose(output["mean_distances"], part.mean(axis=1))
        assert output["kept"].tolist() == np.argsort(part.mean(axis=1))[:keep].tolist()


@given(st.integers(0, 1000), st.integers(1, 3))
def test_version_three_keeps_neighbours_of_the_minority_only(seed: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    X, M = rng.standard_normal((12, 2)), rng.standard_normal((3, 2))
    D = cdist(X, M)
    short_list = set(np.argsort(D, axis=0)[:k].ravel().tolist())
    output = nearmiss(X.tolist(), M.tolist(), 3, 12, k)
    assert set(output["kept"].tolist()) == short_list
    assert output["n_kept"] == len(short_list) <= 3 * k
    assert np.all(np.diff(output["mean_distances"][output["kept"]]) <= 1e-12)  # the most distant of them first


def test_version_one_falls_for_an_outlier_and_version_two_does_not() -> None:
    minority = [[0.0], [0.1], [0.2], [50.0]]
    majority = [[1.0], [2.0], [50.1], [50.2]]
    assert nearmiss(majority, minority, 1, 2, 1)["kept"].tolist() == [2, 3]
    assert nearmiss(majority, minority, 2, 2, 4)["kept"].tolist() == [0, 1]


@pytest.mark.parametrize("bad", [{"k": 4}, {"version": 4}, {"keep": 7}, {"minority": [[1.0], [2.0], [3.0]]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("nearmiss").run(bad)
