r"""All k-combinations of 1..n are the subsets of k different numbers, listed once each without regard to order.

$$\binom{n}{k} = \frac{n!}{k!\,(n - k)!}$$

**Intuition.** Backtracking builds a combination from left to right. Each number must exceed the one before, so every subset
appears once, in sorted order. A branch is cut as soon as too few numbers remain to fill it.

**When to use it.** To try all pairs of features, all teams, all hyperparameter subsets; as the standard exercise in
backtracking.

**Cost.** $\binom{n}{k}$ results of length $k$: exponential when $k$ is near $n / 2$, so iterate instead of building a list.

**Pitfalls.** In `combinations([k for x in range(1, n + 1)], k)` the comprehension repeats k instead of x; for n = 3 and k = 2
it yields (2, 2) three times. Write `range(1, n + 1)`. `itertools.combinations` returns tuples, not lists, and treats equal
elements at different positions as different. Permutations count orders as well, combinations do not. In backtracking,
append a copy of the path: appending the path itself leaves a list of empty lists at the end. For k = 0 there is one
combination, the empty one; for k > n there is none.

**References.** Knuth, *The Art of Computer Programming*, volume 4A, section 7.2.1.3. Python documentation, `itertools`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from math import comb
from typing import Annotated

from pydantic import Field

from algorithms.registry import Output, algorithm

Small = Annotated[int, Field(ge=0, le=30)]


def choose(n: int, k: int) -> Iterator[list[int]]:
    """Combinations in lexicographic order, by backtracking.

    Examples
    --------
    >>> list(choose(3, 2))
    [[1, 2], [1, 3], [2, 3]]
    """
    path: list[int] = []

    def extend(first: int) -> Iterator[list[int]]:
        missing = k - len(path)
        if missing == 0:
            yield path.copy()
            return
        for number in range(first, n - missing + 2):  # leaves enough numbers for the rest
            path.append(number)
            yield from extend(number + 1)
            path.pop()

    return extend(1)


@algorithm(
    id="combinations",
    name="All k-combinations of 1..n",
    aliases=("itertools.combinations", "backtracking", "n choose k", "binomial coefficient", "k-combinations"),
    example={"n": 3, "k": 2},
)
def combinations(n: Small, k: Small) -> Output:
    """List combinations and count them.

    Parameters
    ----------
    n : int
        Numbers 1 to n are available.
    k : int
        Numbers in a combination.

    Returns
    -------
    dict
        ``combinations``, the first 50 in lexicographic order; ``count`` = n! / (k! (n - k)!); ``listed``;
        ``comprehension_mistake``, the first ten results when k is repeated in place of 1..n.

    Examples
    --------
    >>> r = combinations(3, 2)
    >>> r["combinations"], r["count"], r["comprehension_mistake"]
    ([[1, 2], [1, 3], [2, 3]], 3, [[2, 2], [2, 2], [2, 2]])
    """
    first = list(islice(choose(n, k), 50))
    return {
        "combinations": first,
        "count": comb(n, k),
        "listed": len(first),
        "comprehension_mistake": [[k] * k for _ in range(min(comb(n, k), 10))],
    }
