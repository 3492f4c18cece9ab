from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics.pairwise import rbf_kernel

from algorithms.online_learning_and_drift.maximum_mean_discrepancy import align, maximum_mean_discrepancy
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(0, 1000), st.floats(0.3, 3))
def test_equals_the_definition_with_sklearn_kernels(seed: int, width: float) -> None:
    rng = np.random.default_rng(seed)
    X, Y = rng.standard_normal((5, 2)), rng.standard_normal((7, 2)) + 0.5
    r = maximum_mean_discrepancy(X.tolist(), Y.tolist(), bandwidth=width, permutations=1)
    gamma = 1 / (2 * width**2)
    xx, yy, xy = rbf_kernel(X, gamma=gamma), rbf_kernel(Y, gamma=gamma), rbf_kernel(X, Y, gamma=gamma)
    assert r["mmd_squared"] == pytest.approx(xx.mean() + yy.mean() - 2 * xy.mean())
    assert r["mmd_squared"] >= 0
    off = (xx.sum() - 5) / 20 + (yy.sum() - 7) / 42 - 2 * xy.mean()
    assert r["mmd_squared_unbiased"] == pytest.approx(off)


@given(st.integers(0, 1000))
def test_aligned_moments_are_those_of_the_target(seed: int) -> None:
    rng = np.random.default_rng(seed)
    X, Y = rng.standard_normal((9, 2)), rng.standard_normal((8, 2)) @ np.array([[2.0, 1.0], [0.0, 0.5]]) + 3
    Z = align(X, Y)
    np.testing.assert_allclose(Z.mean(axis=0), Y.mean(axis=0), atol=1e-8)
    np.testing.assert_allclose(np.cov(Z.T), np.cov(Y.T), atol=1e-5)


def test_equal_samples_and_shifted_samples() -> None:
    rng = np.random.default_rng(0)
    X, Y, Z = rng.standard_normal((60, 2)), rng.standard_normal((60, 2)), 1.5 * rng.standard_normal((60, 2)) + 2
    same, moved = (maximum_mean_discrepancy(X.tolist(), other.tolist()) for other in (Y, Z))
    assert same["p_value"] > 0.05 > 0.01 > moved["p_value"]
    assert abs(same["mmd_squared_unbiased"]) < 0.03 and moved["mmd_squared_aligned"] < 0.1 * moved["mmd_squared"]
    assert maximum_mean_discrepancy(X.tolist(), X.tolist())["mmd_squared"] == pytest.approx(0, abs=1e-12)


def test_median_width() -> None:
    # 15 distances: 1, 1, 2 within each sample and nine of 7 to 11 between them; the eighth is 8
    r = maximum_mean_discrepancy([[0.0], [1.0], [2.0]], [[9.0], [10.0], [11.0]])
    gaps = sorted(abs(a - b) for i, a in enumerate([0, 1, 2, 9, 10, 11]) for b in [0, 1, 2, 9, 10, 11][:i])
    assert r["bandwidth"] == gaps[7] == 8


@pytest.mark.parametrize(
    "bad", [{"x": [[1.0]] * 3}, {"x": [[1.0, 1.0]] * 3, "y": [[1.0, 1.0]] * 3}, {"y": [[1.0, 2.0]]}]
)
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("maximum-mean-discrepancy").run(bad)
