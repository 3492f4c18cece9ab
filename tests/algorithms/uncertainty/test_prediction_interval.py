from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t
from statsmodels.stats.weightstats import DescrStatsW

from algorithms.registry import load
from algorithms.uncertainty.prediction_interval import prediction_interval
from core.errors import InputError

SAMPLES = st.lists(st.floats(-100, 100), min_size=2, max_size=20).filter(lambda v: np.std(v) > 1e-3)


@given(SAMPLES, st.floats(0.5, 0.99))
@settings(max_examples=15)
def test_equals_statsmodels_and_scipy(sample: list[float], level: float) -> None:
    r = prediction_interval(sample, level, repetitions=100)
    assert r["confidence_interval"] == pytest.approx(DescrStatsW(sample).tconfint_mean(alpha=1 - level))
    n, s = len(sample), np.std(sample, ddof=1)
    assert r["prediction_interval"] == pytest.approx(t.interval(level, n - 1, np.mean(sample), s * np.sqrt(1 + 1 / n)))
    widths = [hi - lo for lo, hi in (r["prediction_interval"], r["confidence_interval"])]
    assert widths[0] / widths[1] == pytest.approx(r["width_ratio"])


def test_coverage() -> None:
    r = load("prediction-interval").run({"repetitions": 4000})
    # standard error of a coverage of 0.95 over 4,000 repetitions: 0.0034
    assert r["coverage_of_new_value"] == pytest.approx(0.95, abs=0.012)
    assert r["coverage_of_mean"] == pytest.approx(0.95, abs=0.012)
    # the confidence interval is √9 times too narrow for a new value: P(|t7| < 2.365 / 3)
    expected = 2 * t.cdf(t.ppf(0.975, 7) / 3, 7) - 1
    assert r["coverage_of_new_value_by_confidence_interval"] == pytest.approx(expected, abs=0.03)


@pytest.mark.parametrize("bad", [{"sample": [1]}, {"level": 1}, {"level": 95}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("prediction-interval").run(bad)
