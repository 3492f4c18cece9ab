from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.hypothesis_testing.ab_test_interference import ab_test_interference, assign, outcomes
from algorithms.registry import load
from core.errors import InputError


@given(st.floats(-3, 3), st.floats(-3, 3))
@settings(max_examples=8, deadline=None)
def test_users_measure_the_direct_effect_and_clusters_the_whole(direct: float, spillover: float) -> None:
    output = ab_test_interference(direct, spillover, repeats=60)
    # with half of the 1,000 users treated, the others of a treated user are treated slightly less often
    expected = direct - spillover / 999
    assert output["user_estimate"] == pytest.approx(expected, abs=4 * output["user_sd"] / np.sqrt(60))
    assert output["cluster_bias"] == pytest.approx(0, abs=4 * output["cluster_sd"] / np.sqrt(60))
    assert output["launch_effect"] == direct + spillover


def test_cluster_randomisation_pays_in_variance() -> None:
    output = load("ab-test-interference").run()
    assert output["cluster_sd"] > output["user_sd"]


def test_outcomes_equal_the_slow_loop() -> None:
    rng = np.random.default_rng(0)
    z = rng.integers(2, size=(4, 5)).astype(float)
    y = outcomes(z, 2.0, 3.0, 0.0, rng)
    for c in range(4):
        for i in range(5):
            others = np.delete(z[c], i).mean()
            assert y[c, i] == pytest.approx(2 * z[c, i] + 3 * others)


def test_assignment_is_balanced() -> None:
    rng = np.random.default_rng(0)
    assert assign("user", 10, 7, rng).sum() == 35
    by_cluster = assign("cluster", 10, 7, rng)
    assert sorted(by_cluster.sum(axis=1).tolist()) == [0] * 5 + [7] * 5


@pytest.mark.parametrize("bad", [{"clusters": 5}, {"cluster_size": 1}, {"repeats": 10_000}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("ab-test-interference").run(bad)
