from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.feature_selection.correlation_matrix_redundancy import correlation_matrix_redundancy, correlations
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(0, 1000))
def test_matrix_equals_numpy(seed: int) -> None:
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((10, 4)) @ rng.standard_normal((4, 4)) + 3
    R = correlations(X)
    np.testing.assert_allclose(R, np.corrcoef(X.T), atol=1e-12)
    np.testing.assert_array_equal(R, R.T)
    np.testing.assert_array_equal(np.diag(R), 1)
    np.testing.assert_allclose(correlations(X * [1, 5, 0.1, 9] - 7), R, atol=1e-9)


def test_line_and_parabola() -> None:
    x = np.array([-2.0, -1, 0, 1, 2])
    output = correlation_matrix_redundancy(np.column_stack([x, 2 * x + 1, x**2]).tolist())
    assert output["matrix"][0, 1] == pytest.approx(1)
    assert output["matrix"][0, 2] == pytest.approx(0, abs=1e-12)
    assert output["kept"] == [0, 2]
    assert output["pairs"] == [(0, 1, pytest.approx(1))]


def test_a_negative_copy_is_redundant_too() -> None:
    assert correlation_matrix_redundancy([[1, -1], [2, -2], [4, -4]])["dropped"] == [1]


@given(st.integers(0, 1000), st.floats(0.2, 0.99))
def test_no_kept_pair_exceeds_the_threshold(seed: int, threshold: float) -> None:
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((8, 6))
    output = correlation_matrix_redundancy(X.tolist(), threshold)
    inner = np.abs(output["matrix"][np.ix_(output["kept"], output["kept"])] - np.eye(len(output["kept"])))
    assert inner.max() < threshold
    assert sorted(output["kept"] + output["dropped"]) == list(range(6))
    for i, j, r in output["pairs"]:
        assert abs(r) >= threshold - 1e-9
        assert i in output["kept"]
        assert j in output["dropped"]


@pytest.mark.parametrize("bad", [{"threshold": 0}, {"X": [[1.0]]}, {"threshold": 1.5}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("correlation-matrix-redundancy").run(bad)
