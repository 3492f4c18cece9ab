r"""BETWEEN vs IN: BETWEEN tests a range and includes both endpoints, IN tests whether a value is one of a list.

$$x \;\texttt{BETWEEN}\; a \;\texttt{AND}\; b \iff a \le x \le b, \qquad \text{half-open: } a \le x < b'$$

**Intuition.** A range needs an order; a list needs only equality. For times, a third form is safest: from the start,
included, up to the start of the next period, excluded.

**When to use it.** BETWEEN for numbers and pure dates, IN for codes and ids, a half-open range for timestamps.

**Cost.** Both use an ordered index: one range scan, or one lookup for each listed value.

**Pitfalls.** `BETWEEN '2023-01-01' AND '2023-12-31'` counts the whole year only if the column is a DATE. With timestamps
everything after midnight of the last day is lost: of the rows 2023-01-01 00:00:00, 2023-12-31 10:00:00 and 2023-12-31 it
counts two, and `>= '2023-01-01' AND < '2024-01-01'` counts three. An end of 23:59:59 still loses fractions of the last
second. BETWEEN with the larger bound first is empty. NOT IN with a NULL in the list is never true. Wrapping the column in
a function, as in `YEAR(order_date) = 2023`, gives up the index.

**References.** ISO/IEC 9075-2, predicates. PostgreSQL documentation, *Comparison Functions and Operators*.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

from pydantic import Field

from algorithms.registry import Output, algorithm

Stamp = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}( \d{2}:\d{2}:\d{2})?$", max_length=19)]
Stamps = Annotated[list[Stamp], Field(min_length=1, max_length=1_000)]


@algorithm(
    id="sql-between-vs-in",
    name="BETWEEN vs IN and date ranges",
    aliases=("BETWEEN", "IN", "half-open date range", "date range query", "BETWEEN inclusive"),
    example={
        "values": ["2023-01-01 00:00:00", "2023-12-31 10:00:00", "2023-12-31"],
        "start": "2023-01-01",
        "end": "2023-12-31",
        "members": ["2023-01-01 00:00:00", "2023-12-31"],
    },
)
def sql_between_vs_in(
    values: Stamps,
    start: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$", max_length=10)] = "2023-01-01",
    end: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$", max_length=10)] = "2023-12-31",
    members: Annotated[list[Stamp], Field(max_length=1_000)] = [],  # noqa: B006 (never changed)
) -> Output:
    """Count ISO dates and timestamps with BETWEEN, with a half-open range and with IN, compared as text as SQLite does.

    Parameters
    ----------
    values : list of str
        ``YYYY-MM-DD`` or ``YYYY-MM-DD hh:mm:ss``.
    start : str
        First day of the period.
    end : str
        Last day of the period.
    members : list of str
        The list of IN.

    Returns
    -------
    dict
        ``between_count``; ``half_open_count`` for start ≤ x < the day after end; ``in_count``; ``lost_by_between``, values
        of the period that BETWEEN misses (at most 50); ``half_open_sql``.

    Raises
    ------
    ValueError
        If start or end is no day of the calendar.

    Examples
    --------
    >>> r = sql_between_vs_in(["2023-01-01 00:00:00", "2023-12-31 10:00:00", "2023-12-31"])
    >>> r["between_count"], r["half_open_count"]
    (2, 3)
    """
    date.fromisoformat(start)
    next_day = (date.fromisoformat(end) + timedelta(days=1)).isoformat() if end < "9999-12-31" else "9999-12-32"
    between = [x for x in values if start <= x <= end]
    half_open = [x for x in values if start <= x < next_day]
    wanted = set(members)
    return {
        "between_count": len(between),
        "half_open_count": len(half_open),
        "in_count": sum(x in wanted for x in values),
        "lost_by_between": [x for x in half_open if not start <= x <= end][:50],
        "half_open_sql": f"order_date >= '{start}' AND order_date < '{next_day}'",
    }
