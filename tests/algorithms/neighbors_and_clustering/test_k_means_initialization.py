from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.neighbors_and_clustering.k_means import kmeans_plus_plus
from algorithms.neighbors_and_clustering.k_means_initialization import k_means_initialization
from algorithms.registry import load
from core.errors import InputError


@settings(max_examples=10)
@given(st.integers(0, 1000), st.sampled_from(["random", "k-means++"]))
def test_the_best_restart_is_no_worse_than_any(seed: int, method: str) -> None:
    output = k_means_initialization(method, seed=seed)
    assert output["best_inertia"] == min(output["inertias"])
    assert output["best_inertia"] <= output["mean_inertia"] <= output["worst_inertia"]
    assert output["best_inertia"] >= 0.99 * output["optimal_inertia"]


def test_plus_plus_starts_lower_and_finds_the_optimum_more_often() -> None:
    random = k_means_initialization("random", restarts=40)
    careful = k_means_initialization("k-means++", restarts=40)
    assert careful["mean_starting_inertia"] < 0.7 * random["mean_starting_inertia"]
    assert careful["share_optimal"] > random["share_optimal"]
    assert random["worst_inertia"] > 3 * random["optimal_inertia"]  # a local optimum, though converged


def test_seeds_are_drawn_by_squared_distance() -> None:
    # points 0, 1 and 3, first seed at 0 in a third of the runs: then P(1) = 1 / 10 and P(3) = 9 / 10
    X, rng, hits, runs = np.array([[0.0], [1.0], [3.0]]), np.random.default_rng(0), 0, 0
    while runs < 2000:
        first, second = kmeans_plus_plus(X, 2, rng)[:, 0]
        if first == 0:
            runs += 1
            hits += second == 3
    assert hits / runs == pytest.approx(0.9, abs=0.025)


@pytest.mark.parametrize("bad", [{"method": "grid"}, {"restarts": 0}, {"clusters": 1}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("k-means-initialization").run(bad)
