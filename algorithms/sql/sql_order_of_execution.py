r"""The SQL logical order of execution says in which order the clauses of a SELECT take effect, which is not how it is written.

$$\text{FROM/JOIN} \to \text{WHERE} \to \text{GROUP BY} \to \text{HAVING} \to \text{SELECT} \to \text{DISTINCT} \to \text{ORDER BY} \to
\text{LIMIT/OFFSET}$$

**Intuition.** Rows are collected, filtered, grouped; groups are filtered; only then are the expressions of SELECT computed
and named; the named result is deduplicated, sorted and cut. Each clause sees what the ones before it left.

**When to use it.** To tell WHERE (filters rows, before grouping) from HAVING (filters groups, may use aggregates), and to
know where a column alias exists: in ORDER BY it does.

**Cost.** The order is about meaning. Engines run whatever plan gives the same result.

**Pitfalls.** Whether WHERE or HAVING accepts an alias of SELECT depends on the engine: standard SQL does not, SQLite accepts
it in WHERE and MySQL in HAVING, so neither "never" nor "always" is right. Window functions, often left out of the list,
are computed after HAVING and before DISTINCT; so WHERE cannot filter on them. GROUP BY without an aggregate is allowed and
acts like DISTINCT; "only with aggregates" is advice, not a rule. LIMIT without ORDER BY returns arbitrary rows.

**References.** ISO/IEC 9075-2, query expressions. PostgreSQL documentation, *SELECT*, section "Description".
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Annotated, Literal

from pydantic import Field

from algorithms.inputs import Name, Number
from algorithms.registry import Output, algorithm

Sales = Annotated[list[tuple[Name, Number]], Field(min_length=1, max_length=500)]
ORDER = ["FROM/JOIN", "WHERE", "GROUP BY", "HAVING", "SELECT", "DISTINCT", "ORDER BY", "LIMIT/OFFSET"]


def alias_is_visible_in_where() -> bool:
    """Whether the SQLite of this machine lets WHERE use an alias of SELECT, which standard SQL forbids."""
    with closing(sqlite3.connect(":memory:")) as database:
        try:
            return database.execute("SELECT 1 AS one WHERE one = 1").fetchall() == [(1,)]
        except sqlite3.OperationalError:
            return False


@algorithm(
    id="sql-order-of-execution",
    name="SQL logical order of execution",
    aliases=(
        "FROM WHERE GROUP BY HAVING SELECT DISTINCT ORDER BY LIMIT",
        "alias visibility",
        "WHERE vs HAVING",
        "order of SQL clauses",
        "SQL query order",
    ),
    example={
        "sales": [["Rome", 10], ["Rome", 50], ["Oslo", 20], ["Oslo", 5], ["Oslo", 40], ["Bern", 90], ["Lima", 30]],
        "where_above": 8,
        "having_at_least": 2,
    },
)
def sql_order_of_execution(
    sales: Sales,
    where_above: Number = 0,
    having_at_least: Annotated[int, Field(ge=0, le=500)] = 1,
    select: Literal["city and total", "number of sales"] = "city and total",
    limit: Annotated[int, Field(ge=0, le=50)] = 10,
    offset: Annotated[int, Field(ge=0, le=500)] = 0,
) -> Output:
    """Run one grouped query clause by clause and keep the number of rows after each.

    Parameters
    ----------
    sales : list of (city, amount)
        The rows of the table sales.
    where_above : float
        WHERE keeps rows with a larger amount.
    having_at_least : int
        HAVING keeps cities with at least so many rows left.
    select : {"city and total", "number of sales"}
        What SELECT DISTINCT computes for each city.
    limit : int
        Rows returned at most.
    offset : int
        Rows skipped first.

    Returns
    -------
    dict
        ``sql``; ``order``, the eight steps; ``rows_after``, rows (or groups) left after each; ``result``;
        ``sqlite_accepts_alias_in_where``.

    Examples
    --------
    >>> r = sql_order_of_execution([("Rome", 10), ("Rome", 50), ("Oslo", 5)], where_above=8, having_at_least=2)
    >>> r["result"], r["rows_after"]["WHERE"]
    ([['Rome', 60]], 2)
    """
    columns = "city, SUM(amount) AS total" if select == "city and total" else "COUNT(*) AS n"
    sort = "total DESC, city" if select == "city and total" else "n DESC"
    left = {"FROM/JOIN": len(sales)}
    kept = [(city, amount) for city, amount in sales if amount > where_above]
    left["WHERE"] = len(kept)
    groups: dict[str, list[float]] = {}
    for city, amount in kept:
        groups.setdefault(city, []).append(amount)
    left["GROUP BY"] = len(groups)
    groups = {city: amounts for city, amounts in groups.items() if len(amounts) >= having_at_least}
    left["HAVING"] = len(groups)
    if select == "city and total":
        selected: list[list[str | float]] = [[city, sum(amounts)] for city, amounts in groups.items()]
    else:
        selected = [[len(amounts)] for amounts in groups.values()]
    left["SELECT"] = len(selected)
    distinct = [row for i, row in enumerate(selected) if row not in selected[:i]]
    left["DISTINCT"] = len(distinct)
    ordered = sorted(distinct, key=lambda row: (-float(row[-1]), str(row[0])))
    left["ORDER BY"] = len(ordered)
    result = ordered[offset : offset + limit]
    left["LIMIT/OFFSET"] = len(result)
    return {
        "sql": f"SELECT DISTINCT {columns} FROM sales WHERE amount > {where_above} GROUP BY city"
        f" HAVING COUNT(*) >= {having_at_least} ORDER BY {sort} LIMIT {limit} OFFSET {offset}",
        "order": ORDER,
        "rows_after": left,
        "result": result,
        "sqlite_accepts_alias_in_where": alias_is_visible_in_where(),
    }
