from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from algorithms.registry import load
from algorithms.regression_metrics.root_mean_squared_error import root_mean_squared_error
from core.errors import InputError

PAIRS = st.lists(st.tuples(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3)), min_size=1, max_size=30)


@given(PAIRS)
def test_equals_sklearn_and_its_parts(pairs: list[tuple[float, float]]) -> None:
    y, p = [a for a, _ in pairs], [b for _, b in pairs]
    output = root_mean_squared_error(y, p)
    assert output["rmse"] == pytest.approx(metrics.root_mean_squared_error(y, p))
    assert output["rmse"] ** 2 == pytest.approx(output["bias"] ** 2 + output["error_sd"] ** 2, abs=1e-9)
    assert output["mae"] <= output["rmse"] + 1e-9
    assert output["rmse"] <= math.sqrt(len(y)) * output["mae"] + 1e-9


def test_goldens() -> None:
    assert root_mean_squared_error([3, -0.5, 2, 7], [2.5, 0, 2, 8])["rmse"] == pytest.approx(0.6124, abs=5e-5)
    equal = root_mean_squared_error([0, 0, 0], [2, -2, 2])
    assert equal["rmse"] == equal["mae"] == 2
    assert equal["bias"] == pytest.approx(2 / 3)


@pytest.mark.parametrize("bad", [{"y_true": [1.0]}, {"y_pred": []}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("root-mean-squared-error").run(bad)
