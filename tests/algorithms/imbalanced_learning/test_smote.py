from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.neighbors import NearestNeighbors

from algorithms.imbalanced_learning.smote import smote
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(0, 1000), st.integers(1, 5))
def test_every_row_lies_between_its_parent_and_one_of_its_k_nearest(seed: int, k: int) -> None:
    M = np.random.default_rng(seed).standard_normal((8, 3))
    output = smote(M.tolist(), 20, k, seed)
    neighbours = NearestNeighbors(n_neighbors=k).fit(M).kneighbors(return_distance=False)
    for row, i, j, u in zip(output["synthetic"], output["parents"], output["partners"], output["u"], strict=True):
        assert j in neighbours[i]
        assert 0 <= u < 1
        np.testing.assert_allclose(row, (1 - u) * M[i] + u * M[j])


def test_mean_is_kept_and_variance_shrinks() -> None:
    M = np.random.default_rng(0).standard_normal((40, 2))
    output = smote(M.tolist(), 2000, 39)  # any partner: the mean is that of the class
    np.testing.assert_allclose(output["mean_synthetic"], output["mean_minority"], atol=0.08)
    # Var(x + u (x' - x)) = (E (1 - u)^2 + E u^2) Var = 2 / 3 Var for independent partners
    assert output["variance_ratio"] == pytest.approx(2 / 3, abs=0.06)


def test_duplicated_rows_are_not_their_own_partner() -> None:
    output = smote([[0.0], [0.0], [5.0]], 30, 1)
    assert np.all(output["parents"] != output["partners"])


@pytest.mark.parametrize("bad", [{"k": 5}, {"n_synthetic": 0}, {"minority": [[1.0]]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("smote").run(bad)
