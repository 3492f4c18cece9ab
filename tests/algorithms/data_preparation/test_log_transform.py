from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from algorithms.data_preparation.log_transform import log_transform
from algorithms.registry import load
from core.errors import InputError

VALUES = st.lists(st.floats(0.01, 1e4), min_size=3, max_size=40)


@given(VALUES, st.floats(0.1, 100))
def test_equals_numpy_and_scaling_only_shifts(x: list[float], scale: float) -> None:
    output = log_transform(x)
    np.testing.assert_allclose(output["transformed"], np.log(x), atol=1e-12)
    assert output["back_transformed_mean"] == pytest.approx(stats.gmean(x))
    assert output["back_transformed_mean"] <= output["arithmetic_mean"] * (1 + 1e-9)
    moved = log_transform([scale * v for v in x])["transformed"]
    np.testing.assert_allclose(moved - output["transformed"], np.log(scale), atol=1e-9)
    np.testing.assert_allclose(log_transform(x, "log1p")["transformed"], np.log1p(x), atol=1e-12)


def test_linearises_exponential_growth() -> None:
    output = log_transform(np.exp(np.arange(1.0, 30.0)).tolist())
    assert output["trend_after"] == pytest.approx(1)
    assert output["trend_before"] < 0.6


def test_lognormal_loses_its_skewness_and_the_mean_comes_back_too_low() -> None:
    data = np.exp(np.random.default_rng(0).standard_normal(4000))
    output = log_transform(data.tolist())
    assert output["skewness_before"] > 3 > 0.15 > abs(output["skewness_after"])
    assert output["back_transformed_mean"] == pytest.approx(1, abs=0.05)  # the median e^0
    assert output["arithmetic_mean"] == pytest.approx(np.exp(0.5), rel=0.08)


@pytest.mark.parametrize("bad", [{"x": [0.0, 1.0, 2.0]}, {"x": [-1.0, 1.0, 2.0]}, {"kind": "log2"}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("log-transform").run(bad)
