from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from algorithms.linear_models.residual_analysis import residual_analysis
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(0, 1000))
def test_line_equals_scipy_and_residuals_never_correlate_with_the_fit(seed: int) -> None:
    x, noise = np.random.default_rng(seed).standard_normal((2, 30))
    y = 3 * x + noise
    output, oracle = residual_analysis(x.tolist(), y.tolist()), stats.linregress(x, y)
    assert (output["slope"], output["intercept"]) == pytest.approx((oracle.slope, oracle.intercept))
    np.testing.assert_allclose(output["residuals"], y - oracle.intercept - oracle.slope * x, atol=1e-9)
    assert output["correlation_with_fitted"] == pytest.approx(0, abs=1e-9)


def test_a_line_through_a_parabola_leaves_its_square() -> None:
    x = np.arange(-10.0, 11.0)
    output = residual_analysis(x.tolist(), (x**2).tolist())
    assert output["slope"] == pytest.approx(0)
    assert output["curvature"] == pytest.approx(1)
    assert output["verdict"] == "curved"
    assert output["sign_changes"] == 2
    assert residual_analysis(x.tolist(), (-(x**2)).tolist())["curvature"] == pytest.approx(-1)


def test_verdicts_on_generated_data() -> None:
    rng = np.random.default_rng(0)
    x = np.linspace(0, 10, 300)
    even = residual_analysis(x.tolist(), (2 * x + rng.standard_normal(300)).tolist())
    funnel = residual_analysis(x.tolist(), (2 * x + 0.3 * x * rng.standard_normal(300)).tolist())
    assert even["verdict"] == "no pattern"
    assert funnel["verdict"] == "variance changes"
    assert funnel["spread_trend"] > 0.3
    assert even["sign_changes"] > 120  # about half of 299


def test_an_exact_line_has_no_pattern() -> None:
    output = residual_analysis([1, 2, 3, 4, 5], [0.1 * v + 7 for v in (1, 2, 3, 4, 5)])
    assert output["verdict"] == "no pattern"


@pytest.mark.parametrize("bad", [{"x": [1.0] * 8}, {"x": [1.0, 2.0]}, {"y": [0.0] * 5}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("residual-analysis").run(bad)
