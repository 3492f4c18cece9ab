from __future__ import annotations

import binascii

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.distributed_systems.redis_hash_slot import crc16, ranges, slot
from algorithms.registry import load
from core.errors import InputError


@given(st.binary(max_size=20))
def test_crc_equals_the_standard_library(data: bytes) -> None:
    assert crc16(data) == binascii.crc_hqx(data, 0)


@given(st.integers(1, 1000))
def test_ranges_partition_the_slots(masters: int) -> None:
    spans = ranges(masters)
    assert [s for first, last in spans for s in range(first, last + 1)] == list(range(16384))
    assert max(b - a for a, b in spans) - min(b - a for a, b in spans) <= 1


def test_published_values() -> None:
    assert crc16(b"123456789") == 0x31C3 and slot("foo") == 12182


def test_hash_tags() -> None:
    assert slot("{user1000}.following") == slot("{user1000}.followers") == slot("user1000")
    assert slot("foo{}{bar}") == crc16(b"foo{}{bar}") % 16384  # an empty tag does not count
    assert slot("foo{{bar}}zap") == crc16(b"{bar") % 16384
    assert slot("foo{bar}{zap}") == slot("bar")


def test_failover_moves_the_slots_of_one_master_to_its_replica() -> None:
    r = load("redis-hash-slot").run()
    assert r["nodes"][0] == "master-2" and r["nodes_after"][0] == "replica-2"
    assert all(a == b or b == "replica-2" for a, b in zip(r["nodes"], r["nodes_after"], strict=True))
    assert r["slots_taken_over"] == 5461 and r["moved"][0] == "MOVED 12182 master-2"
    assert r["slot_ranges"] == [[0, 5460], [5461, 10922], [10923, 16383]]


@pytest.mark.parametrize("bad", [{"failed_master": 3}, {"masters": 0}, {"keys": []}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("redis-hash-slot").run(bad)
