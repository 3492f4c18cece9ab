r"""A cuckoo filter stores short fingerprints in one of two buckets, so members can be added and also deleted.

$$i_1 = h(x), \qquad i_2 = i_1 \oplus h(f), \qquad f = \text{fingerprint}(x), \qquad \text{FPR} \lesssim \frac{2b}{2^{|f|}}$$

**Intuition.** A new fingerprint goes into one of its two buckets. If both are full, it throws out a resident, which moves
to its own other bucket, and so on, like the cuckoo. The other bucket follows from the current bucket and the fingerprint
alone, so the key is not needed for the move.

**When to use it.** For approximate membership in a set that changes: cache admission, connection tables, deduplication
with expiry.

**Cost.** Two bucket reads for query and deletion. With four entries a bucket the table fills to about 95 percent. Below
three percent false positives it is smaller than a Bloom filter.

**Pitfalls.** Delete only what was inserted: removing a key that merely looks present throws out another key's
fingerprint and creates a false negative. The number of buckets must be a power of two, or the XOR does not lead back.
Inserting the same key more than $2b$ times fails. A failed insertion means the table is too full: rebuild larger. The
hash of the fingerprint, not the fingerprint itself, is XORed, to spread the alternatives.

**References.** Fan, Andersen, Kaminsky and Mitzenmacher, *Cuckoo Filter: Practically Better Than Bloom* (2014).
"""

from __future__ import annotations

import random
from typing import Annotated

from pydantic import Field

from algorithms.data_structures.bloom_filter import two_hashes
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm

MAX_KICKS = 500


class CuckooFilter:
    """Buckets of fingerprints; the number of buckets is a power of two.

    Examples
    --------
    >>> cuckoo = CuckooFilter(buckets=8, bucket_size=4, fingerprint_bits=8)
    >>> cuckoo.add("apple"), "apple" in cuckoo, cuckoo.remove("apple"), "apple" in cuckoo
    (True, True, True, False)
    """

    def __init__(self, buckets: int, bucket_size: int, fingerprint_bits: int, seed: int = 0) -> None:
        self.buckets: list[list[int]] = [[] for _ in range(buckets)]
        self.bucket_size, self.bits, self.seed = bucket_size, fingerprint_bits, seed
        self.generator = random.Random(seed)

    def other(self, index: int, fingerprint: int) -> int:
        """The second bucket of a fingerprint that may live in bucket `index`; applied twice it leads back."""
        return index ^ (two_hashes(str(fingerprint), self.seed)[0] % len(self.buckets))

    def locate(self, key: str) -> tuple[int, int, int]:
        """Fingerprint (never 0) and both buckets of a key."""
        first, second = two_hashes(key, self.seed)
        fingerprint = (second >> 1) % ((1 << self.bits) - 1) + 1
        index = first % len(self.buckets)
        return fingerprint, index, self.other(index, fingerprint)

    def add(self, key: str) -> bool:
        """Insert a key; False if the table is too full, which leaves the filter without one older fingerprint."""
        fingerprint, *places = self.locate(key)
        for index in places:
            if len(self.buckets[index]) < self.bucket_size:
                self.buckets[index].append(fingerprint)
                return True
        index = self.generator.choice(places)
        for _ in range(MAX_KICKS):
            slot = self.generator.randrange(self.bucket_size)
            self.buckets[index][slot], fingerprint = fingerprint, self.buckets[index][slot]
            index = self.other(index, fingerprint)
            if len(self.buckets[index]) < self.bucket_size:
                self.buckets[index].append(fingerprint)
                return True
        return False

    def __contains__(self, key: str) -> bool:
        fingerprint, first, second = self.locate(key)
        return fingerprint in self.buckets[first] or fingerprint in self.buckets[second]

    def remove(self, key: str) -> bool:
        """Delete one fingerprint of a key that was inserted; False if there is none."""
        fingerprint, *places = self.locate(key)
        for index in places:
            if fingerprint in self.buckets[index]:
                self.buckets[index].remove(fingerprint)
                return True
        return False


@algorithm(
    id="cuckoo-filter",
    name="Cuckoo filter",
    aliases=("cuckoo hashing filter", "deletable membership filter", "cuckoo hashing"),
    example={"n": 900, "buckets_log2": 8, "bucket_size": 4, "fingerprint_bits": 12},
)
def cuckoo_filter(
    n: Annotated[int, Field(ge=2, le=4_000)] = 900,
    buckets_log2: Annotated[int, Field(ge=1, le=12)] = 8,
    bucket_size: Annotated[int, Field(ge=1, le=8)] = 4,
    fingerprint_bits: Annotated[int, Field(ge=2, le=32)] = 12,
    seed: Seed = 0,
) -> Output:
    """Insert `n` keys, probe with 5,000 absent ones, then delete the first half.

    Parameters
    ----------
    n : int
        Number of keys.
    buckets_log2 : int
        The filter has 2 to this power buckets.
    bucket_size : int
        Entries b of a bucket.
    fingerprint_bits : int
        Bits |f| of an entry.
    seed : int
        Seed of the hash functions and the evictions.

    Returns
    -------
    dict
        ``inserted``; ``load`` of the table; ``false_negatives`` among them (always 0); ``measured_fpr`` and its upper bound
        ``predicted_fpr`` = 1 - (1 - 2^-f)^(2b); after the deletion ``false_negatives_after_deletion`` of the second half
        (always 0) and ``deleted_still_found``; ``bits_per_key``.

    Raises
    ------
    ValueError
        If the keys do not fit.

    Examples
    --------
    >>> r = cuckoo_filter(n=100, buckets_log2=6)
    >>> r["inserted"], r["false_negatives"], r["false_negatives_after_deletion"]
    (100, 0, 0)
    """
    cuckoo = CuckooFilter(1 << buckets_log2, bucket_size, fingerprint_bits, seed)
    keys = [f"member {i}" for i in range(n)]
    for number, key in enumerate(keys):
        if not cuckoo.add(key):
            raise ValueError(f"the table is full after {number} of {n} keys; raise buckets_log2 or bucket_size")
    hits = sum(f"stranger {i}" in cuckoo for i in range(5_000))
    missing = sum(key not in cuckoo for key in keys)
    gone, kept = keys[: n // 2], keys[n // 2 :]
    for key in gone:
        cuckoo.remove(key)
    slots = (1 << buckets_log2) * bucket_size
    return {
        "inserted": n,
        "load": n / slots,
        "false_negatives": missing,
        "measured_fpr": hits / 5_000,
        "predicted_fpr": 1 - (1 - 2.0**-fingerprint_bits) ** (2 * bucket_size),
        "false_negatives_after_deletion": sum(key not in cuckoo for key in kept),
        "deleted_still_found": sum(key in cuckoo for key in gone),
        "bits_per_key": slots * fingerprint_bits / n,
    }
