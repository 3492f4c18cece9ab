from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.distributed_systems.kafka_log import kafka_log
from algorithms.registry import load
from core.errors import InputError

MESSAGES = st.lists(st.sampled_from("uvw"), min_size=1, max_size=30).map(
    lambda keys: [(float(i), key, f"{key}{i}") for i, key in enumerate(keys)]
)


@given(MESSAGES, st.integers(1, 4), st.lists(st.integers(1, 5), max_size=6))
def test_a_group_reads_all_once_in_order_of_its_key(messages: list, partitions: int, counts: list[int]) -> None:
    polls = [("a", c) for c in counts] + [("a", 1000)]
    r = kafka_log(messages, polls, partitions)
    read = [value for values in r["read"] for value in values]
    assert sorted(read) == sorted(value for _, _, value in messages)
    for key in "uvw":
        assert [v for v in read if v[0] == key] == [v for _, k, v in messages if k == key]
    assert r["lag"] == {"a": 0}


@given(MESSAGES, st.integers(1, 3), st.floats(0.5, 20), st.integers(1, 10))
def test_retention_keeps_the_young_and_the_newest(messages: list, partitions: int, age: float, most: int) -> None:
    r = kafka_log(messages, [("late", 1000)], partitions, age, most)
    assert r["produced"] == len(messages) == r["kept"] + r["expired"]
    assert r["kept"] == sum(e - s for s, e in zip(r["start_offsets"], r["end_offsets"], strict=True))
    if partitions == 1:
        young = [v for t, _, v in messages if messages[-1][0] - t <= age][-most:]
        assert r["read"] == [young]


def test_groups_are_independent_and_can_rewind() -> None:
    r = load("kafka-log").run({"rewind_group": "billing"})
    assert r["read"] == [["a", "b"], ["a", "b", "c", "d", "e"], ["c", "d", "e"], []]
    assert r["reread"] == ["a", "b", "c", "d", "e"] and r["offsets"] == {"billing": [5], "audit": [5]}
    lagging = load("kafka-log").run({"polls": [["slow", 2]]})
    assert lagging["lag"] == {"slow": 3}


def test_a_lagging_group_loses_what_retention_dropped() -> None:
    r = load("kafka-log").run({"retention_seconds": 6.5, "polls": [["late", 10]]})
    assert r["read"] == [["d", "e"]] and r["offsets"] == {"late": [5]}
    assert r["start_offsets"] == [3] and r["expired"] == 3


def test_a_message_of_exactly_the_retention_age_is_kept() -> None:
    assert load("kafka-log").run({"retention_seconds": 6})["start_offsets"] == [3]


@pytest.mark.parametrize(
    "bad", [{"messages": [[2, "a", "b"], [1, "a", "c"]]}, {"partitions": 0}, {"polls": [["a", 0]]}]
)
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("kafka-log").run(bad)
