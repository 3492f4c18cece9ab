r"""A B-tree index keeps keys in sorted order in wide, balanced nodes, so point, range and prefix queries read few of them.

$$\text{height} \le \log_t \frac{n + 1}{2} \qquad \text{(minimum degree } t \text{: each node but the root has } t - 1 \text{ to } 2t - 1 \text{ keys)}$$

**Intuition.** A full node splits in the middle and hands its median to the parent, so the tree grows at the root and all
leaves stay at the same depth. Order makes a range one descent followed by a walk, and a prefix is a range: all words from
"pre" up to just before "prf".

**When to use it.** The default index of relational databases, for equality, ranges, sorting and prefixes. A trie
answers prefixes too, one letter a level.

**Cost.** $O(\log n)$ for search, insertion and deletion; a range adds the number of results. Wide nodes match disk pages.

**Pitfalls.** A compound index on (a, b) serves conditions on a, or on a and b, but not on b alone: keys are ordered by
their leftmost part. A suffix search ("ends with") cannot use it either. Most databases use the B+ variant, with all rows
in linked leaves. Keys inserted in ascending order leave the nodes half full. Each index slows every write.

**References.** Bayer and McCreight, *Organization and Maintenance of Large Ordered Indexes* (1972). Cormen et al.,
*Introduction to Algorithms*, chapter on B-trees.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import Field

from algorithms.inputs import Integers, Name
from algorithms.registry import Output, algorithm

Key = Any
SmallInt = Annotated[int, Field(ge=-1_000_000, le=1_000_000)]


class BTree:
    """B-tree of minimum degree t over keys that can be compared; equal keys are kept once.

    Examples
    --------
    >>> tree = BTree(2)
    >>> for key in (5, 1, 9, 3, 7):
    ...     tree.insert(key)
    >>> list(tree.between(3, 7)), tree.depths()
    ([3, 5, 7], {1})
    """

    def __init__(self, t: int) -> None:
        self.t, self.keys, self.children = t, list[Key](), list["BTree"]()
        self.visited = 0

    def split_child(self, i: int) -> None:
        """Cut the full child i in two and lift its median."""
        full, right = self.children[i], BTree(self.t)
        self.keys.insert(i, full.keys[self.t - 1])
        right.keys, full.keys = full.keys[self.t :], full.keys[: self.t - 1]
        right.children, full.children = full.children[self.t :], full.children[: self.t]
        self.children.insert(i + 1, right)

    def insert(self, key: Key) -> None:
        """Add a key; a full root is pushed down first, which is how the tree grows."""
        if len(self.keys) == 2 * self.t - 1:
            child = BTree(self.t)
            child.keys, child.children = self.keys, self.children
            self.keys, self.children = [], [child]
            self.split_child(0)
        node = self
        while True:
            i = bisect_left(node.keys, key)
            if i < len(node.keys) and node.keys[i] == key:
                return
            if not node.children:
                insort(node.keys, key)
                return
            if len(node.children[i].keys) == 2 * self.t - 1:
                node.split_child(i)
                if node.keys[i] == key:
                    return
                i += key > node.keys[i]
            node = node.children[i]

    def between(self, low: Key, high: Key, root: BTree | None = None) -> Iterator[Key]:
        """Keys from low to high, both included, in order; counts the nodes read in ``visited`` of the root."""
        (root or self).visited += 1
        for i in range(bisect_left(self.keys, low), len(self.keys) + 1):
            if self.children:
                yield from self.children[i].between(low, high, root or self)
            if i == len(self.keys) or self.keys[i] > high:
                return
            yield self.keys[i]

    def depths(self, depth: int = 0) -> set[int]:
        """Depths of all leaves."""
        return {d for child in self.children for d in child.depths(depth + 1)} or {depth}

    def size(self) -> int:
        """Number of nodes."""
        return 1 + sum(child.size() for child in self.children)


def filled(keys: list[Key], t: int) -> BTree:
    """A tree of these keys."""
    tree = BTree(t)
    for key in keys:
        tree.insert(key)
    return tree


@algorithm(
    id="b-tree-index",
    name="B-tree (ordered) index",
    aliases=("B-tree", "range query", "prefix search", "trie", "compound index", "leftmost prefix", "ordered index"),
    example={
        "keys": [12, 5, 31, 8, 20, 1, 44, 27, 16, 9],
        "low": 8,
        "high": 27,
        "words": ["car", "card", "care", "cat", "dog"],
        "prefix": "car",
    },
)
def b_tree_index(
    keys: Integers,
    low: SmallInt = 8,
    high: SmallInt = 27,
    minimum_degree: Annotated[int, Field(ge=2, le=64)] = 2,
    words: Annotated[list[Name], Field(min_length=1, max_length=500)] = ["car", "card", "care", "cat", "dog"],  # noqa: B006 (never changed)
    prefix: Annotated[str, Field(max_length=200)] = "car",
) -> Output:
    """Index numbers and words, and answer a range, a prefix and two queries on a compound key.

    Parameters
    ----------
    keys : list of int
        Numbers to index; duplicates are kept once.
    low : int
        Lower end of the range, included.
    high : int
        Upper end of the range, included.
    minimum_degree : int
        Minimum degree t of the tree.
    words : list of str
        Words to index for the prefix query.
    prefix : str
        Beginning of the words to find.

    Returns
    -------
    dict
        ``in_range`` (at most 50) and ``n_in_range``; ``nodes_read`` of ``nodes``; ``height``; ``leaf_depths`` (one value);
        ``with_prefix``, words in order (at most 50); for a compound index on (a, b) with 20 values each,
        ``compound_nodes_read_for_a`` (leftmost part) and ``compound_nodes_read_for_b`` (a full scan), of
        ``compound_nodes``; ``compound_rows_found`` by both.

    Raises
    ------
    ValueError
        If low exceeds high.

    Examples
    --------
    >>> r = b_tree_index([12, 5, 31, 8, 20], low=8, high=20)
    >>> r["in_range"], r["with_prefix"]
    ([8, 12, 20], ['car', 'card', 'care'])
    """
    if low > high:
        raise ValueError(f"low {low} exceeds high {high}; swap them")
    tree = filled(keys, minimum_degree)
    found = list(tree.between(low, high))
    text = filled(words, minimum_degree)
    pairs = [(a, b) for a in range(20) for b in range(20)]
    by_a, by_b = filled(pairs, minimum_degree), filled(pairs, minimum_degree)
    rows_of_a = list(by_a.between((7, 0), (7, 19)))
    rows_of_b = [pair for pair in by_b.between((0, 0), (19, 19)) if pair[1] == 7]
    return {
        "in_range": found[:50],
        "n_in_range": len(found),
        "nodes_read": tree.visited,
        "nodes": tree.size(),
        "height": max(tree.depths()),
        "leaf_depths": sorted(tree.depths()),
        "with_prefix": list(text.between(prefix, prefix + chr(0x10FFFF) * 201))[:50],
        "compound_rows_found": [len(rows_of_a), len(rows_of_b)],
        "compound_nodes_read_for_a": by_a.visited,
        "compound_nodes_read_for_b": by_b.visited,
        "compound_nodes": by_b.size(),
    }
