from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.registry import load
from algorithms.regression_metrics.symmetric_mean_absolute_percentage_error import (
    symmetric_mean_absolute_percentage_error as smape,
)
from core.errors import InputError

VALUES = st.floats(-1e3, 1e3).filter(lambda v: abs(v) > 1e-6)
PAIRS = st.lists(st.tuples(VALUES, VALUES), min_size=1, max_size=30)


@given(PAIRS)
def test_equals_the_slow_loop_and_is_symmetric_in_its_arguments(pairs: list[tuple[float, float]]) -> None:
    y, p = [a for a, _ in pairs], [b for _, b in pairs]
    loop = np.mean([200 * abs(a - b) / (abs(a) + abs(b)) for a, b in pairs])
    assert smape(y, p)["smape"] == pytest.approx(loop)
    assert smape(p, y)["smape"] == pytest.approx(loop)
    assert 0 <= smape(y, p)["half"] <= 100 + 1e-9


def test_goldens() -> None:
    # 20 / 210 and 40 / 380: (9.5238 + 10.5263) / 2
    output = smape([100, 200], [110, 180])
    assert output["smape"] == pytest.approx(10.03, abs=0.005)
    assert output["half"] == output["smape"] / 2
    assert smape([0], [0.001])["smape"] == smape([0], [1000])["smape"] == 200
    assert smape([0, 5], [1, 5])["saturated"] == 1


def test_too_low_costs_more_than_too_high() -> None:
    assert smape([100], [90])["smape"] == pytest.approx(20 / 190 * 100)
    assert smape([100], [110])["smape"] == pytest.approx(20 / 210 * 100)


def test_two_zeros_are_counted_on_request_only() -> None:
    assert smape([0, 1], [0, 1], both_zero="count as 0")["smape"] == 0
    with pytest.raises(InputError, match="0/0"):
        load("symmetric-mean-absolute-percentage-error").run({"y_true": [0, 1], "y_pred": [0, 1]})


@pytest.mark.parametrize("bad", [{"y_true": [1.0]}, {"both_zero": "skip"}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("symmetric-mean-absolute-percentage-error").run(bad)
