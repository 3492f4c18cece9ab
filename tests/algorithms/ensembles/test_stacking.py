from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import LeaveOneOut, cross_val_predict

from algorithms.ensembles.stacking import full_tree, line, meta_weights, out_of_fold, stacking
from algorithms.registry import load
from core.errors import InputError


def test_a_perfect_base_takes_all_the_weight() -> None:
    weights = stacking(perfect_base=True, noise=0.0)["weights_out_of_fold"]
    np.testing.assert_allclose(weights, [0, 0, 0, 1], atol=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_in_sample_predictions_give_the_memoriser_all_the_weight(seed: int) -> None:
    output = stacking(seed=seed)
    np.testing.assert_allclose(output["weights_in_sample"], [0, 0, 1], atol=1e-9)
    assert output["weights_out_of_fold"][2] < 0.6
    assert output["mse_out_of_fold"] < output["mse_in_sample"] == pytest.approx(output["base_mse"][2])


def test_leave_one_out_equals_sklearn() -> None:
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((12, 2)), rng.standard_normal(12)
    Z = out_of_fold(X, y, [line], 12, rng)
    np.testing.assert_allclose(Z[:, 0], cross_val_predict(LinearRegression(), X, y, cv=LeaveOneOut()))


@settings(max_examples=10)
@given(st.integers(0, 1000), st.integers(2, 5))
def test_no_row_is_predicted_by_a_model_that_saw_it(seed: int, folds: int) -> None:
    rng = np.random.default_rng(seed)
    X, y = rng.permutation(20.0 * np.arange(20))[:, None], np.arange(20.0)
    Z = out_of_fold(X, y, [full_tree], folds, rng)
    assert np.all(Z[:, 0] != y)  # a full tree that had seen the row would return its own, unique target


def test_meta_model_recovers_known_weights() -> None:
    Z = np.random.default_rng(0).standard_normal((30, 2))
    np.testing.assert_allclose(meta_weights(Z, Z @ [0.3, 0.7]), [0.3, 0.7])


@pytest.mark.parametrize("bad", [{"folds": 1}, {"n": 5}, {"noise": -1}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("stacking").run(bad)
