r"""Code chunking splits source code at functions, classes and loops instead of at a fixed number of lines.

$$\text{source} \;\to\; \text{syntax tree} \;\to\; \{(\text{kind}, \text{name}, \text{first line}, \text{last line})\}$$

**Intuition.** A function is the unit that a reader looks for, and it parses on its own. Cutting along the syntax tree
keeps signature, docstring and body together; a window of lines often does not. Comments are collected besides, since
they say in words what the code says in symbols.

**When to use it.** For indexing repositories for code search and retrieval-augmented code generation, and for finding
templates (the skeleton of a class) to fill.

**Cost.** One parse, linear in the source. The splitter needs a parser of the language; tree-sitter has many.

**Pitfalls.** A class printed on one line, as web pages often show it, is not valid Python: a `class` with methods needs
line breaks and indentation, so repair text before parsing. Decorators start above the `def` line and belong to the
chunk. A comment is no node of the tree; use the tokeniser, since a `#` inside a string is no comment. A markdown code
fence that is not closed swallows the heading behind it. Add the file path and the enclosing class to each chunk, or its
context is lost.

**References.** Python documentation, modules `ast` and `tokenize`. Zhang et al., *cAST: Enhancing Code Retrieval-Augmented
Generation with Structural Chunking via Abstract Syntax Tree* (2025).
"""

from __future__ import annotations

import ast
import io
import textwrap
import tokenize
import warnings
from typing import Any, Literal

from algorithms.inputs import Text
from algorithms.registry import Output, algorithm

KINDS: dict[type[ast.AST], str] = {
    ast.FunctionDef: "function",
    ast.AsyncFunctionDef: "function",
    ast.ClassDef: "class",
    ast.For: "loop",
    ast.AsyncFor: "loop",
    ast.While: "loop",
}


def parse_python(source: str) -> ast.Module:
    """Syntax tree of `source`.

    Raises
    ------
    ValueError
        If it is not valid Python.

    Examples
    --------
    >>> len(parse_python("x = 1").body)
    1
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # doubtful escapes in somebody's code are not ours to report
            return ast.parse(source)
    except (SyntaxError, RecursionError, MemoryError) as error:
        raise ValueError(f"the source is not valid Python: {error}; restore its line breaks and indentation") from error


def definitions(tree: ast.Module, source: str, loops: bool) -> list[dict[str, Any]]:
    """Functions and classes, and loops if asked, in source order, with nested ones named by their path."""
    lines = source.splitlines()
    found: list[dict[str, Any]] = []

    def visit(node: ast.AST, path: str) -> None:
        for child in ast.iter_child_nodes(node):
            kind = KINDS.get(type(child))
            inner = path
            if kind and isinstance(child, ast.stmt) and (loops or kind != "loop"):
                decorators = getattr(child, "decorator_list", [])
                first = min([child.lineno, *(d.lineno for d in decorators)])
                last = child.end_lineno or first
                inner = f"{path}.{child.name}".lstrip(".") if hasattr(child, "name") else path
                text = textwrap.dedent("\n".join(lines[first - 1 : last]))
                found.append({"kind": kind, "name": inner, "lines": [first, last], "text": text})
            visit(child, inner)

    visit(tree, "")
    return found


def comments(source: str) -> list[dict[str, Any]]:
    """All comments with their line numbers, found by the tokeniser."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return [
        {"kind": "comment", "name": "", "lines": [t.start[0], t.start[0]], "text": t.string}
        for t in tokens
        if t.type == tokenize.COMMENT
    ]


@algorithm(
    id="code-chunking",
    name="Code chunking (functions, templates, comments)",
    aliases=("AST chunking", "function-level chunks", "boilerplate", "comment extraction", "code splitter"),
    example={
        "source": "# This function takes two numbers and returns their sum\ndef add_numbers(a, b):\n    return a + b\n\n\n"
        "class MyClass:\n    def __init__(self, param):\n        self.param = param\n\n    def method(self):\n        pass\n"
    },
)
def code_chunking(
    source: Text, unit: Literal["definitions", "definitions and loops", "comments"] = "definitions"
) -> Output:
    """Split Python source.

    Parameters
    ----------
    source : str
        Python code.
    unit : {"definitions", "definitions and loops", "comments"}
        What becomes a chunk: functions and classes, those and loops, or comments.

    Returns
    -------
    dict
        ``chunks`` (at most 50), each with ``kind``, ``name`` (dotted path), ``lines`` [first, last] and ``text``;
        ``count`` of all chunks; ``lines_covered``, the share of non-blank lines inside a chunk.

    Raises
    ------
    ValueError
        If the source is not valid Python.

    Examples
    --------
    >>> r = code_chunking("def add_numbers(a, b):\\n    return a + b\\n")
    >>> r["chunks"][0]["name"], r["chunks"][0]["lines"]
    ('add_numbers', [1, 2])
    """
    tree = parse_python(source)
    found = comments(source) if unit == "comments" else definitions(tree, source, loops=unit != "definitions")
    inside = {line for chunk in found for line in range(chunk["lines"][0], chunk["lines"][1] + 1)}
    filled = [i for i, line in enumerate(source.splitlines(), 1) if line.strip()]
    return {
        "chunks": found[:50],
        "count": len(found),
        "lines_covered": sum(i in inside for i in filled) / max(len(filled), 1),
    }
