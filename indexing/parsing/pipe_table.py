"""Rows as a Markdown pipe table."""

from __future__ import annotations

from collections.abc import Sequence


def cell(value: str) -> str:
    r"""Words of one cell: on one line, pipes escaped.

    Examples
    --------
    >>> cell("a | b\nc")
    'a \\| b c'
    """
    return " ".join(value.split()).replace("|", "\\|")


def pipe_table(rows: Sequence[Sequence[str]], repeat_header: int | None = None) -> str:
    """Write `rows`, the first of which is the header, as a pipe table; short rows are filled up.

    Parameters
    ----------
    repeat_header : int, optional
        Begin a new table with the same header after this many rows, so that no passage of a long table loses it.

    Examples
    --------
    >>> print(pipe_table([["model", "score"], ["a", "0.5"]]))
    | model | score |
    | --- | --- |
    | a | 0.5 |
    """
    rows = [[cell(value) for value in row] for row in rows]
    if not rows:
        return ""
    width = max(1, *(len(row) for row in rows)) if len(rows) > 1 else max(1, len(rows[0]))
    lines = ["| " + " | ".join([*row, *[""] * (width - len(row))]) + " |" for row in rows]
    header = [lines[0], "| " + " | ".join(["---"] * width) + " |"]
    body = lines[1:]
    step = repeat_header or max(1, len(body))
    tables = [[*header, *body[start : start + step]] for start in range(0, max(1, len(body)), step)]
    return "\n\n".join("\n".join(table) for table in tables)
