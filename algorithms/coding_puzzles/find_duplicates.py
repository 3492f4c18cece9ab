r"""Finding duplicates in an array means returning each value that occurs more than once, once.

$$\{v : \text{count}(v) > 1\}$$

**Intuition.** One pass with a set of seen values tells at each element whether it came before. A second set of reported
values makes sure that a value is returned once, however often it repeats. A frequency table does the same and also says
how often.

**When to use it.** Data cleaning, checks of primary keys, detection of repeated training examples.

**Cost.** $O(n)$ time and space. After sorting, duplicates are neighbours: $O(n \log n)$ time, no extra space.

**Pitfalls.** With a seen-set alone a value is emitted again at each further repeat: [1, 1, 1] gives [1, 1], not [1]. Never
name the array `list`: the code then shadows the builtin, or loops over the type itself and raises TypeError. `np.unique`
with `return_counts=True` sorts its result, so order of appearance is lost. NaN is not equal to itself, so a set may keep
several. Unhashable elements (lists) must become tuples first. [1, 2, 3, 1, 3, 6, 5] gives [1, 3].

**References.** Python documentation, `collections.Counter`. NumPy documentation, `numpy.unique`.
"""

from __future__ import annotations

from collections import Counter

from algorithms.inputs import Integers
from algorithms.registry import Output, algorithm


def duplicates(values: list[int]) -> list[int]:
    """Values that occur more than once, in the order of their second occurrence.

    Examples
    --------
    >>> duplicates([3, 1, 1, 3, 1])
    [1, 3]
    """
    seen: set[int] = set()
    reported: dict[int, None] = {}
    for value in values:
        if value in seen:
            reported[value] = None
        seen.add(value)
    return list(reported)


def repeats(values: list[int]) -> list[int]:
    """What the seen-set alone emits: one entry for every repeat, the common mistake.

    Examples
    --------
    >>> repeats([1, 1, 1])
    [1, 1]
    """
    seen: set[int] = set()
    found = []
    for value in values:
        if value in seen:
            found.append(value)
        seen.add(value)
    return found


@algorithm(
    id="find-duplicates",
    name="Find duplicates in an array",
    aliases=("Counter", "np.unique", "duplicate elements", "repeated values in a list"),
    example={"values": [1, 2, 3, 1, 3, 6, 5]},
)
def find_duplicates(values: Integers) -> Output:
    """Values that occur more than once.

    Parameters
    ----------
    values : list of int, length n
        The array.

    Returns
    -------
    dict
        ``duplicates`` by the seen-set, in order of detection (at most 50); ``counts`` of those values; ``by_frequency``, the
        same from a frequency table, ascending (at most 50); ``seen_set_without_check``, with the repeats that a careless
        version returns (at most 50).

    Examples
    --------
    >>> find_duplicates([1, 2, 3, 1, 3, 6, 5])["duplicates"]
    [1, 3]
    """
    table = Counter(values)
    found = duplicates(values)
    return {
        "duplicates": found[:50],
        "counts": {str(value): table[value] for value in found[:50]},
        "by_frequency": sorted(value for value, count in table.items() if count > 1)[:50],
        "seen_set_without_check": repeats(values)[:50],
    }
