from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.active_learning.active_learning_loop import active_learning_loop, domain, run_loop
from algorithms.registry import load
from core.errors import InputError

SEEDS = range(8)


def mean(runs: list[dict[str, float]], key: str) -> float:
    return float(np.mean([run[key] for run in runs]))


def test_queries_near_the_boundary_beat_random_labels() -> None:
    runs = [active_learning_loop(seed=s) for s in SEEDS]
    assert mean(runs, "final_accuracy") > mean(runs, "random_final_accuracy") + 0.03
    assert all(run["queried_distance"] < 0.75 * run["pool_distance"] for run in runs)
    assert all(run["labels"] == [10, 20, 30, 40, 50, 60] for run in runs)


def test_uncertain_target_items_help_on_the_target_domain() -> None:
    runs = [active_learning_loop("target-domain", initial=30, budget=90, seed=s) for s in SEEDS]
    assert mean(runs, "final_accuracy") > mean(runs, "random_final_accuracy") + 0.01
    # before any target label the source model errs on the part between the two planes: 60 of 180 degrees
    assert all(run["accuracy_curve"][0] < 0.8 for run in runs)
    assert mean(runs, "final_accuracy") > 0.8


def test_junk_on_the_boundary_pollutes_the_batch() -> None:
    runs = [active_learning_loop("noisy-pool", seed=s) for s in SEEDS]
    assert mean(runs, "junk_queried") > 2 * 0.05
    clean = [active_learning_loop(seed=s) for s in SEEDS]
    assert mean(runs, "final_accuracy") < mean(clean, "final_accuracy")


def test_stops_at_the_target_or_at_the_budget() -> None:
    early = active_learning_loop(target_accuracy=0.75)
    assert early["stopped"] == "target reached"
    assert early["final_accuracy"] >= 0.75
    assert early["labels"][-1] < 60
    late = active_learning_loop(budget=25, batch=10)
    assert late["stopped"] == "budget spent"
    assert late["labels"] == [10, 20, 25]  # the last batch is cut to the budget


@settings(max_examples=10)
@given(st.integers(0, 1000), st.sampled_from(["active", "random"]))
def test_no_item_is_labelled_twice(seed: int, strategy: str) -> None:
    rng = np.random.default_rng(seed)
    X, y = domain(60, 0.0, rng)
    start = [int(np.argmax(y)), int(np.argmin(y))]
    labelled, counts, _, _ = run_loop(X, y, start, 7, 20, strategy, X, y, 1.1, rng)
    assert len(labelled) == len(set(labelled)) == 20
    assert counts == [2, 9, 16, 20]


@pytest.mark.parametrize("bad", [{"initial": 100}, {"scenario": "stream"}, {"junk_share": 0.9}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("active-learning-loop").run(bad)
