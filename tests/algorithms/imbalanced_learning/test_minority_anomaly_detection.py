from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import mahalanobis as their_distance

from algorithms.imbalanced_learning.minority_anomaly_detection import mahalanobis, minority_anomaly_detection
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(0, 1000))
def test_distance_equals_scipy_and_ignores_linear_maps(seed: int) -> None:
    rng = np.random.default_rng(seed)
    X, Q = rng.standard_normal((15, 3)), rng.standard_normal((4, 3))
    inverse = np.linalg.inv(np.cov(X.T))
    expected = [their_distance(q, X.mean(axis=0), inverse) ** 2 for q in Q]
    np.testing.assert_allclose(mahalanobis(Q, X), expected, rtol=1e-5)
    A = rng.standard_normal((3, 3)) + 3 * np.eye(3)
    np.testing.assert_allclose(mahalanobis(Q @ A + 1, X @ A + 1), expected, rtol=1e-4)


@pytest.mark.parametrize("seed", range(3))
def test_a_ring_is_found_without_its_labels(seed: int) -> None:
    output = minority_anomaly_detection("ring", n=800, seed=seed)
    assert output["auc"] > 0.9
    assert output["auc_linear_classifier"] < 0.75
    assert output["false_alarm_rate"] == pytest.approx(0.05, abs=0.03)
    assert output["recall"] > 0.6
    assert output["training_rows_used"] < 800


def test_a_minority_inside_the_crowd_is_invisible() -> None:
    runs = [minority_anomaly_detection("inside", n=800, minority_share=0.1, seed=s) for s in range(3)]
    assert np.mean([run["auc"] for run in runs]) < 0.65
    assert np.mean([run["auc_linear_classifier"] for run in runs]) > np.mean([run["auc"] for run in runs])


@pytest.mark.parametrize("bad", [{"minority": "far"}, {"alarm_rate": 0}, {"n": 10}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("minority-anomaly-detection").run(bad)
