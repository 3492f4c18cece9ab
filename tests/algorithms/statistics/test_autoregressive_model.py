from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.tsa.ar_model import AutoReg
from statsmodels.tsa.arima_process import ArmaProcess

from algorithms.registry import load
from algorithms.statistics.autoregressive_model import autoregressive_model, fit, stationary_variance
from core.errors import InputError


@pytest.mark.parametrize("phi", [[0.6], [-0.9], [0.5, 0.3], [0.4, -0.3, 0.2]])
def test_variance_equals_statsmodels(phi: list[float]) -> None:
    process = ArmaProcess(np.array([1.0, *(-np.array(phi))]), np.array([1.0]))
    assert process.isstationary
    assert stationary_variance(np.array(phi), 2.0) == pytest.approx(4 * process.acovf(1)[0])


@given(st.floats(-0.95, 0.95), st.floats(0.1, 3), st.floats(-3, 3))
@settings(max_examples=20)
def test_ar1_moments(phi: float, sigma: float, c: float) -> None:
    output = autoregressive_model([phi], constant=c, sigma=sigma, n=50)
    assert output["variance"] == pytest.approx(sigma**2 / (1 - phi**2))
    assert output["mean"] == pytest.approx(c / (1 - phi))
    assert output["largest_root"] == pytest.approx(abs(phi))


def test_fit_equals_statsmodels_and_recovers_the_process() -> None:
    x = np.random.default_rng(0).standard_normal(200).cumsum()
    np.testing.assert_allclose(fit(x, 2), AutoReg(x, lags=2).fit().params, rtol=1e-6)
    output = autoregressive_model([0.5, 0.3], constant=2.0, n=5000)
    # standard errors of the coefficients are about 1 / sqrt(n) = 0.014
    assert output["fitted_phi"].tolist() == pytest.approx([0.5, 0.3], abs=0.06)
    assert output["sample_mean"] == pytest.approx(10, abs=0.5)
    assert output["sample_variance"] == pytest.approx(output["variance"], rel=0.15)


@pytest.mark.parametrize(
    ("phi", "stationary"), [([0.99], True), ([1.0], False), ([-1.2], False), ([0.6, 0.5], False), ([1.2, -0.5], True)]
)
def test_stationarity(phi: list[float], stationary: bool) -> None:
    output = autoregressive_model(phi, n=50)
    assert output["stationary"] == stationary
    assert (output["variance"] is not None) == stationary


def test_forecast_follows_the_fitted_recursion_towards_the_mean() -> None:
    output = autoregressive_model([0.6], constant=4.0)
    c, (phi,) = output["fitted_constant"], output["fitted_phi"]
    assert output["forecast"][0] == pytest.approx(c + phi * output["tail"][-1])
    far, near = abs(output["forecast"][0] - c / (1 - phi)), abs(output["forecast"][-1] - c / (1 - phi))
    assert near == pytest.approx(far * phi**9)


@pytest.mark.parametrize("bad", [{"phi": []}, {"phi": [3.0]}, {"n": 10}, {"sigma": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("autoregressive-model").run(bad)
