r"""The Levenshtein (edit) distance is the least number of insertions, deletions and substitutions that turn one string into another.

$$D_{i,j} = \min\big(D_{i-1,j} + 1,\; D_{i,j-1} + 1,\; D_{i-1,j-1} + [a_i \ne b_j]\big)$$

**Intuition.** The distance of two prefixes follows from those of prefixes that are one letter shorter: delete, insert, or
match and substitute. Dynamic programming fills a table of all prefixes; the path back from the last cell is the list of
edits. From kitten to sitting it takes 3: k to s, e to i, insert g.

**When to use it.** Spelling correction, record linkage, word and character error rate, comparison of DNA (with weights).

**Cost.** $O(n m)$ time; $O(\min(n, m))$ memory if only the number is needed.

**Pitfalls.** Swapping two neighbours costs 2; the Damerau variant counts it as 1. Divide by the longer length before comparing
pairs of different lengths. It knows letters, not meaning: "cat" is nearer to "car" than to "kitten". Unicode needs
normalising first, or an accent counts as a letter. For a large dictionary use a trie or a BK-tree, not a scan. A word
error rate can exceed 1, since insertions count.

**References.** Levenshtein (1966). Wagner and Fischer, *The String-to-String Correction Problem* (1974).
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.registry import Output, algorithm
from algorithms.toy_data import Ints

ShortText = Annotated[str, Field(max_length=300)]


def table(a: str, b: str) -> Ints:
    """Distances (n + 1, m + 1) of all pairs of prefixes.

    Examples
    --------
    >>> table("ab", "b").tolist()
    [[0, 1], [1, 1], [2, 1]]
    """
    D = np.zeros((len(a) + 1, len(b) + 1), dtype=np.int64)  # (n + 1, m + 1)
    D[:, 0], D[0, :] = np.arange(len(a) + 1), np.arange(len(b) + 1)
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            D[i, j] = min(D[i - 1, j] + 1, D[i, j - 1] + 1, D[i - 1, j - 1] + (a[i - 1] != b[j - 1]))
    return D


def edits(D: Ints, a: str, b: str) -> list[str]:
    """One shortest list of edits, read back from the table, in the order of the strings."""
    i, j = len(a), len(b)
    found = []
    while i or j:
        if i and j and D[i, j] == D[i - 1, j - 1] + (a[i - 1] != b[j - 1]):
            if a[i - 1] != b[j - 1]:
                found.append(f"substitute {a[i - 1]} by {b[j - 1]}")
            i, j = i - 1, j - 1
        elif i and D[i, j] == D[i - 1, j] + 1:
            found.append(f"delete {a[i - 1]}")
            i -= 1
        else:
            found.append(f"insert {b[j - 1]}")
            j -= 1
    return found[::-1]


@algorithm(
    id="levenshtein-distance",
    name="Levenshtein (edit) distance",
    aliases=("edit distance", "Levenshtein", "string distance", "Wagner-Fischer"),
    example={"a": "kitten", "b": "sitting"},
)
def levenshtein_distance(a: ShortText, b: ShortText) -> Output:
    """Edit distance of two strings.

    Parameters
    ----------
    a : str
        First string, up to 300 characters.
    b : str
        Second string.

    Returns
    -------
    dict
        ``distance``; ``similarity`` = 1 - distance / longer length (1 for two empty strings); ``edits`` of one shortest path
        (at most 50).

    Examples
    --------
    >>> levenshtein_distance("kitten", "sitting")["edits"]
    ['substitute k by s', 'substitute e by i', 'insert g']
    """
    D = table(a, b)
    distance = int(D[-1, -1])
    return {
        "distance": distance,
        "similarity": 1 - distance / max(len(a), len(b), 1),
        "edits": edits(D, a, b)[:50],
    }
