from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats.mstats import winsorize

from algorithms.data_preparation.winsorization import winsorization
from algorithms.registry import load
from core.errors import InputError

DATA = st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=50)


@given(DATA, st.floats(0, 0.4), st.floats(0.6, 1))
def test_values_inside_stay_and_the_ends_are_the_limits(data: list[float], lower: float, upper: float) -> None:
    output = winsorization(data, lower, upper)
    low, high = np.quantile(data, lower), np.quantile(data, upper)
    assert (output["lower_limit"], output["upper_limit"]) == (low, high)
    for before, after in zip(data, output["values"], strict=True):
        assert after == (low if before < low else high if before > high else before)
    assert output["min_after"] == pytest.approx(max(min(data), low))
    assert output["max_after"] == pytest.approx(min(max(data), high))
    assert output["changed"] == sum(v < low or v > high for v in data)


def test_equals_scipy_where_percentiles_are_order_statistics() -> None:
    data = np.random.default_rng(0).permutation(41).astype(float)  # quantile 0.1 is the fifth value exactly
    expected = winsorize(data, limits=(4 / 41, 4 / 41))
    np.testing.assert_allclose(winsorization(data.tolist(), 0.1, 0.9)["values"], np.asarray(expected))


def test_outlier_loses_its_pull() -> None:
    output = winsorization([1, 2, 3, 4, 5, 6, 7, 8, 9, 100], 0.1, 0.9)
    assert output["values"].tolist() == pytest.approx([1.9, 2, 3, 4, 5, 6, 7, 8, 9, 18.1])
    assert (output["mean_before"], output["mean_after"]) == pytest.approx((14.5, 6.4))
    assert output["sd_after"] < output["sd_before"] / 4
    assert winsorization([1, 2, 3], 0.0, 1.0)["changed"] == 0


@pytest.mark.parametrize("bad", [{"lower": 0.5}, {"upper": 0.4}, {"data": []}, {"upper": 1.1}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("winsorization").run(bad)
