from __future__ import annotations

import heapq

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.llm_serving.continuous_batching import continuous, continuous_batching, static
from algorithms.registry import load
from core.errors import InputError

LENGTHS = st.lists(st.integers(1, 30), min_size=1, max_size=20)


@given(LENGTHS, st.integers(1, 6))
def test_equals_list_scheduling(lengths: list[int], slots: int) -> None:
    free = [0] * slots
    expected = []
    for length in lengths:  # each request starts in the slot that is free first
        end = heapq.heappop(free) + length
        expected.append(end)
        heapq.heappush(free, end)
    assert continuous(lengths, slots) == expected


@given(LENGTHS, st.integers(1, 6))
def test_bounds(lengths: list[int], slots: int) -> None:
    r = continuous_batching(lengths, slots)
    assert r["lower_bound"] <= r["continuous_steps"] <= r["static_steps"]
    assert r["continuous_steps"] <= sum(lengths) / slots + max(lengths) * (1 - 1 / slots) + 1e-9  # Graham's bound
    assert all(a <= b for a, b in zip(r["continuous_finish"], r["static_finish"], strict=True))


def test_worked_example() -> None:
    # 36 tokens over 2 slots are at least 18 steps; static: four batches whose longest is 8
    r = load("continuous-batching").run()
    assert (r["continuous_steps"], r["static_steps"], r["lower_bound"]) == (18, 32, 18)
    assert r["continuous_utilization"] == 1 and r["static_utilization"] == pytest.approx(36 / 64)
    assert static([2, 5, 1], 2) == [5, 5, 6]
    assert r["mean_finish"]["static"] == pytest.approx((8 + 16 + 24 + 32) / 4)


@pytest.mark.parametrize("bad", [{"slots": 0}, {"output_lengths": []}, {"output_lengths": [0]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("continuous-batching").run(bad)
