"""Source code: its own characters; sections are the classes and functions at the top level."""

from __future__ import annotations

import ast
import re
import warnings

from core.types import Section
from indexing.parsing.base import Parsed, file_title
from indexing.parsing.encoding import decode
from indexing.parsing.sections import Heading, line_starts, nest

PYTHON = "text/x-python"
BRACED = frozenset(
    {
        "text/javascript",
        "text/typescript",
        "text/x-c",
        "text/x-c++",
        "text/x-csharp",
        "text/x-go",
        "text/x-java",
        "text/x-kotlin",
        "text/x-php",
        "text/x-rust",
        "text/x-scala",
        "text/x-swift",
    }
)
CODING = re.compile(rb"\A(?:[^\n]*\n)?[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
DECLARATION = re.compile(
    r"^(?P<words>(?:(?:export|default|public|private|protected|internal|static|abstract|final|sealed|async|pub|unsafe"
    r"|open|data|case)(?:\([^)\r\n]*\))?[ ])*"
    r"(?:class|interface|struct|enum|trait|impl|fn|func|function|fun|protocol|namespace|record)[ *]+"
    r"(?:\([^)\r\n]*\)[ ])?[\w$][\w$.:]*)[^;\r\n]*\{",
    re.MULTILINE,
)


def parse_source_code(name: str, data: bytes, media_type: str) -> Parsed:
    r"""Decode and find the top-level definitions.

    Examples
    --------
    >>> parse_source_code("a.py", b"X = 1\n\ndef f(x):\n    return x\n", "text/x-python").sections[0].heading
    'def f'
    """
    declared = CODING.match(data) if media_type == PYTHON else None
    text = decode(name, data, declared[1].decode("ascii", "replace") if declared else None)
    if media_type == PYTHON:
        sections = python_sections(text)
    elif media_type in BRACED:
        sections = braced_sections(text)
    else:
        sections = ()
    return Parsed(title=file_title(name), media_type=media_type, text=text, sections=sections, pages=())


def python_sections(text: str) -> tuple[Section, ...]:
    r"""Classes and functions of the top level, decorators included; none where the code does not parse.

    Examples
    --------
    >>> text = "@cache\ndef f(x):\n    return x\n\nY = 2\n"
    >>> section = python_sections(text)[0]
    >>> text[section.start : section.end], text[section.body_start : section.end]
    ('@cache\ndef f(x):\n    return x\n', '    return x\n')
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # invalid escapes in the indexed code are its author's business
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    starts = line_starts(text)
    sections = []
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            body = max(node.body[0].lineno, node.lineno + 1)
            end = starts[node.end_lineno or node.lineno]
            keyword = {ast.ClassDef: "class", ast.FunctionDef: "def"}.get(type(node), "async def")
            sections.append(
                Section(
                    heading=f"{keyword} {node.name}",
                    level=1,
                    start=starts[first - 1],
                    end=end,
                    body_start=min(end, starts[min(body, len(starts)) - 1]),
                )
            )
    return tuple(sections)


def braced_sections(text: str) -> tuple[Section, ...]:
    r"""Declarations that begin at the left margin and open a brace on that line, each up to the next one.

    Examples
    --------
    >>> [s.heading for s in braced_sections("export class Loss {\n}\nfunction f(x) {\n}\n")]
    ['export class Loss', 'function f']
    """
    headings = []
    for match in DECLARATION.finditer(text):
        line_end = re.compile(r"\r\n|\r|\n").search(text, match.end())
        headings.append(Heading(match["words"], 1, match.start(), line_end.end() if line_end else len(text)))
    return nest(headings, len(text))
