from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from algorithms.registry import load
from algorithms.regression_metrics.mean_absolute_percentage_error import mean_absolute_percentage_error as mape
from core.errors import InputError

SIGNED = st.floats(0.5, 1e3) | st.floats(-1e3, -0.5)
PAIRS = st.lists(st.tuples(SIGNED, st.floats(-1e3, 1e3)), min_size=1, max_size=30)


@given(PAIRS, st.floats(0.1, 50))
def test_equals_sklearn_and_has_no_units(pairs: list[tuple[float, float]], scale: float) -> None:
    y, p = [a for a, _ in pairs], [b for _, b in pairs]
    output = mape(y, p)
    assert output["mape"] == pytest.approx(100 * metrics.mean_absolute_percentage_error(y, p))
    assert mape([scale * v for v in y], [scale * v for v in p])["mape"] == pytest.approx(output["mape"])


def test_goldens() -> None:
    output = mape([100, 200], [110, 180])
    assert output["mape"] == 10.0
    assert output["mean_percentage_error"] == pytest.approx(0.0)
    assert output["wape"] == pytest.approx(10.0)  # 30 / 300
    skewed = mape([100, 10], [110, 20])
    assert (skewed["mape"], skewed["largest_percentage"]) == pytest.approx((55.0, 100.0))
    assert skewed["wape"] == pytest.approx(100 * 20 / 110)
    assert skewed["mean_percentage_error"] == pytest.approx(55.0)


def test_too_low_costs_at_most_100_percent() -> None:
    assert mape([100], [0])["mape"] == 100
    assert mape([100], [500])["mape"] == 400


@pytest.mark.parametrize("bad", [{"y_true": [0.0, 1.0]}, {"y_true": [1.0]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("mean-absolute-percentage-error").run(bad)
