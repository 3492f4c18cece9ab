from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.model_selection.bias_variance_decomposition import bias_variance_decomposition, polynomial_features
from algorithms.registry import load
from core.errors import InputError


@pytest.mark.parametrize(("degree", "bias2", "variance"), [(1, 0.212, 0.009), (3, 0.0055, 0.0166), (9, 0.0001, 0.0426)])
def test_published_numbers_for_20_points(degree: int, bias2: float, variance: float) -> None:
    output = bias_variance_decomposition(degree, n=20, noise=0.3)
    assert output["bias2"] == pytest.approx(bias2, abs=0.001)
    assert output["variance"] == pytest.approx(variance, rel=0.05)


@pytest.mark.parametrize("degree", [1, 4, 9])
def test_simulation_agrees_with_the_exact_parts(degree: int) -> None:
    output = bias_variance_decomposition(degree, repeats=2000)
    assert output["simulated_variance"] == pytest.approx(output["variance"], rel=0.1)
    assert output["simulated_bias2"] == pytest.approx(output["bias2"], abs=0.003)
    assert output["simulated_error"] == pytest.approx(output["expected_error"], rel=0.05)
    assert output["expected_error"] == output["bias2"] + output["variance"] + 0.09  # bias squared, and the noise


def test_flexibility_trades_bias_for_variance() -> None:
    output = bias_variance_decomposition()
    assert np.all(np.diff(output["variance_by_degree"]) > 0)
    assert output["bias2_by_degree"][9] < 1e-4 < output["bias2_by_degree"][1]


@given(st.lists(st.floats(0, 1), min_size=9, max_size=15, unique=True), st.integers(0, 4))
def test_basis_spans_the_powers(x: list[float], degree: int) -> None:
    a = np.array(x)
    y = a**degree
    A = polynomial_features(a, degree)
    np.testing.assert_allclose(A @ np.linalg.lstsq(A, y, rcond=None)[0], y, atol=1e-8)


@pytest.mark.parametrize("bad", [{"degree": 13}, {"n": 5}, {"noise": -1}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("bias-variance-decomposition").run(bad)
