from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.distributed_systems.round_robin import round_robin, smooth
from algorithms.registry import load
from core.errors import InputError

WEIGHTS = st.lists(st.integers(1, 6), min_size=1, max_size=5)


@given(st.integers(1, 9), st.integers(1, 100))
def test_plain_turns(servers: int, requests: int) -> None:
    r = round_robin([3] * servers, requests, mode="plain")
    assert r["picks"] == "".join("abcdefghi"[i % servers] for i in range(min(requests, 50)))
    assert max(r["counts"]) - min(r["counts"]) <= 1


@given(WEIGHTS, st.integers(1, 3))
def test_a_cycle_of_the_total_weight_is_exact_and_repeats(weights: list[int], cycles: int) -> None:
    total = sum(weights)
    picks = smooth(weights, cycles * total)
    assert [picks.count(i) for i in range(len(weights))] == [cycles * w for w in weights]
    assert picks == picks[:total] * cycles


def test_smooth_order() -> None:
    r = load("round-robin").run()
    assert r["picks"] == "aabacaa" and r["counts"] == [5, 1, 1] and r["longest_run"] == 2
    assert r["expected_counts"] == [5, 1, 1]
    assert round_robin([5, 1, 1], requests=14)["longest_run"] == 4  # …aa|aa…


@pytest.mark.parametrize("bad", [{"weights": []}, {"weights": [0]}, {"requests": 10**6}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("round-robin").run(bad)
