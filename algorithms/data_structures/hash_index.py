r"""A hash index computes the bucket of a key from its hash, so a point lookup reads one bucket whatever the table's size.

$$\text{bucket}(k) = \text{hash}(k) \bmod m, \qquad \text{expected entries read} \approx 1 + \frac{n}{m}$$

**Intuition.** Where a B-tree walks down a sorted structure, a hash index jumps. The price is order: neighbouring keys land
in unrelated buckets, so a range query must read everything.

**When to use it.** Equality on keys: primary-key lookups, joins on equal keys, caches. A secondary index does the same for
a column that is not the key, and returns several rows. An edge index of a graph maps a node to its outgoing edges. A
sparse index holds only the records that have the field at all.

**Cost.** $O(1)$ expected for lookup and insertion; $O(n)$ in the worst case, when keys collide.

**Pitfalls.** No ranges, no sorting, no prefixes: use a B-tree. A sparse index cannot answer "records without the field",
and must not be used for a query that needs them all. Growing the table moves entries, so it is doubled rather than
extended by one. Hashing that attackers can predict invites floods of collisions. Every secondary index must be updated
on each write.

**References.** Knuth, *The Art of Computer Programming*, volume 3, section 6.4. Garcia-Molina, Ullman and Widom, *Database
Systems: The Complete Book*, chapter 14.
"""

from __future__ import annotations

import zlib
from typing import Annotated, Literal

from pydantic import Field

from algorithms.inputs import Name
from algorithms.registry import Output, algorithm

Record = Annotated[dict[Name, Name], Field(max_length=8)]


class HashIndex:
    """Chained hash table from a string key to row numbers; doubles when it holds more than 0.75 keys a bucket.

    Examples
    --------
    >>> index = HashIndex()
    >>> index.add("a", 0), index.add("a", 5)
    (None, None)
    >>> index.lookup("a")
    ([0, 5], 1)
    """

    def __init__(self, buckets: int = 8) -> None:
        self.buckets: list[list[tuple[str, list[int]]]] = [[] for _ in range(buckets)]
        self.keys = 0

    def bucket(self, key: str) -> list[tuple[str, list[int]]]:
        """The chain a key belongs to."""
        return self.buckets[zlib.crc32(key.encode()) % len(self.buckets)]

    def add(self, key: str, row: int) -> None:
        """Enter a row under a key."""
        for known, rows in self.bucket(key):
            if known == key:
                rows.append(row)
                return
        self.bucket(key).append((key, [row]))
        self.keys += 1
        if self.keys > 0.75 * len(self.buckets):
            entries = [entry for chain in self.buckets for entry in chain]
            self.buckets = [[] for _ in range(2 * len(self.buckets))]
            for known, rows in entries:
                self.bucket(known).append((known, rows))

    def lookup(self, key: str) -> tuple[list[int], int]:
        """Rows under a key, and the entries that were compared."""
        chain = self.bucket(key)
        for probes, (known, rows) in enumerate(chain, 1):
            if known == key:
                return rows, probes
        return [], len(chain)


@algorithm(
    id="hash-index",
    name="Hash index (point lookups)",
    aliases=(
        "hash table index",
        "secondary index",
        "edge index",
        "sparse index",
        "point lookup",
        "adjacency index",
        "hash map index",
    ),
    example={
        "records": [
            {"id": "1", "city": "Paris", "from": "a", "to": "b"},
            {"id": "2", "city": "Rome", "from": "a", "to": "c"},
            {"id": "3", "city": "Paris", "from": "b", "to": "c"},
            {"id": "4", "from": "c", "to": "a"},
        ],
        "kind": "secondary",
        "field": "city",
        "value": "Paris",
    },
)
def hash_index(
    records: Annotated[list[Record], Field(min_length=1, max_length=1_000)],
    field: Name,
    value: Name,
    kind: Literal["primary", "secondary", "edge", "sparse"] = "secondary",
) -> Output:
    """Index one field of `records` and look up a value.

    Parameters
    ----------
    records : list of dict
        Rows as field to value, both strings; fields may be missing.
    field : str
        The field that is indexed: the key, a column, or the start node of an edge.
    value : str
        The value to look up.
    kind : {"primary", "secondary", "edge", "sparse"}
        A primary index refuses duplicate or missing keys; secondary and edge indexes enter records without the field
        under an empty value; a sparse one leaves them out.

    Returns
    -------
    dict
        ``rows``, numbers of the matching records; ``entries_compared`` against ``rows_scanned_without_index``;
        ``indexed_records`` and ``distinct_keys``; ``buckets`` and ``longest_chain``.

    Raises
    ------
    ValueError
        If a primary key is missing or appears twice.

    Examples
    --------
    >>> rows = [{"id": "1", "city": "Paris"}, {"id": "2"}, {"id": "3", "city": "Paris"}]
    >>> r = hash_index(rows, field="city", value="Paris", kind="sparse")
    >>> r["rows"], r["indexed_records"]
    ([0, 2], 2)
    """
    index = HashIndex()
    indexed = 0
    for number, record in enumerate(records):
        if field not in record and kind == "sparse":
            continue
        key = record.get(field, "")
        if kind == "primary" and (field not in record or index.lookup(key)[0]):
            raise ValueError(f"record {number} has no unique {field!r}; a primary key must be present and unique")
        index.add(key, number)
        indexed += 1
    rows, probes = index.lookup(value)
    return {
        "rows": rows[:50],
        "entries_compared": probes,
        "rows_scanned_without_index": len(records),
        "indexed_records": indexed,
        "distinct_keys": index.keys,
        "buckets": len(index.buckets),
        "longest_chain": max(map(len, index.buckets)),
    }
