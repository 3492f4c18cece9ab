r"""A parameterised SQL query keeps the statement fixed and sends its values separately, so that no value can become code.

$$\texttt{SELECT age FROM users WHERE name = ?} \;+\; (\text{value})$$

**Intuition.** The database parses the text with placeholders first. A bound value arrives after that and can only be
compared. A value pasted into the text is parsed with it, so `x' OR '1'='1` rewrites the condition.

**When to use it.** Whenever a value comes from a user, a file or a model; that is, always. A stored procedure, such as
`GetUserAge(IN userId INT)`, is a parameterised query that lives in the database.

**Cost.** Less than pasting: the parsed plan is reused.

**Pitfalls.** A template like `SELECT {columns} FROM {table} WHERE {condition}` is not parameterised: string placeholders invite
SQL injection. Placeholders stand for values only; names of tables and columns cannot be bound, so take them from an
allow-list. SQL written by a language model must be parsed and run read-only against the schema before its result is
shown. Escaping by hand misses cases. A stored procedure that concatenates strings inside is as open as before.

**References.** OWASP, *SQL Injection Prevention Cheat Sheet*. Python documentation, module `sqlite3`, "How to use
placeholders". CWE-89.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from algorithms.inputs import Name
from algorithms.registry import Output, algorithm
from algorithms.retrieval.retrieval_augmented_generation import run_read_only

ALLOWED = {"users": ("id", "name", "age", "email")}
Operator = Literal["=", "<", "<=", ">", ">=", "<>", "LIKE"]


def build_query(table: str, columns: list[str], where: str, operator: str) -> str:
    """Statement with one placeholder; names must be on the allow-list.

    Raises
    ------
    ValueError
        If the table or a column is not on it.

    Examples
    --------
    >>> build_query("users", ["age"], "id", "=")
    'SELECT age FROM users WHERE id = ?'
    """
    if table not in ALLOWED:
        raise ValueError(f"table {table!r} is not allowed; known: {', '.join(ALLOWED)}")
    for column in [*columns, where]:
        if column not in ALLOWED[table]:
            raise ValueError(f"column {column!r} is not allowed; {table} has {', '.join(ALLOWED[table])}")
    return f"SELECT {', '.join(columns)} FROM {table} WHERE {where} {operator} ?"


def get_user_age(user_id: int) -> int | None:
    """The procedure GetUserAge: its statement is fixed, its argument is bound.

    Examples
    --------
    >>> get_user_age(1), get_user_age(9)
    (31, None)
    """
    rows = run_read_only("SELECT age FROM users WHERE id = ?", (user_id,))
    return int(rows[0][0]) if rows else None


@algorithm(
    id="parameterized-sql-query",
    name="Parameterised SQL templates and stored procedures",
    aliases=("bound parameters", "stored procedure", "SQL injection", "prepared statement", "SQL query template"),
    example={"columns": ["name", "age"], "where": "name", "operator": "=", "value": "x' OR '1'='1"},
)
def parameterized_sql_query(
    columns: Annotated[list[Name], Field(min_length=1, max_length=4)],
    where: Name,
    value: Annotated[int, Field(ge=-(2**53), le=2**53)] | Annotated[str, Field(max_length=200)],
    table: Name = "users",
    operator: Operator = "=",
    user_id: Annotated[int, Field(ge=-(2**53), le=2**53)] = 1,
) -> Output:
    """Run a query on three sample users twice: with a bound value, and with the value pasted into the text.

    Parameters
    ----------
    columns : list of str
        Columns to select, from the allow-list.
    where : str
        Column of the condition.
    value : int or str
        Value it is compared with.
    table : str
        Table, from the allow-list.
    operator : {"=", "<", "<=", ">", ">=", "<>", "LIKE"}
        Comparison.
    user_id : int
        Argument of the stored procedure GetUserAge.

    Returns
    -------
    dict
        ``sql`` with its placeholder; ``rows`` of the bound query; ``pasted_sql`` and its ``pasted_rows`` (null if it
        failed or tried to write); ``injected``, whether pasting changed the result; ``procedure_result``.

    Raises
    ------
    ValueError
        If a name is not on the allow-list.

    Examples
    --------
    >>> r = parameterized_sql_query(["name"], where="name", value="x' OR '1'='1")
    >>> r["rows"], r["pasted_rows"], r["injected"]
    ([], [['Ada'], ['Bob'], ['Cy']], True)
    """
    sql = build_query(table, columns, where, operator)
    rows: list[list[Any]] | None = run_read_only(sql, (value,))
    pasted = sql.replace("?", f"'{value}'" if isinstance(value, str) else str(value))
    pasted_rows = run_read_only(pasted)
    return {
        "sql": sql,
        "rows": rows,
        "pasted_sql": pasted,
        "pasted_rows": pasted_rows,
        "injected": pasted_rows != rows,
        "procedure_result": get_user_age(user_id),
    }
