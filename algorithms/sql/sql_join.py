r"""A SQL join combines the rows of two tables that agree on a condition; its kind decides what happens to the unmatched.

$$\text{INNER} \subseteq \text{LEFT}, \text{RIGHT} \subseteq \text{FULL OUTER}$$

**Intuition.** INNER returns the matching pairs. LEFT adds the left rows without a partner, filled with NULL; RIGHT does so
for the right; FULL OUTER keeps all rows of both tables, matched or not (not only "when there is a match"). CROSS pairs
everything, a self join pairs a table with itself, a semi join (IN, EXISTS) keeps left rows that have a partner, an anti
join those that have none. So there are more than the four kinds usually listed.

**When to use it.** LEFT to keep customers without orders, anti to find them, semi to ask whether a partner exists.

**Cost.** A hash join reads both tables once: $O(n + m + \text{output})$. A nested loop takes $O(n m)$.

**Pitfalls.** A join repeats a row once for each partner. Users a, b, c with orders of users 1, 1, 3 give a, a, c by INNER JOIN
and a, c by IN: replacing a subquery by a join changes the result, and is no general speed-up, since optimisers turn IN
into a semi join. NULL equals nothing, not even NULL. A WHERE on the right table undoes a LEFT JOIN. NOT IN with a NULL
returns no row. SQLite has RIGHT and FULL joins since 3.39.

**References.** ISO/IEC 9075-2. Garcia-Molina, Ullman and Widom, *Database Systems: The Complete Book*.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from algorithms.inputs import Name
from algorithms.registry import Output, algorithm

Key = Annotated[int, Field(ge=-(2**53), le=2**53)] | None
Side = Annotated[list[tuple[Key, Name]], Field(max_length=200)]
Kind = Literal["inner", "left", "right", "full", "cross", "semi", "anti"]


def join(left: list[tuple[int | None, str]], right: list[tuple[int | None, str]], kind: str) -> list[list[Any]]:
    """Rows [left value, right value] of a hash join on the keys, in the order of the left table.

    Examples
    --------
    >>> join([(1, "a"), (2, "b")], [(1, "x")], "left")
    [['a', 'x'], ['b', None]]
    """
    partners: dict[int, list[int]] = {}
    for number, (key, _) in enumerate(right):
        if key is not None:  # NULL equals nothing
            partners.setdefault(key, []).append(number)
    rows: list[list[Any]] = []
    used: set[int] = set()
    for key, value in left:
        found = list(range(len(right))) if kind == "cross" else partners.get(key, []) if key is not None else []
        if kind in {"semi", "anti"}:
            if bool(found) == (kind == "semi"):
                rows.append([value])
            continue
        used.update(found)
        rows += [[value, right[number][1]] for number in found]
        if not found and kind in {"left", "full"}:
            rows.append([value, None])
    if kind in {"right", "full"}:
        rows += [[None, value] for number, (_, value) in enumerate(right) if number not in used]
    return rows


@algorithm(
    id="sql-join",
    name="SQL joins (INNER, LEFT, RIGHT, FULL)",
    aliases=(
        "inner join",
        "left join",
        "right join",
        "full outer join",
        "join vs subquery",
        "cross join",
        "semi join",
        "anti join",
        "types of joins",
    ),
    example={
        "left": [[1, "a"], [2, "b"], [3, "c"]],
        "right": [[1, "order 10"], [1, "order 11"], [3, "order 12"], [7, "order 13"]],
        "kind": "inner",
    },
)
def sql_join(left: Side, right: Side, kind: Kind = "inner") -> Output:
    """Join two tables of (key, value) on their keys.

    Parameters
    ----------
    left : list of (key, value)
        Left table; a key may be null.
    right : list of (key, value)
        Right table.
    kind : {"inner", "left", "right", "full", "cross", "semi", "anti"}
        Kind of join.

    Returns
    -------
    dict
        ``rows`` (at most 50) and their ``count``; ``counts`` of all kinds; ``join_then_left_values`` by INNER JOIN
        against ``in_subquery_values`` by IN (at most 50 each).

    Examples
    --------
    >>> r = sql_join([(1, "a"), (2, "b"), (3, "c")], [(1, "x"), (1, "y"), (3, "z")])
    >>> r["join_then_left_values"], r["in_subquery_values"]
    (['a', 'a', 'c'], ['a', 'c'])
    """
    kinds = ("inner", "left", "right", "full", "cross", "semi", "anti")
    results = {name: join(left, right, name) for name in kinds}
    return {
        "rows": results[kind][:50],
        "count": len(results[kind]),
        "counts": {name: len(rows) for name, rows in results.items()},
        "join_then_left_values": [row[0] for row in results["inner"]][:50],
        "in_subquery_values": [row[0] for row in results["semi"]][:50],
    }
