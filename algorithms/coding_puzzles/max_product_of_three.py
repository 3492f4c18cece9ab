r"""The maximum product of three numbers is the larger of two candidates: the three largest, or the two smallest with the largest.

$$\max\big(a_{n}\,a_{n-1}\,a_{n-2},\;\; a_1\,a_2\,a_n\big) \qquad \text{for } a_1 \le \dots \le a_n$$

**Intuition.** A large product needs large absolute values and an even number of negative factors: none, or two. With none,
take the three largest; with two, the two most negative and the largest. If all numbers are negative the product is
negative, and the three largest make it least so.

**When to use it.** As an exercise in case analysis; the same idea of keeping both extremes solves the maximum product
subarray.

**Cost.** Sorting: $O(n \log n)$. One pass with `heapq.nlargest(3)` and `heapq.nsmallest(2)`, or five variables: $O(n)$.

**Pitfalls.** "If there are negative numbers, multiply the two smallest by the largest" is wrong: for [-1, -2, 3, 4, 5] that
gives 10, while 3 · 4 · 5 = 60. It also fails with a single negative number and when all are negative. Always compare both
candidates. Fewer than three numbers have no answer. In languages with fixed-width integers the product may overflow.
[1, 5, 3, 4] gives 60, [-2, -4, 5, 3] gives 40.

**References.** Python documentation, module `heapq`.
"""

from __future__ import annotations

import heapq
from typing import Annotated, Literal

from pydantic import Field

from algorithms.registry import Output, algorithm

Three = Annotated[list[Annotated[int, Field(ge=-1_000_000, le=1_000_000)]], Field(min_length=3, max_length=4_096)]


@algorithm(
    id="max-product-of-three",
    name="Maximum product of three numbers",
    aliases=("heapq nlargest/nsmallest", "largest product of three", "maximum triple product"),
    example={"numbers": [-2, -4, 5, 3]},
)
def max_product_of_three(numbers: Three, method: Literal["sort", "heap"] = "heap") -> Output:
    """Largest product of three different positions.

    Parameters
    ----------
    numbers : list of int
        At least three numbers.
    method : {"sort", "heap"}
        How the extremes are found.

    Returns
    -------
    dict
        ``product`` and the three ``factors``; ``three_largest`` and ``two_smallest_and_largest``, the two candidates;
        ``negatives_rule``, what the wrong rule "with a negative number take the second candidate" would give.

    Examples
    --------
    >>> max_product_of_three([-1, -2, 3, 4, 5])["product"]
    60
    """
    if method == "sort":
        ordered = sorted(numbers)
        top, low = ordered[:-4:-1], ordered[:2]
    else:
        top, low = heapq.nlargest(3, numbers), heapq.nsmallest(2, numbers)
    large, mixed = top[0] * top[1] * top[2], low[0] * low[1] * top[0]
    return {
        "product": max(large, mixed),
        "factors": top if large >= mixed else [*low, top[0]],
        "three_largest": large,
        "two_smallest_and_largest": mixed,
        "negatives_rule": mixed if low[0] < 0 else large,
    }
