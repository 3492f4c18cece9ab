r"""Columnar storage keeps the values of each column together, so queries read only what they need and columns compress well.

$$\text{bytes read} = \sum_{c \,\in\, \text{query}} \text{size}(c) \quad \text{instead of} \quad \sum_{c} \text{size}(c)$$

**Intuition.** Neighbours in a column are alike: same type, few distinct values, long runs. A row layout puts a name beside
a date beside a price, and there is little to compress. Sorting the rows makes runs longer.

**When to use it.** For analytics that scan few columns of many rows (Parquet, ORC, ClickHouse). Row stores remain better for
reading and changing single records.

**Cost.** Writing buffers a row group; reading one record touches every column.

**Pitfalls.** Rows must be sorted together. "Sort the data within each column" is wrong: sorting columns independently tears
the records apart. With several sort keys, order them from the lowest to the highest cardinality: the leading columns then
form few long runs. Small row groups lose both compression and the statistics that let readers skip data. Updating one
value rewrites a file. Selecting all columns gives the advantage away.

The example counts runs, which is what run-length and dictionary encodings pay for.

**References.** Stonebraker et al., *C-Store: A Column-oriented DBMS*, VLDB 2005. Melnik et al., *Dremel*, VLDB 2010. Apache
Parquet documentation.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from algorithms.data_engineering.run_length_encoding import runs
from algorithms.inputs import Name, rectangular
from algorithms.registry import Output, algorithm

Rows = Annotated[
    list[Annotated[list[Name], Field(min_length=1, max_length=8)]],
    Field(min_length=1, max_length=1_000),
    AfterValidator(rectangular),
]


def sort_rows(rows: list[list[str]], order: str) -> list[list[str]]:
    """Whole rows sorted by their columns, from the lowest to the highest cardinality or the other way round.

    Examples
    --------
    >>> sort_rows([["3", "x"], ["1", "y"], ["2", "x"]], "low to high")
    [['2', 'x'], ['3', 'x'], ['1', 'y']]
    """
    columns = range(len(rows[0]))
    by_cardinality = sorted(columns, key=lambda c: len({row[c] for row in rows}), reverse=order == "high to low")
    return rows if order == "none" else sorted(rows, key=lambda row: [row[c] for c in by_cardinality])


def column_runs(rows: list[list[str]]) -> list[int]:
    """Number of runs in each column."""
    return [len(runs(column)) for column in zip(*rows, strict=True)]


@algorithm(
    id="columnar-storage",
    name="Columnar storage (Parquet-style)",
    aliases=("Parquet", "column store", "columnar format", "sort order for compression", "row store vs column store"),
    example={
        "rows": [
            ["DE", "web", "u1"],
            ["FR", "app", "u2"],
            ["DE", "app", "u3"],
            ["FR", "web", "u4"],
            ["DE", "web", "u5"],
            ["FR", "app", "u6"],
            ["DE", "app", "u7"],
            ["IT", "web", "u8"],
        ],
        "order": "low to high",
        "columns_read": [0],
    },
)
def columnar_storage(
    rows: Rows,
    order: Literal["none", "low to high", "high to low"] = "low to high",
    columns_read: Annotated[list[Annotated[int, Field(ge=0, le=7)]], Field(min_length=1, max_length=8)] = [0],  # noqa: B006 (never changed)
) -> Output:
    """Lay a table out by column, sort its rows, and count runs and bytes.

    Parameters
    ----------
    rows : list of list of str
        The table.
    order : {"none", "low to high", "high to low"}
        Sort the rows by all columns, by ascending or descending cardinality.
    columns_read : list of int
        Columns a query needs.

    Returns
    -------
    dict
        ``cardinality`` and ``runs`` of each column; ``total_runs``, and ``total_runs_by_order`` for all three orders;
        ``row_layout_runs`` when the cells are stored row by row; ``sorted_rows`` (first 10); ``bytes_read_columnar`` and
        ``bytes_read_by_rows``; ``records_kept_if_columns_are_sorted_alone``, rows that still exist after that mistake.

    Raises
    ------
    ValueError
        If a column to read does not exist.

    Examples
    --------
    >>> r = columnar_storage([["a", "1"], ["b", "2"], ["a", "3"], ["b", "4"]])
    >>> r["runs"], r["total_runs_by_order"]
    ([2, 4], {'none': 8, 'low to high': 6, 'high to low': 8})
    """
    width = len(rows[0])
    if max(columns_read) >= width:
        raise ValueError(f"column {max(columns_read)} does not exist; the columns are 0 to {width - 1}")
    ordered = sort_rows(rows, order)
    sizes = [sum(len(cell.encode()) for cell in column) for column in zip(*rows, strict=True)]
    torn = {tuple(row) for row in zip(*(sorted(column) for column in zip(*rows, strict=True)), strict=True)}
    orders = ("none", "low to high", "high to low")
    return {
        "cardinality": [len(set(column)) for column in zip(*rows, strict=True)],
        "runs": column_runs(ordered),
        "total_runs": sum(column_runs(ordered)),
        "total_runs_by_order": {name: sum(column_runs(sort_rows(rows, name))) for name in orders},
        "row_layout_runs": len(runs([cell for row in ordered for cell in row])),
        "sorted_rows": ordered[:10],
        "bytes_read_columnar": sum(sizes[c] for c in set(columns_read)),
        "bytes_read_by_rows": sum(sizes),
        "records_kept_if_columns_are_sorted_alone": sum(tuple(row) in torn for row in rows),
    }
