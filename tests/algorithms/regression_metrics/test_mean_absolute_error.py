from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from algorithms.registry import load
from algorithms.regression_metrics.mean_absolute_error import mean_absolute_error
from core.errors import InputError

PAIRS = st.lists(st.tuples(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3)), min_size=1, max_size=30)


@given(PAIRS)
def test_equals_sklearn(pairs: list[tuple[float, float]]) -> None:
    y, p = [a for a, _ in pairs], [b for _, b in pairs]
    output = mean_absolute_error(y, p)
    assert output["mae"] == pytest.approx(metrics.mean_absolute_error(y, p))
    assert output["median_absolute_error"] == pytest.approx(metrics.median_absolute_error(y, p))
    assert output["bias"] == pytest.approx(np.mean(p) - np.mean(y), abs=1e-9)


@given(PAIRS, st.floats(-1e3, 1e3))
def test_no_constant_beats_the_median(pairs: list[tuple[float, float]], constant: float) -> None:
    y = [a for a, _ in pairs]
    output = mean_absolute_error(y, [constant] * len(y))
    assert output["best_constant_mae"] <= output["mae"] + 1e-9


def test_golden_and_robustness() -> None:
    assert mean_absolute_error([3, -0.5, 2, 7], [2.5, 0, 2, 8])["mae"] == 0.5
    assert mean_absolute_error([3, -0.5, 2, 7], [2.5, 0, 2, 8])["bias"] == 0.25
    assert mean_absolute_error([1, 2, 3, 1000], [2] * 4)["best_constant"] == 2.5


@pytest.mark.parametrize("bad", [{"y_true": [1.0]}, {"y_pred": ["a"] * 4}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("mean-absolute-error").run(bad)
