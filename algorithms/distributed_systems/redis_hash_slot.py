r"""A Redis Cluster hash slot is one of 16384 fixed buckets; a key's slot is its CRC16 modulo 16384, and masters own slot ranges.

$$\text{slot}(k) = \text{CRC16}(k) \bmod 16384$$

**Intuition.** Keys belong to slots for ever; slots belong to nodes for now. Adding a node means handing over some slots, which
the cluster does slot by slot while it serves. A client that asks the wrong node is answered with MOVED, the slot and the
right address, and remembers it.

**When to use it.** To see which node holds a key, and to place keys together: only the part between the first `{` and the
next `}` is hashed, if it is not empty, so `{user:1}:cart` and `{user:1}:name` share a slot.

**Cost.** One table lookup a byte.

**Pitfalls.** Redis Cluster does not use consistent hashing, though this is often said: there is no ring and no clockwise
neighbour. Commands with several keys work only within one slot. If a master fails, its replica is promoted and takes over
all its slots; with no replica the slots are down. Replication is asynchronous, so acknowledged writes can be lost in a
failover. One hot key cannot be spread over slots.

**References.** Redis documentation, *Redis cluster specification* (CRC16-XMODEM, polynomial 0x1021, hash tags, MOVED).
"""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated

from pydantic import Field

from algorithms.inputs import Name
from algorithms.registry import Output, algorithm

SLOTS = 16_384


def crc16(data: bytes) -> int:
    """CRC16-XMODEM: polynomial 0x1021, start 0, highest bit first.

    Examples
    --------
    >>> hex(crc16(b"123456789"))
    '0x31c3'
    """
    crc = 0
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = crc << 1 ^ (0x1021 if crc & 0x8000 else 0)
            crc &= 0xFFFF
    return crc


def slot(key: str) -> int:
    """Slot of a key, of its hash tag if it has a non-empty one.

    Examples
    --------
    >>> slot("foo"), slot("{user:1}:cart") == slot("{user:1}:name")
    (12182, True)
    """
    start = key.find("{")
    end = key.find("}", start + 1)
    tagged = key[start + 1 : end] if 0 <= start < end - 1 else key
    return crc16(tagged.encode()) % SLOTS


def ranges(masters: int) -> list[tuple[int, int]]:
    """First and last slot of each master, as redis-cli cuts them.

    Examples
    --------
    >>> ranges(3)
    [(0, 5460), (5461, 10922), (10923, 16383)]
    """
    borders = [round(i * SLOTS / masters) for i in range(masters + 1)]
    return [(first, following - 1) for first, following in pairwise(borders)]


@algorithm(
    id="redis-hash-slot",
    name="Redis Cluster hash slots",
    aliases=("CRC16 mod 16384", "Redis Cluster", "MOVED redirect", "failover", "hash slot", "hash tag"),
    example={"keys": ["foo", "bar", "{user:1}:cart", "{user:1}:name"], "masters": 3, "failed_master": 2},
)
def redis_hash_slot(
    keys: Annotated[list[Name], Field(min_length=1, max_length=50)],
    masters: Annotated[int, Field(ge=1, le=1_000)] = 3,
    failed_master: Annotated[int, Field(ge=-1, le=999)] = -1,
) -> Output:
    """Slots and nodes of keys, before and after a master fails.

    Parameters
    ----------
    keys : list of str
        The keys.
    masters : int
        Masters that share the slots evenly.
    failed_master : int
        Number of the master that fails and is replaced by its replica; -1 for none.

    Returns
    -------
    dict
        ``slots`` and ``nodes`` of the keys before, ``nodes_after`` the failover; ``moved``, the answers of master 0 to a
        request for each key (null where it owns the slot); ``slot_ranges`` (first 50); ``slots_taken_over``.

    Raises
    ------
    ValueError
        If the failed master does not exist.

    Examples
    --------
    >>> r = redis_hash_slot(["foo"], masters=3, failed_master=2)
    >>> r["slots"], r["nodes"], r["nodes_after"]
    ([12182], ['master-2'], ['replica-2'])
    """
    if failed_master >= masters:
        raise ValueError(f"master {failed_master} does not exist; the masters are 0 to {masters - 1}")
    spans = ranges(masters)
    slots = [slot(key) for key in keys]
    index = [next(i for i, (first, last) in enumerate(spans) if first <= s <= last) for s in slots]
    taken = 0 if failed_master < 0 else spans[failed_master][1] - spans[failed_master][0] + 1
    return {
        "slots": slots,
        "nodes": [f"master-{i}" for i in index],
        "nodes_after": [f"{'replica' if i == failed_master else 'master'}-{i}" for i in index],
        "moved": [None if i == 0 else f"MOVED {s} master-{i}" for i, s in zip(index, slots, strict=True)],
        "slot_ranges": spans[:50],
        "slots_taken_over": taken,
    }
