from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import Lasso

from algorithms.registry import load
from algorithms.regularization.l1_regularization import l1_regularization, soft_threshold
from core.errors import InputError


@pytest.mark.parametrize(("seed", "penalty"), [(0, 2.0), (1, 10.0), (2, 0.5)])
@pytest.mark.parametrize("intercept", [False, True])
def test_equals_sklearn(seed: int, penalty: float, intercept: bool) -> None:
    rng = np.random.default_rng(seed)
    X, y = rng.normal(size=(20, 5)), rng.normal(1, 2, size=20)
    model = Lasso(alpha=penalty / 20, fit_intercept=intercept, tol=1e-12, max_iter=100_000).fit(X, y)
    output = l1_regularization(X.tolist(), y.tolist(), penalty, intercept)
    np.testing.assert_allclose(output["weights"], model.coef_, atol=1e-6)
    assert output["intercept"] == pytest.approx(float(model.intercept_), abs=1e-6)


def test_orthonormal_case_is_soft_thresholding() -> None:
    output = l1_regularization(np.eye(3).tolist(), [3.0, 0.5, -2.0], 1.0)
    assert output["weights"].tolist() == [2, 0, -1]
    assert output["selected"].tolist() == [0, 2]
    assert output["zeros"] == 1


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=6), st.floats(0, 3))
def test_soft_threshold_minimises_its_objective(b: list[float], threshold: float) -> None:
    grid = np.linspace(-6, 6, 2401)
    for value, result in zip(b, soft_threshold(np.array(b), threshold), strict=True):
        objective = 0.5 * (grid - value) ** 2 + threshold * np.abs(grid)
        assert 0.5 * (result - value) ** 2 + threshold * abs(result) <= objective.min() + 1e-9


@given(st.integers(0, 200))
def test_optimality_conditions(seed: int) -> None:
    rng = np.random.default_rng(seed)
    X, y = rng.normal(size=(10, 4)), rng.normal(size=10)
    output = l1_regularization(X.tolist(), y.tolist(), 1.5)
    w = output["weights"]
    pull = X.T @ (y - X @ w)
    np.testing.assert_allclose(pull[w != 0], 1.5 * np.sign(w[w != 0]), atol=1e-6)
    assert np.all(np.abs(pull[w == 0]) <= 1.5 + 1e-6)


def test_all_weights_are_zero_from_the_stated_penalty_on() -> None:
    example = load("l1-regularization").run()
    edge = example["penalty_for_all_zero"]
    assert edge == 3
    assert load("l1-regularization").run({"penalty": edge})["zeros"] == 3
    assert load("l1-regularization").run({"penalty": 0.99 * edge})["zeros"] == 2


def test_plain_subgradient_steps_do_not_end_at_exact_zeros() -> None:
    output = load("l1-regularization").run()
    assert output["weights"][1] == 0
    assert output["subgradient_zeros"] == 0
    assert 0 < abs(output["subgradient_weights"][1]) < 0.2


@pytest.mark.parametrize("bad", [{"penalty": -1}, {"y": [1.0]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("l1-regularization").run(bad)
