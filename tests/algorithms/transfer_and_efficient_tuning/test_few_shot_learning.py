from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.neighbors import NearestCentroid

from algorithms.registry import load
from algorithms.toy_data import gaussian_blobs
from algorithms.transfer_and_efficient_tuning.few_shot_learning import few_shot_learning
from core.errors import InputError


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_equals_sklearn_nearest_centroid(seed: int) -> None:
    rng = np.random.default_rng(seed)
    S, Q = rng.standard_normal((9, 3)), rng.standard_normal((6, 3))
    y = [0, 0, 0, 3, 3, 3, 3, 5, 5]
    output = few_shot_learning(S.tolist(), y, Q.tolist())
    oracle = NearestCentroid().fit(S, y)
    assert output["predictions"].tolist() == oracle.predict(Q).tolist()
    np.testing.assert_allclose(output["prototypes"], oracle.centroids_)
    np.testing.assert_allclose(output["probabilities"].sum(axis=1), 1)


def test_golden_probability() -> None:
    # prototypes 0 and 4; the query 1 is at squared distances 1 and 9: 1 / (1 + e^-8)
    output = few_shot_learning([[-1.0], [1.0], [4.0]], [0, 0, 1], [[1.0]])
    assert output["probabilities"][0, 0] == pytest.approx(1 / (1 + np.exp(-8)))
    assert few_shot_learning([[-1.0], [1.0], [4.0]], [0, 0, 1], [[1.0]], 8)["probabilities"][0, 0] == pytest.approx(
        1 / (1 + np.exp(-1))
    )


@given(st.floats(-100, 100))
def test_moving_everything_changes_no_prediction(shift: float) -> None:
    S, Q = np.array([[0.0, 1.0], [5.0, 5.0]]), np.array([[1.0, 1.0], [4.0, 6.0]])
    moved = few_shot_learning((S + shift).tolist(), [0, 1], (Q + shift).tolist())
    np.testing.assert_allclose(
        moved["probabilities"], few_shot_learning(S.tolist(), [0, 1], Q.tolist())["probabilities"], atol=1e-6
    )


def test_more_shots_help() -> None:
    centres = np.array([[0.0, 0.0], [2.0, 2.0]])
    Q, truth = gaussian_blobs(centres, 60, 1.0, seed=99)

    def mean_accuracy(shots: int) -> float:
        scores = []
        for seed in range(30):
            S, y = gaussian_blobs(centres, shots, 1.0, seed)
            scores.append((few_shot_learning(S.tolist(), y.tolist(), Q.tolist())["predictions"] == truth).mean())
        return float(np.mean(scores))

    assert mean_accuracy(10) > mean_accuracy(1) > 0.6


@pytest.mark.parametrize("bad", [{"labels": [0]}, {"queries": [[1.0]]}, {"temperature": 0}, {"support": []}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("few-shot-learning").run(bad)
