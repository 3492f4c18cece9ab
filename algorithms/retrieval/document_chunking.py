r"""Document chunking by kind cuts API documentation, question-answer pairs and configuration files along their own parts.

$$\text{API page} \to \text{one chunk a function}, \quad \text{Q\&A page} \to \text{one chunk a pair}, \quad
\text{config} \to \text{one chunk a key}$$

**Intuition.** A chunk should answer one question by itself. For an API that is signature, description, parameters and
return value of one function; for a forum it is the question with its answer; for a configuration it is one setting with
its full path and value.

**When to use it.** For indexing developer documents, where a fixed window would separate a parameter from its function
or an answer from its question.

**Cost.** One pass over the text.

**Pitfalls.** An answer without its question is rarely found: embed both together. Parse JSON with a parser, not with
patterns, and keep the path of a nested key, since "timeout" alone says nothing. An unclosed code fence makes the next
heading part of the code; check that fences are balanced before splitting at headings. YAML indentation carries meaning,
so never cut inside a block. Keep the product version in the metadata of API chunks.

**References.** RFC 8259, *The JavaScript Object Notation (JSON) Data Interchange Format*. numpydoc, *Style guide*, for the
sections of a docstring.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Literal

from algorithms.inputs import Text
from algorithms.registry import Output, algorithm


def api_chunks(text: str) -> list[dict[str, Any]]:
    """One chunk for each line ``Function name(arguments)`` with the lines below it."""
    chunks: list[dict[str, Any]] = []
    for block in re.split(r"(?m)^(?=Function\s+\w+\s*\()", text):
        head = re.match(r"Function\s+(\w+)\s*\(([^)]*)\)", block)
        if head:
            arguments = [a.strip() for a in head[2].split(",") if a.strip()]
            chunks.append({"name": head[1], "parameters": arguments, "text": block.strip()})
    return chunks


def question_answer_chunks(text: str) -> list[dict[str, Any]]:
    """One chunk for each ``Q: … A: …`` pair; a question without an answer gives none."""
    chunks: list[dict[str, Any]] = []
    for block in re.split(r"(?m)^(?=Q:)", text):
        if block.startswith("Q:"):
            question, answer_mark, answer = block[2:].partition("\nA:")
            if answer_mark:
                chunks.append({"question": question.strip(), "answer": answer.strip(), "text": block.strip()})
    return chunks


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Dotted paths and values of the leaves of parsed JSON."""
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from leaves(inner, f"{path}.{key}".lstrip("."))
    elif isinstance(value, list) and value:
        for index, inner in enumerate(value):
            yield from leaves(inner, f"{path}[{index}]")
    else:
        yield path, value


def config_chunks(text: str) -> list[dict[str, Any]]:
    """One chunk for each leaf of a JSON document.

    Raises
    ------
    ValueError
        If the text is not JSON.
    """
    try:
        found = list(leaves(json.loads(text)))
    except (json.JSONDecodeError, RecursionError) as error:
        raise ValueError(f"the configuration is not readable JSON: {error}") from error
    return [
        {"path": path, "value": json.dumps(value), "text": f"{path} = {json.dumps(value)}"} for path, value in found
    ]


@algorithm(
    id="document-chunking",
    name="API-doc, Q&A and config chunking",
    aliases=("docstring chunks", "StackOverflow pairs", "JSON/YAML chunks", "API documentation chunks", "Q&A chunks"),
    example={
        "kind": "api",
        "text": "Function add_numbers(a, b)\nAdds two numbers and returns the result.\nParameters: a, b: int or float\n"
        "Returns: the sum\n",
    },
)
def document_chunking(text: Text, kind: Literal["api", "question-answer", "config"] = "api") -> Output:
    """Split a document by its own structure.

    Parameters
    ----------
    text : str
        API entries that start with ``Function name(arguments)``, pairs of ``Q:`` and ``A:`` lines, or JSON.
    kind : {"api", "question-answer", "config"}
        Which of the three it is.

    Returns
    -------
    dict
        ``count`` and ``chunks`` (at most 50): each has ``text`` and its parts (``name`` and ``parameters``; ``question``
        and ``answer``; ``path`` and ``value``).

    Raises
    ------
    ValueError
        If no chunk is found or the JSON cannot be read.

    Examples
    --------
    >>> r = document_chunking('{"setting1": "value1", "setting2": "value2"}', kind="config")
    >>> r["count"], r["chunks"][0]["text"]
    (2, 'setting1 = "value1"')
    """
    split = {"api": api_chunks, "question-answer": question_answer_chunks, "config": config_chunks}[kind]
    chunks = split(text)
    if not chunks:
        raise ValueError(f"found no {kind} entry; an entry starts with 'Function name(…)' or with 'Q:' and 'A:' lines")
    return {"count": len(chunks), "chunks": chunks[:50]}
