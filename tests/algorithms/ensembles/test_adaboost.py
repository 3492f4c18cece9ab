from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.ensemble import AdaBoostClassifier
from sklearn.tree import DecisionTreeClassifier

from algorithms.ensembles.adaboost import adaboost, fit_adaboost
from algorithms.registry import load
from algorithms.toy_data import gaussian_blobs, two_moons
from algorithms.trees.decision_tree import predict_tree
from core.errors import InputError


def test_votes_equal_sklearn_up_to_the_factor_two() -> None:
    X, y = two_moons(80, 0.2, seed=0)
    X = X[:, :1]
    theirs = AdaBoostClassifier(DecisionTreeClassifier(max_depth=1), n_estimators=8, random_state=0).fit(X, y)
    ours = adaboost(X.tolist(), y.tolist(), rounds=8)
    np.testing.assert_allclose(2 * np.array(ours["alphas"]), theirs.estimator_weights_, rtol=1e-6)
    np.testing.assert_allclose(ours["weighted_errors"], theirs.estimator_errors_, rtol=1e-6)
    assert ours["training_error"] == pytest.approx(1 - theirs.score(X, y))


def test_textbook_golden() -> None:
    # ten points, first stump errs on three: e = 0.3, alpha = 0.5 ln(0.7 / 0.3) = 0.4236
    # right rows get 0.1 / (2 * 0.7) = 0.0714, wrong rows 0.1 / (2 * 0.3) = 0.1667
    output = load("adaboost").run()
    assert output["alphas"] == pytest.approx([0.4236, 0.6496, 0.7520], abs=1e-4)
    assert output["weights_after_first_round"] == pytest.approx([1 / 14] * 6 + [1 / 6] * 3 + [1 / 14])
    assert output["training_error"] == 0


@given(st.integers(0, 1000))
def test_after_a_round_its_classifier_is_at_chance(seed: int) -> None:
    rng = np.random.default_rng(seed)
    X, y = rng.standard_normal((20, 2)), rng.integers(0, 2, 20)
    y[:2] = [0, 1]
    model = fit_adaboost(X, y, 2, 1)
    wrong = predict_tree(model.trees[0], X).argmax(axis=1) != y
    if wrong.any():
        assert model.first_weights[wrong].sum() == pytest.approx(0.5)
    assert model.first_weights.sum() == pytest.approx(1)


def test_boosting_beats_its_first_stump_on_moons() -> None:
    X, y = two_moons(120, 0.15, seed=3)
    output = adaboost(X.tolist(), y.tolist(), rounds=60)
    assert output["training_error"] < 0.03
    assert output["training_error_first"] > 0.1


def test_samme_handles_three_classes() -> None:
    X, y = gaussian_blobs(np.array([[0.0, 0], [3, 0], [0, 3]]), 30, 0.5, seed=0)
    theirs = AdaBoostClassifier(DecisionTreeClassifier(max_depth=1), n_estimators=1, random_state=0).fit(X, y)
    output = adaboost(X.tolist(), y.tolist(), rounds=30)
    assert output["alphas"][0] == pytest.approx(theirs.estimator_weights_[0], rel=0.05)
    assert output["training_error"] < 0.05


def test_a_perfect_stump_ends_the_boosting() -> None:
    output = adaboost([[0], [1], [8], [9]], [0, 0, 1, 1])
    assert output["rounds_used"] == 1
    assert output["training_error"] == 0


def test_a_chance_level_classifier_ends_the_boosting() -> None:
    output = adaboost([[0], [0], [0], [0]], [0, 1, 0, 1], rounds=10)  # no split separates equal rows: e = 1 / 2
    assert output["rounds_used"] == 1
    assert output["alphas"] == pytest.approx([0])


@pytest.mark.parametrize("bad", [{"y": [1] * 10}, {"y": [1, 2]}, {"rounds": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("adaboost").run(bad)
