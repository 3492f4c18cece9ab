from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import KMeans

from algorithms.neighbors_and_clustering.elbow_method import elbow_method, farthest_below_chord
from algorithms.registry import load
from core.errors import InputError


@pytest.mark.parametrize("clusters", [2, 3, 4])
def test_the_bend_is_at_the_true_number(clusters: int) -> None:
    assert elbow_method(clusters=clusters)["elbow"] == clusters


@settings(max_examples=3)
@given(st.integers(0, 1000))
def test_values_are_near_the_best_of_sklearn_and_fall(seed: int) -> None:
    X = np.random.default_rng(seed).standard_normal((40, 2))
    output = elbow_method(X.tolist(), k_max=4, restarts=10)
    for K in (1, 2, 4):
        theirs = KMeans(K, n_init=10, random_state=0).fit(X).inertia_
        assert output["wcss"][K - 1] == pytest.approx(theirs, rel=0.05)
    assert np.all(np.diff(output["wcss"]) < 0)


def test_unexplained_and_explained_add_up() -> None:
    output = elbow_method()
    total = output["total_sum_of_squares"]
    assert output["wcss"][0] == pytest.approx(total)  # one cluster explains nothing
    np.testing.assert_allclose(output["explained_share"] * total + output["wcss"], total)
    assert output["explained_share"][2] > 0.95


def test_chord_rule() -> None:
    assert farthest_below_chord(np.array([10.0, 9.0, 1.0, 0.5, 0.0])) == 2


@pytest.mark.parametrize("bad", [{"k_max": 2}, {"X": [[1.0], [2.0]]}, {"spread": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("elbow-method").run(bad)
