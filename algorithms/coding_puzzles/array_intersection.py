r"""The intersection of two arrays is the set of values that occur in both; a hash set finds it in linear time.

$$X \cap Y = \{v : v \in X \wedge v \in Y\}$$

**Intuition.** Put one array into a set, then ask the set about each element of the other. A set answers in constant expected
time, where a list is read from the front.

**When to use it.** Whenever two collections are compared: ids of two tables, words of two texts. With [1, 5, 9, 0] and
[3, 0, 2, 9] the answer is {0, 9}.

**Cost.** Set: $O(n + m)$ time, $O(n)$ space. Nested loops: $O(n m)$; with the test "not yet in the result" added, the
worst case is $O(n m |Z|)$ for a result $Z$. Sorted arrays: two pointers, no extra space.

**Pitfalls.** The method is `set(X).intersection(Y)` or `set(X) & set(Y)`; there is no `intersect`, which raises
AttributeError. A set has no order: [9, 0] is not guaranteed, sort if it matters. `[v for v in X if v in Y]` looks elegant
but is $O(n m)$, since `in` reads the list, and it returns duplicates: [1, 0, 9, 9] and [3, 0, 9, 9] give [0, 9, 9]. Ask
whether a multiset is wanted; then use Counter(X) & Counter(Y). Elements must be hashable.

**References.** Python documentation, set types. Cormen et al., *Introduction to Algorithms*, chapter on hash tables.
"""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Literal

from pydantic import Field

from algorithms.registry import Output, algorithm

Array = Annotated[list[Annotated[int, Field(ge=-(2**53), le=2**53)]], Field(max_length=400)]


def nested_loops(X: list[int], Y: list[int]) -> tuple[list[int], int]:
    """Common values in the order of X without duplicates, and the comparisons made.

    Examples
    --------
    >>> nested_loops([1, 5, 9, 0], [3, 0, 2, 9])
    ([9, 0], 15)
    """
    found: list[int] = []
    comparisons = 0
    for x in X:
        for y in Y:
            comparisons += 1
            if x == y:
                for z in found:
                    comparisons += 1
                    if z == x:
                        break
                else:
                    found.append(x)
                    break
    return found, comparisons


@algorithm(
    id="array-intersection",
    name="Intersection of two arrays",
    aliases=("set intersection", "hash-set membership", "common elements of two lists", "intersection of two lists"),
    example={"x": [1, 5, 9, 0], "y": [3, 0, 2, 9]},
)
def array_intersection(
    x: Array, y: Array, method: Literal["set", "nested loops", "list comprehension"] = "set"
) -> Output:
    """Intersect two arrays in one of three ways.

    Parameters
    ----------
    x : list of int
        First array.
    y : list of int
        Second array.
    method : {"set", "nested loops", "list comprehension"}
        The last one keeps duplicates of x: a common mistake.

    Returns
    -------
    dict
        ``intersection`` by the chosen method (sorted for the set; at most 50 values); ``distinct``, the right answer's size;
        ``has_duplicates``; ``nested_comparisons`` against ``set_operations`` = n + m; ``multiset``, values with the smaller
        of both counts (at most 50).

    Examples
    --------
    >>> array_intersection([1, 5, 9, 0], [3, 0, 2, 9])["intersection"]
    [0, 9]
    >>> array_intersection([1, 0, 9, 9], [3, 0, 9, 9], method="list comprehension")["intersection"]
    [0, 9, 9]
    """
    members = set(x)
    common = sorted({value for value in y if value in members})
    looped, comparisons = nested_loops(x, y)
    result = {"set": common, "nested loops": looped, "list comprehension": [value for value in x if value in y]}[method]
    return {
        "intersection": result[:50],
        "distinct": len(common),
        "has_duplicates": len(set(result)) < len(result),
        "nested_comparisons": comparisons,
        "set_operations": len(x) + len(y),
        "multiset": sorted((Counter(x) & Counter(y)).elements())[:50],
    }
