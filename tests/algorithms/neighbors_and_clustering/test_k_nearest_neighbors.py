from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor

from algorithms.neighbors_and_clustering.k_nearest_neighbors import k_nearest_neighbors, weighted_vote
from algorithms.registry import load
from algorithms.toy_data import two_moons
from core.errors import InputError

X, Y = two_moons(60, 0.3, seed=0)
Q, _ = two_moons(40, 0.3, seed=1)


@pytest.mark.parametrize("k", [1, 3, 7, 21])
def test_equals_sklearn(k: int) -> None:
    theirs = KNeighborsClassifier(k).fit(X, Y)
    output = k_nearest_neighbors(X.tolist(), Y.tolist(), Q.tolist(), k)
    assert output["predictions"] == theirs.predict(Q).tolist()
    distances, neighbours = theirs.kneighbors(Q)
    np.testing.assert_array_equal(output["neighbours"], neighbours[:20, :20])
    np.testing.assert_allclose(output["distances"], distances[:20, :20])
    assert output["training_error"] == pytest.approx(1 - theirs.score(X, Y))
    regression = k_nearest_neighbors(X.tolist(), Y.tolist(), Q.tolist(), k, "regression")
    np.testing.assert_allclose(regression["predictions"], KNeighborsRegressor(k).fit(X, Y).predict(Q))


def test_one_neighbour_has_no_training_error_and_n_give_the_majority() -> None:
    labels = [1] * 20 + [0] * 40
    assert k_nearest_neighbors(X.tolist(), labels, k=1)["training_error"] == 0
    assert set(k_nearest_neighbors(X.tolist(), labels, Q.tolist(), k=60)["predictions"]) == {0.0}


def test_the_model_is_the_data() -> None:
    output = k_nearest_neighbors(X.tolist(), Y.tolist())
    assert output["stored_numbers"] == output["operations_per_query"] == 120


@given(st.integers(0, 1000), st.integers(1, 8))
def test_moving_and_rotating_everything_changes_nothing(seed: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    A, B, y = rng.standard_normal((15, 2)), rng.standard_normal((6, 2)), rng.integers(0, 3, 15).tolist()
    turn = np.linalg.qr(rng.standard_normal((2, 2)))[0]
    before = k_nearest_neighbors(A.tolist(), y, B.tolist(), k)
    after = k_nearest_neighbors((A @ turn + 5).tolist(), y, (B @ turn + 5).tolist(), k)
    assert before["predictions"] == after["predictions"]


def test_a_tied_vote_goes_to_the_nearest() -> None:
    assert weighted_vote(np.array([3.0, 1.0]), np.ones(2)) == 3.0
    assert k_nearest_neighbors([[0], [3]], [9, 4], [[1], [2]], k=2)["predictions"] == [9, 4]


@pytest.mark.parametrize("bad", [{"k": 7}, {"k": 0}, {"y": [1, 2]}, {"X_new": [[1.0], [2.0]]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("k-nearest-neighbors").run(bad)
