r"""A bitmap index stores one bit string per distinct value, with a bit for each row, and answers filters by bitwise logic.

$$\text{rows}(a = x \wedge b = y) = \text{bitmap}_a(x) \;\&\; \text{bitmap}_b(y)$$

**Intuition.** The question whether a row has the value is answered in advance, for all rows. A condition on several columns
is then an AND or OR of machine words, 64 rows at a time, and a count is the number of ones.

**When to use it.** For columns with few distinct values (country, status, gender) in data that is mostly read: warehouses,
faceted search, feature flags.

**Cost.** rows × distinct values / 8 bytes uncompressed; a query touches rows / 64 words a condition.

**Pitfalls.** On a column with many distinct values (an id, a timestamp) the bitmaps explode; use a B-tree there, or bins.
Updates are slow, and in some databases lock many rows, so bitmap indexes suit no transactional system. Most bitmaps are
sparse: compress them (Roaring, WAH). A NOT must be limited to existing rows and leave out missing values: the complement
of a bitmap also sets the bits of rows whose value is unknown. The order of rows decides how well runs compress.

**References.** O'Neil and Quass, *Improved Query Performance with Variant Indexes* (1997). Chambi, Lemire et al., *Better
bitmap performance with Roaring bitmaps*, arXiv:1402.6407.
"""

from __future__ import annotations

from functools import reduce
from operator import and_, or_
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from algorithms.inputs import Name, rectangular
from algorithms.registry import Output, algorithm

Table = Annotated[
    list[Annotated[list[Name], Field(min_length=1, max_length=8)]],
    Field(min_length=1, max_length=2_000),
    AfterValidator(rectangular),
]


def bitmaps(values: list[str]) -> dict[str, int]:
    """One integer a distinct value, whose bit i says whether row i has it.

    Examples
    --------
    >>> bitmaps(["x", "y", "x"])
    {'x': 5, 'y': 2}
    """
    found: dict[str, int] = {}
    for row, value in enumerate(values):
        found[value] = found.get(value, 0) | 1 << row
    return found


@algorithm(
    id="bitmap-index",
    name="Bitmap index",
    aliases=("bitmap", "low-cardinality index", "bitwise AND index", "Roaring bitmap"),
    example={
        "columns": ["color", "size"],
        "rows": [["red", "S"], ["blue", "M"], ["red", "M"], ["red", "L"], ["blue", "S"], ["red", "M"]],
        "where": {"color": "red", "size": "M"},
        "combine": "and",
    },
)
def bitmap_index(
    columns: Annotated[list[Name], Field(min_length=1, max_length=8)],
    rows: Table,
    where: Annotated[dict[Name, Name], Field(min_length=1, max_length=8)],
    combine: Literal["and", "or"] = "and",
) -> Output:
    """Rows that meet equality conditions on several columns.

    Parameters
    ----------
    columns : list of str
        Column names.
    rows : list of list of str
        The table, row by row.
    where : dict
        Wanted value of each filtered column.
    combine : {"and", "or"}
        Whether all conditions must hold, or one.

    Returns
    -------
    dict
        ``rows``, numbers of the matching rows (at most 50), and their ``count``; ``bitmaps`` of the conditions and
        ``result`` as strings of the first 50 rows, row 0 on the left; ``cardinality`` of each column; ``index_bytes``,
        uncompressed, of all bitmaps.

    Raises
    ------
    ValueError
        If the names do not fit the table or the conditions.

    Examples
    --------
    >>> r = bitmap_index(["color", "size"], [["red", "S"], ["blue", "M"], ["red", "M"]], {"color": "red", "size": "M"})
    >>> r["bitmaps"], r["rows"]
    ({'color=red': '101', 'size=M': '011'}, [2])
    """
    if len(columns) != len(rows[0]) or len(set(columns)) != len(columns):
        raise ValueError(f"{len(columns)} column names for {len(rows[0])} columns; each column needs a name of its own")
    unknown = set(where) - set(columns)
    if unknown:
        raise ValueError(f"no column named {sorted(unknown)[0]!r}; the columns are {', '.join(columns)}")
    index = {name: bitmaps([row[i] for row in rows]) for i, name in enumerate(columns)}
    terms = {f"{name}={value}": index[name].get(value, 0) for name, value in where.items()}
    result = reduce(and_ if combine == "and" else or_, terms.values())

    def text(bitmap: int) -> str:
        return "".join(str(bitmap >> row & 1) for row in range(min(len(rows), 50)))

    return {
        "rows": [row for row in range(len(rows)) if result >> row & 1][:50],
        "count": result.bit_count(),
        "bitmaps": {term: text(bitmap) for term, bitmap in terms.items()},
        "result": text(result),
        "cardinality": {name: len(found) for name, found in index.items()},
        "index_bytes": sum(len(found) for found in index.values()) * -(-len(rows) // 8),
    }
