from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from algorithms.registry import load
from algorithms.regression_metrics.mean_squared_error import mean_squared_error
from core.errors import InputError

PAIRS = st.lists(st.tuples(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3)), min_size=1, max_size=30)


@given(PAIRS)
def test_equals_sklearn(pairs: list[tuple[float, float]]) -> None:
    y, p = [a for a, _ in pairs], [b for _, b in pairs]
    output = mean_squared_error(y, p)
    assert output["mse"] == pytest.approx(metrics.mean_squared_error(y, p))
    assert output["best_constant_mse"] == pytest.approx(np.var(y), abs=1e-9)


@given(PAIRS, st.floats(-1e3, 1e3))
def test_no_constant_beats_the_mean(pairs: list[tuple[float, float]], constant: float) -> None:
    y = [a for a, _ in pairs]
    best = mean_squared_error(y, [constant] * len(y))
    assert best["best_constant_mse"] <= best["mse"] + 1e-6
    assert best["best_constant"] == pytest.approx(np.mean(y))


def test_golden() -> None:
    output = mean_squared_error([3, -0.5, 2, 7], [2.5, 0, 2, 8])
    assert output["mse"] == 0.375  # (.25 + .25 + 0 + 1) / 4
    assert output["largest_error_share"] == pytest.approx(1 / 1.5)


def test_scales_with_the_square_of_the_units() -> None:
    assert mean_squared_error([100, 300], [200, 200])["mse"] == 100**2 * mean_squared_error([1, 3], [2, 2])["mse"]


@pytest.mark.parametrize("bad", [{"y_true": [1.0]}, {"y_pred": []}, {"y_true": [float("inf")] * 4}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("mean-squared-error").run(bad)
