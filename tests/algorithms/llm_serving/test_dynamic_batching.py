from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.llm_serving.dynamic_batching import adapt, dynamic_batching, size_or_delay, tumbling
from algorithms.registry import load
from core.errors import InputError

TIMES = st.lists(st.integers(0, 100).map(float), min_size=1, max_size=40).map(sorted)


@given(TIMES, st.integers(1, 6), st.integers(1, 20).map(float))
def test_flush_rule(times: list[float], size: int, delay: float) -> None:
    batches = size_or_delay(times, size, delay)
    assert [i for _, members in batches for i in members] == list(range(len(times)))
    for flush, members in batches:
        first = times[members[0]]
        assert len(members) <= size
        if len(members) == size:
            assert flush == times[members[-1]] <= first + delay
        else:
            assert flush == first + delay
            assert not [t for i, t in enumerate(times) if i > members[-1] and t <= flush]
        assert all(0 <= flush - times[i] <= delay for i in members)


@given(TIMES, st.integers(1, 20).map(float))
def test_tumbling_windows_partition_the_events(times: list[float], width: float) -> None:
    windows = tumbling(times, width)
    assert sorted(i for _, members in windows for i in members) == list(range(len(times)))
    assert all(end - width <= times[i] < end for end, members in windows for i in members)
    assert len({end for end, _ in windows}) == len(windows)


def test_golden() -> None:
    # 0..3 fill a batch of 4 at t=3; 10 and 11 leave at 10+5; 30 alone at 35
    r = load("dynamic-batching").run()
    assert r["batch_sizes"] == [4, 2, 1] and r["flush_times"] == [3, 15, 35]
    assert r["max_wait"] == 5 and r["mean_wait"] == pytest.approx((3 + 2 + 1 + 0 + 5 + 4 + 5) / 7)
    assert dynamic_batching([0, 4, 5], rule="tumbling", max_delay=5)["flush_times"] == [5, 10]


@given(st.floats(5, 100), st.floats(0, 4), st.floats(0.5, 3))
def test_controller_misses_its_objective_by_one_item_at_most(slo: float, fixed: float, per_item: float) -> None:
    sizes = adapt(slo, fixed, per_item, 300)
    limit = max(1, (slo - fixed) // per_item)
    assert max(sizes) <= limit + 1
    late = sizes[200:]
    assert sum(fixed + per_item * s <= slo for s in late) >= len(late) / 2 or limit == 1
    assert max(late) >= limit * 0.9


@pytest.mark.parametrize("bad", [{"max_batch_size": 0}, {"max_delay": 0}, {"arrivals": [-1]}, {"rule": "sliding"}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("dynamic-batching").run(bad)


def test_controller_adds_one_and_halves() -> None:
    # 4 + 2 B <= 10 holds up to B = 3, so 4 is tried, misses, and is halved
    assert adapt(10, 4, 2, 8) == [1, 2, 3, 4, 2, 3, 4, 2]
