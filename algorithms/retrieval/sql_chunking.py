r"""SQL clause and schema chunking splits a query into its clauses, each with its tables, and writes a schema as text.

$$\texttt{SELECT name FROM users WHERE age > 30} \;\to\; \{\texttt{SELECT}, \texttt{FROM}, \texttt{WHERE}\}$$

**Intuition.** A model that writes SQL needs two things in its context: which tables and columns exist, and similar
queries. Clauses are the reusable parts of a query; a schema serialised as one line a table is the cheapest full
description.

**When to use it.** For retrieval-augmented text-to-SQL, for query catalogues, and for explaining a long query step by
step.

**Cost.** One pass over the text.

**Pitfalls.** The bare chunk "age > 30" is worthless: nobody knows which table it filters. Carry the context along: here
`users.age` and `FROM users`. Keywords inside quotes, comments and subqueries are not clause borders, so track quotes and
parentheses. Split column definitions at commas outside parentheses only: `DECIMAL(10, 2)` holds one. Keep primary and
foreign keys in the schema text; joins are guessed wrong without them. SQL dialects differ, so use a real parser in
production.

**References.** ISO/IEC 9075 (SQL). Rajkumar, Li and Bahdanau, *Evaluating the Text-to-SQL Capabilities of Large Language
Models*, arXiv:2204.00498, on schema prompts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import Field

from algorithms.inputs import Text
from algorithms.registry import Output, algorithm

CLAUSES = ("select", "from", "where", "group by", "having", "order by", "limit", "offset")
TOKEN = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|--[^\n]*|\w+|\S")


def top_level_tokens(sql: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, text) of the tokens outside parentheses, quotes and comments whole."""
    depth = 0
    for match in TOKEN.finditer(sql):
        token = match[0]
        depth -= token == ")"
        if depth == 0 and token != ")":
            yield match.start(), match.end(), token
        depth += token == "("


def clauses(sql: str) -> list[tuple[str, str]]:
    """(keyword, text) of the clauses of one query; joins stay in FROM.

    Examples
    --------
    >>> clauses("SELECT a FROM (SELECT 1 AS a) WHERE a = 'order by'")
    [('SELECT', 'SELECT a'), ('FROM', 'FROM (SELECT 1 AS a)'), ('WHERE', "WHERE a = 'order by'")]
    """
    tokens = list(top_level_tokens(sql))
    starts: list[tuple[int, str]] = []
    for (start, _, token), following in zip(tokens, [*tokens[1:], (0, 0, "")], strict=True):
        for keyword in (token.lower(), f"{token} {following[2]}".lower()):
            if keyword in CLAUSES:
                starts.append((start, keyword.upper()))
    ends = [start for start, _ in starts[1:]] + [len(sql)]
    return [(keyword, sql[start:end].strip(" \n\t;")) for (start, keyword), end in zip(starts, ends, strict=True)]


def parse_schema(ddl: str) -> dict[str, list[dict[str, Any]]]:
    """Tables of CREATE TABLE statements: column name, type and whether it is the primary key.

    Examples
    --------
    >>> parse_schema("CREATE TABLE t (id INT PRIMARY KEY, p DECIMAL(10, 2))")["t"][1]
    {'column': 'p', 'type': 'DECIMAL(10, 2)', 'primary_key': False}
    """
    tables: dict[str, list[dict[str, Any]]] = {}
    for match in re.finditer(r"(?is)create\s+table\s+(\w+)\s*\(", ddl):
        depth, parts = 1, [""]
        for char in ddl[match.end() :]:
            depth += (char == "(") - (char == ")")
            if depth == 0:
                break
            if char == "," and depth == 1:
                parts.append("")
            else:
                parts[-1] += char
        columns = []
        for part in parts:
            found = re.match(r"\s*(\w+)\s+(\w+(?:\s*\([^)]*\))?)", part)
            if found and found[1].lower() not in {"primary", "foreign", "unique", "check", "constraint"}:
                key = bool(re.search(r"(?i)primary\s+key", part))
                columns.append({"column": found[1], "type": found[2], "primary_key": key})
        tables[match[1]] = columns
    return tables


def serialize(table: str, columns: list[dict[str, Any]]) -> str:
    """One line a table, for a prompt."""
    inner = (f"{c['column']} ({c['type']}{', PRIMARY KEY' if c['primary_key'] else ''})" for c in columns)
    return f"table {table}: " + ", ".join(inner)


@algorithm(
    id="sql-chunking",
    name="SQL clause and schema chunking",
    aliases=("clause chunks", "schema serialisation", "schema serialization", "text-to-SQL context", "SQL splitter"),
    example={
        "query": "SELECT name, age FROM users WHERE age > 30",
        "table_schema": "CREATE TABLE users (id INT PRIMARY KEY, name VARCHAR, age INT, email VARCHAR);",
    },
)
def sql_chunking(query: Text, table_schema: Annotated[str, Field(max_length=5_000)] = "") -> Output:
    """Split a query into clauses with their context, and serialise a schema.

    Parameters
    ----------
    query : str
        One SELECT statement.
    table_schema : str
        CREATE TABLE statements; may be empty.

    Returns
    -------
    dict
        ``clauses`` (at most 20), each with ``keyword``, ``text``, the ``tables`` of the query and the schema ``columns``
        it mentions as table.column; ``count``; ``schema_text``, one line a table; ``n_columns`` and ``n_keys``.

    Raises
    ------
    ValueError
        If the query has no clause.

    Examples
    --------
    >>> r = sql_chunking("SELECT name, age FROM users WHERE age > 30", "CREATE TABLE users (name TEXT, age INT)")
    >>> r["count"], r["clauses"][2]["text"], r["clauses"][2]["columns"]
    (3, 'WHERE age > 30', ['users.age'])
    """
    parts = clauses(query)
    if not parts:
        raise ValueError("the query has no SELECT, FROM or other clause")
    tables = parse_schema(table_schema)
    source = " ".join(text for keyword, text in parts if keyword == "FROM")
    used = re.findall(r"(?i)(?:from|join|,)\s+(\w+)", source)
    chunks = []
    for keyword, text in parts:
        mentioned = {token.lower() for _, _, token in top_level_tokens(text)}
        columns = [f"{t}.{c['column']}" for t in used for c in tables.get(t, []) if c["column"].lower() in mentioned]
        chunks.append({"keyword": keyword, "text": text, "tables": used, "columns": columns})
    return {
        "clauses": chunks[:20],
        "count": len(chunks),
        "schema_text": "\n".join(serialize(t, c) for t, c in tables.items()),
        "n_columns": sum(len(c) for c in tables.values()),
        "n_keys": sum(c["primary_key"] for columns in tables.values() for c in columns),
    }
