r"""An xor filter stores a table of fingerprints so that three table cells of a member XOR to the member's fingerprint.

$$x \in S \Rightarrow f(x) = B[h_0(x)] \oplus B[h_1(x)] \oplus B[h_2(x)], \qquad |B| \approx 1.23\,n$$

**Intuition.** Each key is an equation over three cells. Peeling repeatedly takes a cell that only one remaining key
uses; filled in reverse order, that cell is free to make its key's equation true. With 1.23 cells a key this succeeds
almost surely; otherwise new hashes are drawn.

**When to use it.** For sets that are fixed once built, such as a blocklist that is shipped to clients.

**Cost.** Three reads a query. An 8-bit xor filter takes $1.23 \cdot 8 = 9.84$ bits a key with $2^{-8} = 0.39\%$ false
positives; a Bloom filter needs 11.54 bits for the same rate. It needs less memory, not more, as is sometimes said.

**Pitfalls.** Folding all key hashes into one XOR value and testing against it is no filter: with hashes 2, 1 and 3 the
fold is 0, every member is rejected and only keys that hash to 0 pass. A filter must never have false negatives. (XOR has
no carry: $3 \oplus 7 = 4$, and $3 \oplus 7 \oplus 4 = 0$, not 4.) Duplicate keys can never be peeled: remove them first.
Nothing can be added afterwards.

**References.** Graf and Lemire, *Xor Filters: Faster and Smaller Than Bloom and Cuckoo Filters*, arXiv:1912.08258.
"""

from __future__ import annotations

import hashlib
import math
from functools import reduce
from operator import xor
from typing import Annotated

from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm

Hashes = Annotated[list[Annotated[int, Field(ge=0, le=2**32)]], Field(min_length=1, max_length=64)]


def locate(key: str, seed: int, block: int, bits: int) -> tuple[tuple[int, int, int], int]:
    """The three cells of a key, one in each block of the table, and its fingerprint."""
    digest = hashlib.blake2b(key.encode(), digest_size=32, salt=seed.to_bytes(16, "little")).digest()
    a, b, c, f = (int.from_bytes(digest[8 * i : 8 * i + 8], "little") for i in range(4))
    return (a % block, block + b % block, 2 * block + c % block), f & ((1 << bits) - 1)


def build(keys: list[str], bits: int, seed: int) -> tuple[list[int], int]:
    """Table and the seed it works with, by peeling; further seeds are tried until one succeeds.

    Examples
    --------
    >>> table, seed = build(["apple", "banana", "cherry"], bits=8, seed=0)
    >>> all(contains(table, key, 8, seed) for key in ("apple", "banana", "cherry"))
    True
    """
    block = math.floor((1.23 * len(set(keys)) + 32) / 3)
    while True:
        placed = {key: locate(key, seed, block, bits) for key in dict.fromkeys(keys)}
        users: list[set[str]] = [set() for _ in range(3 * block)]
        for key, (cells, _) in placed.items():
            for cell in cells:
                users[cell].add(key)
        order: list[tuple[str, int]] = []
        single = [cell for cell, keys_here in enumerate(users) if len(keys_here) == 1]
        while single:
            cell = single.pop()
            if len(users[cell]) != 1:
                continue
            (key,) = users[cell]
            order.append((key, cell))
            for other in placed[key][0]:
                users[other].discard(key)
                if len(users[other]) == 1:
                    single.append(other)
        if len(order) == len(placed):
            break
        seed += 1
    table = [0] * (3 * block)
    for key, free in reversed(order):
        cells, fingerprint = placed[key]
        table[free] = fingerprint ^ reduce(xor, (table[cell] for cell in cells if cell != free))
    return table, seed


def contains(table: list[int], key: str, bits: int, seed: int) -> bool:
    """Whether the three cells of a key XOR to its fingerprint."""
    cells, fingerprint = locate(key, seed, len(table) // 3, bits)
    return reduce(xor, (table[cell] for cell in cells)) == fingerprint


@algorithm(
    id="xor-filter",
    name="XOR filter",
    aliases=("xor8", "peeling", "static membership filter", "xor fingerprint filter"),
    example={"n": 2000, "fingerprint_bits": 8, "hashes": [2, 1, 3]},
)
def xor_filter(
    n: Annotated[int, Field(ge=1, le=5_000)] = 2_000,
    fingerprint_bits: Annotated[int, Field(ge=1, le=32)] = 8,
    hashes: Hashes = [2, 1, 3],  # noqa: B006 (never changed)
    seed: Seed = 0,
) -> Output:
    """Build a filter of `n` keys, probe it with 20,000 absent ones, and show why a single XOR value is no filter.

    Parameters
    ----------
    n : int
        Number of keys.
    fingerprint_bits : int
        Bits f of a cell.
    hashes : list of int
        Hash values of the members in the naive scheme that XORs all of them into one value.
    seed : int
        First seed of the hash functions.

    Returns
    -------
    dict
        ``false_negatives`` (always 0); ``measured_fpr`` and ``predicted_fpr`` = 2^-f; ``bits_per_key`` of this table,
        ``bits_per_key_asymptotic`` = 1.23 f and ``bloom_bits_per_key`` at the same rate; ``seeds_tried``;
        ``fold``, the XOR of `hashes`, ``fold_accepts``, whether hash XOR fold is 0 for each member, and
        ``fold_false_negatives``.

    Examples
    --------
    >>> r = xor_filter(n=100, hashes=[2, 1, 3])
    >>> r["false_negatives"], r["fold"], r["fold_false_negatives"]
    (0, 0, 3)
    """
    keys = [f"member {i}" for i in range(n)]
    table, used = build(keys, fingerprint_bits, seed)
    hits = sum(contains(table, f"stranger {i}", fingerprint_bits, used) for i in range(20_000))
    fold = reduce(xor, hashes)
    accepts = [h ^ fold == 0 for h in hashes]
    return {
        "false_negatives": sum(not contains(table, key, fingerprint_bits, used) for key in keys),
        "measured_fpr": hits / 20_000,
        "predicted_fpr": 2.0**-fingerprint_bits,
        "bits_per_key": len(table) * fingerprint_bits / n,
        "bits_per_key_asymptotic": 1.23 * fingerprint_bits,
        "bloom_bits_per_key": fingerprint_bits / math.log(2),
        "seeds_tried": used - seed + 1,
        "fold": fold,
        "fold_accepts": accepts,
        "fold_false_negatives": accepts.count(False),
    }
