r"""Retrieval-augmented generation (RAG) answers a question in four stages: query, retrieval, generation and output.

$$\text{answer} = \text{Generate}\big(q,\; \operatorname{top-}k_{c}\; \text{sim}(q, c)\big)$$

**Intuition.** A language model knows only its training data. Retrieval puts the relevant chunks into the prompt, so that
the answer can rest on them and cite them. For code, useful chunks are snippets, templates, documentation, question and
answer posts, comments and configuration files. For SQL they are past queries, query templates, the schema, functions,
documentation, optimisation advice and common patterns.

**When to use it.** When knowledge is private, changes often, or must be cited.

**Cost.** One search and one longer prompt a question.

**Pitfalls.** Grounding by retrieval belongs on every list of remedies against hallucination, and is often left out; it
lowers the rate and does not abolish it. Generated SQL needs a validation step that many descriptions lack: parse it and
run it read-only against the schema before it is shown. If the right chunk is not retrieved no prompt repairs the answer,
so evaluate retrieval on its own. Retrieved text may hold instructions; treat it as data.

The generator here copies the best usable chunk, so that every stage can be checked without a language model.

**References.** Lewis et al., *Retrieval-Augmented Generation for Knowledge-Intensive NLP Tasks*, arXiv:2005.11401. Gao et
al., *Retrieval-Augmented Generation for Large Language Models: A Survey*, arXiv:2312.10997.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from algorithms.inputs import Name
from algorithms.registry import Output, algorithm
from algorithms.retrieval.bi_encoder_retrieval import embed
from algorithms.retrieval.code_chunking import parse_python

CHUNKS: dict[str, list[tuple[str, str]]] = {
    "code": [
        ("snippet", "def add_numbers(a, b):\n    return a + b"),
        ("template", "class MyClass:\n    def __init__(self, param):\n        self.param = param"),
        ("documentation", "Function read_csv(path): reads a comma separated file and returns its rows."),
        ("question-answer", "Q: How can I reverse a string in Python? A: text[::-1]"),
        ("comment", "# This function sorts the rows by date and returns the newest"),
        ("configuration", '{"log_level": "debug", "timeout": 30}'),
    ],
    "sql": [
        ("query", "SELECT name FROM users WHERE age > 30"),
        ("query template", "SELECT {columns} FROM {table} WHERE {condition}"),
        ("schema", "table users: id (INT, PRIMARY KEY), name (VARCHAR), age (INT), email (VARCHAR)"),
        ("function", "CREATE FUNCTION total_orders(user_id INT) RETURNS INT"),
        ("documentation", "The orders table holds one row for each purchase."),
        ("optimisation", "Add an index on columns used in joins and filters."),
        ("use-case pattern", "SELECT COUNT(*) FROM users"),
    ],
}
READ_ONLY = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION}


def run_read_only(sql: str, parameters: tuple[Any, ...] = ()) -> list[list[Any]] | None:
    """First 20 rows of one SELECT on three sample users, or None if it does not parse, writes or takes too long.

    Examples
    --------
    >>> run_read_only("SELECT name FROM users WHERE age > 30"), run_read_only("DELETE FROM users")
    ([['Ada']], None)
    """
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, age INTEGER, email TEXT)")
        rows = [(1, "Ada", 31, "ada@x.org"), (2, "Bob", 30, "bob@x.org"), (3, "Cy", 29, "cy@x.org")]
        database.executemany("INSERT INTO users VALUES (?, ?, ?, ?)", rows)
        database.set_authorizer(lambda act, *_: sqlite3.SQLITE_OK if act in READ_ONLY else sqlite3.SQLITE_DENY)
        database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 100_000)  # zeroblob(1e9) would fill the memory
        database.set_progress_handler(lambda: 1, 200_000)  # a runaway query is interrupted
        try:
            return [list(row) for row in database.execute(sql, parameters).fetchmany(20)]
        except (sqlite3.Error, sqlite3.Warning):
            return None


def usable(task: str, text: str) -> bool:
    """Whether a chunk can be the answer: it parses as a Python statement, or runs as a read-only query."""
    if task == "sql":
        return run_read_only(text) is not None
    try:
        return bool(parse_python(text).body) and not text.startswith("{")
    except ValueError:
        return False


@algorithm(
    id="retrieval-augmented-generation",
    name="RAG pipeline (code, SQL)",
    aliases=("RAG", "retrieval pipeline", "retrieval augmented generation", "grounded generation", "RAG for SQL"),
    example={"question": "names of users with age over 30", "task": "sql"},
)
def retrieval_augmented_generation(
    question: Name,
    task: Literal["code", "sql"] = "sql",
    top_k: Annotated[int, Field(ge=1, le=7)] = 3,
    extra_chunks: Annotated[list[Annotated[str, Field(min_length=1, max_length=500)]], Field(max_length=16)] = [],  # noqa: B006 (never changed)
) -> Output:
    """Run the four stages on a small collection that has one chunk of each family.

    Parameters
    ----------
    question : str
        What is asked.
    task : {"code", "sql"}
        Which collection, and how a generated answer is validated.
    top_k : int
        Chunks in the prompt.
    extra_chunks : list of str
        Further chunks to search; may be empty.

    Returns
    -------
    dict
        ``n_families`` of built-in chunks; ``retrieved`` [family, text] pairs with ``similarities``; ``prompt``;
        ``answer``, the best retrieved chunk that is valid, or null; ``source``, its number in the prompt; ``rows`` the
        answer returns on sample data (SQL only).

    Examples
    --------
    >>> r = retrieval_augmented_generation("names of users with age over 30", task="sql")
    >>> r["answer"], r["rows"]
    ('SELECT name FROM users WHERE age > 30', [['Ada']])
    """
    chunks = CHUNKS[task] + [("extra", text) for text in extra_chunks]
    similarities = embed([text for _, text in chunks]) @ embed([question])[0]  # (n,)
    order = np.argsort(-similarities, kind="stable")[:top_k]  # (k,)
    retrieved = [chunks[i] for i in order]
    sources = "\n".join(f"[{number}] {text}" for number, (_, text) in enumerate(retrieved, 1))
    valid = [number for number, (_, text) in enumerate(retrieved, 1) if usable(task, text)]
    answer = retrieved[valid[0] - 1][1] if valid else None
    return {
        "n_families": len(CHUNKS[task]),
        "retrieved": [list(pair) for pair in retrieved],
        "similarities": similarities[order],
        "prompt": f"Answer from the sources only.\n{sources}\nQuestion: {question}",
        "answer": answer,
        "source": valid[0] if valid else None,
        "rows": run_read_only(answer) if answer and task == "sql" else [],
    }
