r"""A Python list can be changed after creation and a tuple cannot, which makes the tuple smaller, hashable and safe to share.

$$\text{list} = \text{header} + \text{pointer to a growing array}, \qquad \text{tuple} = \text{header with the items inside}$$

**Intuition.** A list keeps its items in a separate array with room to grow; append is cheap because the array is enlarged by
more than one place at a time. A tuple's size is fixed, so its items lie in the object itself.

**When to use it.** A list for collections of like items that change; a tuple for records of fixed fields, dictionary keys,
several return values and constants.

**Cost.** Indexing is $O(1)$ in both. Append is $O(1)$ amortised for a list; "adding" to a tuple copies it, $O(n)$.

**Pitfalls.** The comma makes the tuple, not the parentheses, which are mostly optional: `x = 1, 2` is a tuple, `(1)` is a
number and `(1,)` a tuple; only the empty tuple needs them. Immutability is shallow: a list inside a tuple can still
change, and then the tuple is not hashable. `sys.getsizeof` counts the container only and depends on the version of Python:
88 bytes for the list and 64 for the tuple of three items in CPython 3.11. A list as default argument is shared between
calls.

**References.** Python documentation, *Sequence Types* and *Data model*. Ramalho, *Fluent Python* (2022), chapter 2.
"""

from __future__ import annotations

import sys
from typing import Annotated, Any

from pydantic import Field

from algorithms.registry import Output, algorithm

Length = Annotated[int, Field(ge=0, le=10_000)]


def is_hashable(value: Any) -> bool:
    """Whether `value` can be the key of a dictionary.

    Examples
    --------
    >>> is_hashable((1, 2)), is_hashable((1, [2]))
    (True, False)
    """
    try:
        hash(value)
    except TypeError:
        return False
    return True


def append_sizes(n: int) -> list[int]:
    """Sizes in bytes of a list while n items are appended; each new value is one enlargement."""
    items: list[int] = []
    sizes = [sys.getsizeof(items)]
    for i in range(n):
        items.append(i)
        if sys.getsizeof(items) != sizes[-1]:
            sizes.append(sys.getsizeof(items))
    return sizes


@algorithm(
    id="list-vs-tuple",
    name="Python list vs tuple",
    aliases=("mutability", "getsizeof", "list or tuple", "mutable vs immutable", "difference between list and tuple"),
    example={"n": 3},
)
def list_vs_tuple(n: Length = 3) -> Output:
    """Compare a list and a tuple of the numbers 0 to n - 1.

    Parameters
    ----------
    n : int
        Number of items.

    Returns
    -------
    dict
        ``list_bytes`` of a list literal's kind of list and ``tuple_bytes``; ``list_hashable``, ``tuple_hashable`` and
        ``tuple_with_list_hashable``; ``list_changed``, the list after its first item was set to -1 (at most 10 items);
        ``tuple_error``, the message of the same attempt on the tuple (empty if there is no item);
        ``append_sizes``, bytes of a list while it grows (first 50), and ``enlargements``; ``python``.

    Examples
    --------
    >>> r = list_vs_tuple(3)
    >>> r["list_changed"], r["tuple_error"], r["list_bytes"] > r["tuple_bytes"]
    ([-1, 1, 2], "'tuple' object does not support item assignment", True)
    """
    items: Any = [*range(n)]
    fixed: Any = tuple(items)
    grown = append_sizes(n)
    error = ""
    if n:
        try:
            fixed[0] = -1
        except TypeError as refused:
            error = str(refused)
    sizes = sys.getsizeof(items), sys.getsizeof(fixed)
    items[:1] = [-1] if n else []
    return {
        "list_bytes": sizes[0],
        "tuple_bytes": sizes[1],
        "list_hashable": is_hashable(items),
        "tuple_hashable": is_hashable(fixed),
        "tuple_with_list_hashable": is_hashable((*fixed[:2], items)),
        "list_changed": items[:10],
        "tuple_error": error,
        "append_sizes": grown[:50],
        "enlargements": len(grown) - 1,
        "python": f"{sys.version_info.major}.{sys.version_info.minor}",
    }
