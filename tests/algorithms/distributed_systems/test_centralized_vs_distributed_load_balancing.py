from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.distributed_systems.centralized_vs_distributed_load_balancing import choices
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(0, 200), st.integers(3, 30), st.integers(1, 3), st.integers(0, 99))
def test_all_requests_are_placed_and_the_shortest_queue_is_perfect(n: int, k: int, d: int, seed: int) -> None:
    assert choices(n, k, d, seed).sum() == n
    perfect = choices(n, k, k, seed)
    assert perfect.sum() == n and perfect.max() - perfect.min() <= 1


def test_two_choices_equal_the_slow_rule() -> None:
    samples = np.random.default_rng(3).integers(20, size=(200, 2))
    slow = [0] * 20
    for a, b in samples:
        slow[a if slow[a] <= slow[b] else b] += 1
    assert choices(200, 20, 2, seed=3).tolist() == slow


def test_two_choices_do_far_better_than_one() -> None:
    r = load("centralized-vs-distributed-load-balancing").run()
    assert r["max_load"]["random"] >= 5 and r["max_load"]["two choices"] <= 4
    assert r["max_load"]["join shortest queue"] == r["perfect_max_load"] == 1
    assert r["messages_per_request"] == {"random": 0, "two choices": 2, "join shortest queue": 1000}


def test_stale_lengths_ruin_the_shortest_queue() -> None:
    r = load("centralized-vs-distributed-load-balancing").run({"stale_requests": 100, "servers": 50})
    stale = r["max_load_stale"]
    assert stale["join shortest queue"] == 100 > stale["two choices"]
    assert stale["random"] == r["max_load"]["random"]


@pytest.mark.parametrize("bad", [{"servers": 2}, {"requests": 10**6}, {"stale_requests": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("centralized-vs-distributed-load-balancing").run(bad)
