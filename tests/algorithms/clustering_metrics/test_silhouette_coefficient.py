from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from algorithms.clustering_metrics.silhouette_coefficient import silhouette_coefficient
from algorithms.registry import load
from algorithms.toy_data import gaussian_blobs, two_moons
from core.errors import InputError


@given(st.integers(0, 1000), st.integers(2, 4), st.integers(6, 20))
def test_equals_sklearn(seed: int, k: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    X, labels = rng.standard_normal((n, 2)), rng.permutation(np.arange(n) % k)
    output = silhouette_coefficient(X.tolist(), (3 * labels - 1).tolist())
    np.testing.assert_allclose(output["values"], metrics.silhouette_samples(X, labels), atol=1e-12)
    assert output["mean"] == pytest.approx(metrics.silhouette_score(X, labels))
    for c, mean in enumerate(output["cluster_means"]):
        assert mean == pytest.approx(metrics.silhouette_samples(X, labels)[labels == c].mean())


@given(st.integers(0, 1000), st.floats(0.1, 100))
def test_shift_and_scale_change_nothing(seed: int, scale: float) -> None:
    X, labels = gaussian_blobs(np.array([[0.0, 0.0], [3.0, 1.0]]), 6, 1.0, seed)
    expected = silhouette_coefficient(X.tolist(), labels.tolist())["mean"]
    moved = silhouette_coefficient((scale * X + 7).tolist(), (1 - labels).tolist())
    assert moved["mean"] == pytest.approx(expected)


def test_worked_example_and_wrong_labels() -> None:
    output = silhouette_coefficient([[0], [1], [10], [11]], [0, 0, 1, 1])
    assert output["mean"] == pytest.approx(0.8997, abs=5e-5)
    wrong = silhouette_coefficient([[0], [1], [10], [11]], [0, 1, 1, 0])
    assert wrong["mean"] < 0
    assert wrong["misplaced"] == 4


def test_lonely_point_has_zero() -> None:
    assert silhouette_coefficient([[0], [1], [9]], [0, 0, 1])["values"][2] == 0


def test_true_moons_score_lower_than_a_cut_through_them() -> None:
    X, moons = two_moons(200, 0.05, seed=0)
    halves = (X[:, 0] > 0.5).astype(int)
    true = silhouette_coefficient(X.tolist(), moons.tolist())["mean"]
    assert silhouette_coefficient(X.tolist(), halves.tolist())["mean"] > true


@pytest.mark.parametrize("bad", [{"labels": [0, 0, 0, 0]}, {"labels": [0, 1, 0]}, {"points": [[0], [1, 2], [3], [4]]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("silhouette-coefficient").run(bad)
