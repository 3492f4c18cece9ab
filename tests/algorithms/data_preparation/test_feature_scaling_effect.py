from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import KMeans
from sklearn.model_selection import LeaveOneOut, cross_val_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC

from algorithms.data_preparation.feature_scaling_effect import (
    feature_scaling_effect,
    neighbour_accuracy,
    two_classes,
    two_means,
)
from algorithms.data_preparation.standardization import standardised
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(0, 100))
@settings(max_examples=8, deadline=None)
def test_distances_need_scaling_and_trees_and_least_squares_do_not(seed: int) -> None:
    output = feature_scaling_effect(1000.0, n=100, seed=seed)
    assert output["knn_accuracy_scaled"] > 0.9 > 0.8 > output["knn_accuracy_raw"]
    assert output["kmeans_ari_scaled"] > 0.7 > 0.2 > output["kmeans_ari_raw"]
    assert output["tree_accuracy_raw"] == output["tree_accuracy_scaled"] > 0.9
    assert output["ols_largest_difference"] < 1e-9


def test_equal_units_change_little() -> None:
    output = feature_scaling_effect(1.0)
    assert output["knn_accuracy_raw"] > 0.9


def test_neighbours_equal_sklearn() -> None:
    X, y = two_classes(60, 3.0, seed=1)
    expected = cross_val_score(KNeighborsClassifier(5), X, y, cv=LeaveOneOut()).mean()
    assert neighbour_accuracy(X, y) == pytest.approx(expected)


def test_two_means_reaches_sklearns_inertia() -> None:
    X, _ = two_classes(60, 1.0, seed=2)
    labels = two_means(X, seed=0)
    inertia = sum(((X[labels == c] - X[labels == c].mean(axis=0)) ** 2).sum() for c in (0, 1))
    assert inertia == pytest.approx(KMeans(2, n_init=10, random_state=0).fit(X).inertia_)


def test_svm_needs_scaling_too() -> None:
    X, y = two_classes(200, 1000.0, seed=0)
    scores = [SVC(gamma="auto").fit(V[:100], y[:100]).score(V[100:], y[100:]) for V in (X, standardised(X))]
    assert scores[1] > 0.9 > 0.7 > scores[0]


@pytest.mark.parametrize("bad", [{"factor": 0}, {"n": 5}, {"n": 10**6}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("feature-scaling-effect").run(bad)


def test_classes_are_balanced() -> None:
    X, y = two_classes(200, 7.0, seed=0)
    assert y.sum() == 100
    assert np.std(X[:, 1]) == pytest.approx(7, rel=0.15)
