from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from algorithms.registry import load
from algorithms.statistics.mean_sensitivity_to_outliers import mean_sensitivity_to_outliers as shift
from algorithms.statistics.mean_sensitivity_to_outliers import summary
from core.errors import InputError

DATA = st.lists(st.floats(-100, 100), min_size=3, max_size=30)


@given(DATA)
def test_summary_equals_scipy(data: list[float]) -> None:
    output = summary(np.array(data))
    assert output["trimmed_mean"] == pytest.approx(stats.trim_mean(data, 0.1), abs=1e-9)
    assert output["mad"] == pytest.approx(stats.median_abs_deviation(data), abs=1e-9)
    assert output["sd"] == pytest.approx(np.std(data, ddof=1), abs=1e-9)


@given(DATA, st.floats(1e3, 1e9))
def test_mean_moves_without_limit_and_the_median_stays_inside(data: list[float], outlier: float) -> None:
    output = shift(data, outlier)
    n = len(data)
    assert output["mean_shift"] == pytest.approx((outlier - np.mean(data)) / (n + 1), rel=1e-6)
    assert min(data) <= output["after"]["median"] <= max(data)
    assert output["outlier_z"] <= n / np.sqrt(n + 1) + 1e-9


def test_freezer_and_oven() -> None:
    output = shift([-18, -18, 60], 60)  # feet in the freezer, head in the oven
    assert output["after"]["mean"] == 21
    assert (output["after"]["min"], output["after"]["max"]) == (-18, 60)
    assert output["after"]["sd"] == pytest.approx(45.03, abs=0.01)


def test_example() -> None:
    output = load("mean-sensitivity-to-outliers").run()
    assert output["before"]["mean"] == 20
    assert output["median_shift"] == 0
    assert output["mean_shift"] == pytest.approx(980 / 11)


@pytest.mark.parametrize("bad", [{"data": []}, {"outlier": float("inf")}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("mean-sensitivity-to-outliers").run(bad)
