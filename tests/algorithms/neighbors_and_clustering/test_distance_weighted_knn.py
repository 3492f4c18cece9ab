from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor

from algorithms.neighbors_and_clustering.distance_weighted_knn import distance_weighted_knn, inverse_distances
from algorithms.registry import load
from algorithms.toy_data import two_moons
from core.errors import InputError

X, Y = two_moons(50, 0.3, seed=0)
Q, _ = two_moons(30, 0.3, seed=1)


@pytest.mark.parametrize("k", [1, 4, 7])
def test_equals_sklearn(k: int) -> None:
    output = distance_weighted_knn(X.tolist(), Y.tolist(), Q.tolist(), k)
    assert output["predictions"] == KNeighborsClassifier(k, weights="distance").fit(X, Y).predict(Q).tolist()
    regression = distance_weighted_knn(X.tolist(), Y.tolist(), Q.tolist(), k, "regression")
    theirs = KNeighborsRegressor(k, weights="distance").fit(X, Y)
    np.testing.assert_allclose(regression["predictions"], theirs.predict(Q))
    np.testing.assert_allclose(regression["uniform_predictions"], KNeighborsRegressor(k).fit(X, Y).predict(Q))


def test_three_points_never_win_seven_equal_votes_but_win_weighted_ones() -> None:
    X_train = [[0.0], [0.2], [0.4], [3.0], [3.5], [4.0], [4.5], [5.0], [5.5]]
    y = [1, 1, 1, 0, 0, 0, 0, 0, 0]
    queries = [[v] for v in np.linspace(-1, 6, 50)]
    output = distance_weighted_knn(X_train, y, queries, 7)
    assert set(output["uniform_predictions"]) == {0.0}
    assert set(output["predictions"]) == {0.0, 1.0}


@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=10), st.floats(0.01, 100))
def test_weights_sum_to_one_and_ignore_the_unit_of_length(distances: list[float], scale: float) -> None:
    w = inverse_distances(np.array(distances))
    assert w.sum() == pytest.approx(1)
    np.testing.assert_allclose(w, inverse_distances(scale * np.array(distances)))
    np.testing.assert_allclose(w * distances, w[0] * distances[0])


def test_rows_at_distance_zero_decide_alone() -> None:
    output = distance_weighted_knn([[0], [0], [1], [1]], [5, 7, 0, 0], [[0], [0]], 4, "regression")
    assert output["predictions"] == [6, 6]


@pytest.mark.parametrize("bad", [{"k": 10}, {"y": [1, 2]}, {"X_new": [[1.0, 2.0], [2.0, 3.0]]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("distance-weighted-knn").run(bad)
