from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.ensembles.bagging import bagged_predictions, bagging
from algorithms.registry import load
from core.errors import InputError


@pytest.mark.parametrize("method", ["bootstrap", "random-subspaces"])
def test_averaging_cuts_variance(method: str) -> None:
    output = bagging(method, repeats=8)
    assert output["bagged_variance"] < 0.6 * output["single_variance"]
    assert output["bagged_mse"] < output["single_mse"]
    assert 0 < output["member_correlation"] < 1


@pytest.mark.parametrize("which", ["single", "bagged"])
def test_error_is_squared_bias_plus_variance(which: str) -> None:
    output = bagging(repeats=4, members=4)
    parts = output[f"{which}_bias2"] + output[f"{which}_variance"]
    assert output[f"{which}_mse"] == pytest.approx(parts)


def test_bagging_does_not_reduce_the_bias_of_stumps() -> None:
    output = bagging(max_depth=1, repeats=10)
    assert output["bagged_bias2"] > 0.7 * output["single_bias2"]


@settings(max_examples=10)
@given(st.integers(0, 1000))
def test_members_differ_only_through_resampling(seed: int) -> None:
    rng = np.random.default_rng(seed)
    X, y = rng.standard_normal((20, 4)), rng.standard_normal(20)
    boot = bagged_predictions(X, y, X, 6, "bootstrap", 30, rng)
    assert boot.shape == (6, 20)
    assert np.ptp(boot, axis=0).max() > 0
    assert set(np.round(boot.ravel(), 9)) <= set(np.round(y, 9))  # full trees answer with training targets
    subspace = bagged_predictions(X, y, X, 6, "random-subspaces", 30, rng)
    np.testing.assert_allclose(subspace, np.tile(y, (6, 1)))  # all rows kept: every member memorises them


@pytest.mark.parametrize("bad", [{"method": "boost"}, {"members": 1}, {"repeats": 1}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("bagging").run(bad)
