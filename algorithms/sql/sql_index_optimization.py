r"""SQL index optimization replaces the scan of a table by a search in an ordered index, and the query plan shows whether it did.

$$\text{SCAN: } O(n) \qquad \text{SEARCH \dots USING INDEX: } O(\log n + \text{rows found})$$

**Intuition.** An index holds the values of a column in order with pointers to the rows. A condition on the column becomes a
descent in a tree; without an index every row must be read. `EXPLAIN QUERY PLAN` prints the choice before the query runs.

**When to use it.** For columns in the conditions of WHERE and JOIN and in ORDER BY, if the condition keeps a small share of
the rows. Being "frequently queried" is not the point: a column that is only printed gains nothing.

**Cost.** Space for the index, and work on each insert, update and delete: every index slows writes.

**Pitfalls.** A function or a leading wildcard around the column disables the index. Compound indexes serve their leftmost
columns. Integer join keys are cheaper than strings: entries are smaller and comparisons faster; the difference is a
constant factor. Keys of different types on both sides need a conversion of each row. With few rows, or a condition that
keeps most of them, a scan is right. Keep statistics fresh (ANALYZE).

The cost here is counted in instructions of SQLite's virtual machine, which does not depend on the clock.

**References.** SQLite documentation, *The SQLite Query Optimizer Overview* and *EXPLAIN QUERY PLAN*. Winand, *SQL Performance
Explained* (2012).
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Annotated, Literal

from pydantic import Field

from algorithms.registry import Output, algorithm


def instructions(database: sqlite3.Connection, sql: str) -> int:
    """Virtual machine instructions that a statement takes, to the nearest ten."""
    count = 0

    def tick() -> int:
        nonlocal count
        count += 10
        return 0

    database.set_progress_handler(tick, 10)
    try:
        database.execute(sql).fetchall()
    finally:
        database.set_progress_handler(None, 0)
    return count


def plan(database: sqlite3.Connection, sql: str) -> list[str]:
    """Lines of the query plan."""
    return [row[3] for row in database.execute(f"EXPLAIN QUERY PLAN {sql}")]


def fill(database: sqlite3.Connection, rows: int, key_type: str) -> None:
    """Tables users (key, age) and orders (user_key, amount) with one order a user."""
    database.execute(f"CREATE TABLE users (user_key {key_type}, age INTEGER)")
    database.execute(f"CREATE TABLE orders (user_key {key_type}, amount INTEGER)")
    keys = [i if key_type == "INTEGER" else f"customer-{i:016d}" for i in range(rows)]
    database.executemany("INSERT INTO users VALUES (?, ?)", [(k, i % 97) for i, k in enumerate(keys)])
    database.executemany("INSERT INTO orders VALUES (?, ?)", [(k, i) for i, k in enumerate(keys)])


@algorithm(
    id="sql-index-optimization",
    name="SQL index optimization (query plan)",
    aliases=(
        "EXPLAIN QUERY PLAN",
        "bigint vs varchar join key",
        "database index",
        "SCAN vs SEARCH",
        "query optimization",
    ),
    example={"rows": 1000, "key_type": "INTEGER", "age": 42},
)
def sql_index_optimization(
    rows: Annotated[int, Field(ge=10, le=5_000)] = 1_000,
    key_type: Literal["INTEGER", "TEXT"] = "INTEGER",
    age: Annotated[int, Field(ge=0, le=96)] = 42,
) -> Output:
    """Plans and costs of a filter and a join in SQLite before and after two indexes are created.

    Parameters
    ----------
    rows : int
        Rows of each table.
    key_type : {"INTEGER", "TEXT"}
        Type of the join key.
    age : int
        Value of the filter ``age = …``; one row in 97 has it.

    Returns
    -------
    dict
        ``filter_plan_before`` and ``filter_plan_after``, ``join_plan_after``; ``filter_instructions`` [before, after];
        ``insert_instructions`` [before, after] of one row; ``key_index_bytes``, pages of the index on the join key;
        ``rows_found``.

    Examples
    --------
    >>> r = sql_index_optimization(rows=500)
    >>> r["filter_plan_before"], r["filter_plan_after"]
    (['SCAN users'], ['SEARCH users USING INDEX users_age (age=?)'])
    """
    query = f"SELECT user_key FROM users WHERE age = {age}"
    join = "SELECT age, amount FROM orders JOIN users ON users.user_key = orders.user_key"
    insert = "INSERT INTO users VALUES (0, 1)"
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as database:
        fill(database, rows, key_type)
        before, cost_before, insert_before = (
            plan(database, query),
            instructions(database, query),
            instructions(database, insert),
        )
        found = len(database.execute(query).fetchall())
        pages = [database.execute("PRAGMA page_count").fetchone()[0]]
        database.execute("CREATE INDEX users_key ON users (user_key)")
        pages.append(database.execute("PRAGMA page_count").fetchone()[0])
        database.execute("CREATE INDEX users_age ON users (age)")
        page_size = database.execute("PRAGMA page_size").fetchone()[0]
        return {
            "filter_plan_before": before,
            "filter_plan_after": plan(database, query),
            "join_plan_after": plan(database, join),
            "filter_instructions": [cost_before, instructions(database, query)],
            "insert_instructions": [insert_before, instructions(database, insert)],
            "key_index_bytes": (pages[1] - pages[0]) * page_size,
            "rows_found": found,
        }
