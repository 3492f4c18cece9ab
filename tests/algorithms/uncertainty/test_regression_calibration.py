from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kstest, norm

from algorithms.registry import load
from algorithms.uncertainty.regression_calibration import kolmogorov_smirnov, recalibrator, regression_calibration
from core.errors import InputError


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_distance_equals_scipy(u: list[float]) -> None:
    assert kolmogorov_smirnov(np.array(u)) == pytest.approx(kstest(u, "uniform").statistic)


@given(st.floats(0.3, 3), st.floats(-1, 1))
@settings(max_examples=10)
def test_coverage_before_follows_from_the_wrong_forecast(sigma: float, shift: float) -> None:
    r = regression_calibration(sigma, shift, n=2000)
    # P(y <= shift + sigma z_q) for standard normal y
    expected = norm.cdf(shift + sigma * norm.ppf(r["levels"]))
    assert r["coverage_before"] == pytest.approx(expected, abs=0.045)
    assert r["coverage_after"] == pytest.approx(r["levels"], abs=0.06)


def test_overconfident_forecasts_are_mended() -> None:
    r = regression_calibration(0.5, n=2000)
    # half the width: P(|z| < 0.5 * 1.645) = 0.589
    assert r["interval_coverage_before"] == pytest.approx(0.589, abs=0.03)
    assert r["interval_coverage_after"] == pytest.approx(0.9, abs=0.03)
    assert r["ks_after"] < 0.3 * r["ks_before"] and r["calibration_error_after"] < 0.2 * r["calibration_error_before"]
    assert r["pit_histogram"][0] > 2 * r["pit_histogram"][5] < r["pit_histogram"][9]


def test_a_right_forecast_is_uniform_and_stays() -> None:
    r = regression_calibration(1.0, n=2000)
    assert r["ks_before"] < 0.04 and r["pit_histogram"] == pytest.approx([0.1] * 10, abs=0.03)


def test_map_is_monotone_from_zero_to_one() -> None:
    promised, observed = recalibrator(np.random.default_rng(0).beta(0.4, 0.4, 300))
    assert np.all(np.diff(promised) > 0) and np.all(np.diff(observed) >= 0)
    assert (observed[0], observed[-1]) == (0, 1)


@pytest.mark.parametrize("bad", [{"predicted_sigma": 0}, {"n": 5}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("regression-calibration").run(bad)
