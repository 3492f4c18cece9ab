from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import KFold, LeaveOneOut, cross_val_score

from algorithms.model_selection.k_fold_cross_validation import fold_numbers, k_fold_cross_validation
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(0, 1000), st.integers(2, 12))
def test_errors_equal_sklearn_without_shuffling(seed: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    x, y = rng.standard_normal(12), rng.standard_normal(12)
    theirs = -cross_val_score(LinearRegression(), x[:, None], y, cv=KFold(k), scoring="neg_mean_squared_error")
    ours = k_fold_cross_validation(x.tolist(), y.tolist(), k, shuffle=False)
    np.testing.assert_allclose(ours["fold_errors"], theirs, rtol=1e-6)
    assert ours["cv_error"] == pytest.approx(theirs.mean())
    loo = -cross_val_score(LinearRegression(), x[:, None], y, cv=LeaveOneOut(), scoring="neg_mean_squared_error")
    assert ours["leave_one_out_error"] == pytest.approx(loo.mean())


@given(st.integers(3, 60), st.integers(2, 10))
def test_every_row_is_tested_once_in_folds_of_equal_size(n: int, k: int) -> None:
    fold = fold_numbers(n, k, np.random.default_rng(0))
    sizes = np.bincount(fold, minlength=k)
    assert sizes.sum() == n
    assert np.ptp(sizes) <= 1


def test_each_sample_is_tested_exactly_once() -> None:
    output = load("k-fold-cross-validation").run()
    assert sorted(row for fold in output["test_rows"] for row in fold) == list(range(10))
    assert output["times_tested"] == [1, 1]
    assert output["cv_error"] > output["training_error"]


def test_n_folds_are_leave_one_out() -> None:
    x, y = [0.0, 1, 2, 3, 4, 5], [0.0, 1, 5, 2, 4, 6]
    output = k_fold_cross_validation(x, y, 6)
    assert output["cv_error"] == pytest.approx(output["leave_one_out_error"])


def test_it_sees_the_overfit_that_training_error_hides() -> None:
    rng = np.random.default_rng(1)
    x = np.linspace(0, 1, 12)
    y = x + 0.3 * rng.standard_normal(12)
    one, five = (k_fold_cross_validation(x.tolist(), y.tolist(), 12, degree=d) for d in (1, 5))
    assert five["training_error"] < one["training_error"]
    assert five["cv_error"] > one["cv_error"]


@pytest.mark.parametrize("bad", [{"k": 11}, {"k": 1}, {"y": [1.0, 2.0, 3.0]}, {"x": [1.0] * 10}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("k-fold-cross-validation").run(bad)
