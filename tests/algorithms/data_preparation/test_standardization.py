from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.preprocessing import StandardScaler

from algorithms.data_preparation.standardization import standardised, standardization
from algorithms.registry import load
from core.errors import InputError

VALUES = st.lists(st.integers(-100, 100), min_size=2, max_size=40).filter(lambda v: len(set(v)) > 1)


@given(VALUES, st.lists(st.integers(-100, 100), min_size=1, max_size=10))
def test_equals_sklearn_fitted_on_the_training_values(x: list[int], new: list[int]) -> None:
    scaler = StandardScaler().fit(np.array(x, dtype=float)[:, None])
    output = standardization([float(v) for v in x], [float(v) for v in new])
    np.testing.assert_allclose(output["z"], scaler.transform(np.array(x, dtype=float)[:, None])[:, 0], atol=1e-12)
    np.testing.assert_allclose(output["z_new"], scaler.transform(np.array(new, dtype=float)[:, None])[:, 0], atol=1e-12)
    np.testing.assert_allclose(standardised(np.array(x, dtype=float)), output["z"], atol=1e-12)
    assert output["z"].mean() == pytest.approx(0, abs=1e-9)
    assert output["z"].var() == pytest.approx(1)


def test_worked_example() -> None:
    output = standardization([2, 4, 4, 4, 5, 5, 7, 9])
    assert (output["mean"], output["sd"]) == (5, 2)
    assert output["z"].tolist() == [-1.5, -0.5, -0.5, -0.5, 0, 0, 1, 2]
    assert output["scaled_scores"][-1] == 130  # z = 2 on the IQ scale
    assert standardization([1, 2, 3], divisor="n - 1")["sd"] == 1


def test_shape_does_not_change() -> None:
    data = np.random.default_rng(0).exponential(size=4000)
    output = standardization(data.tolist())
    assert output["skewness_after"] == pytest.approx(output["skewness_before"])
    assert output["skewness_after"] == pytest.approx(2, abs=0.3)


@pytest.mark.parametrize("bad", [{"x": [3.0, 3.0]}, {"x": []}, {"scale_sd": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("standardization").run(bad)
