"""Python snippets that do not parse, or use names that the installed libraries do not have; nothing is run."""

from __future__ import annotations

import ast
import re
import textwrap
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

from checking.draft import Draft
from checking.library_names import exists, version
from checking.regions import Region
from core.types import Reference

PYTHON = re.compile(r"^\{?\.?\s*(?:python|py|python3|py3|ipython|ipython3|\.python)\b|^\{\.python", re.IGNORECASE)
NOT_WHOLE = re.compile(r"…|<[A-Za-z_ -]+>|^\s*(?:\$|>>>|[!%?]|In \[|\.\.\.$)|\?\s*$|\{\{|\bpseudo", re.MULTILINE)
CONTINUES = re.compile(r"\s*(?:el(?:se|if)\b|except\b|finally\b|case\b|\)|\]|\}|\.)")
VERSIONED = re.compile(r"\bhasattr\b|\bgetattr\b|__version__|\bversion\b|ImportError|TYPE_CHECKING")
OUTDATED = ("Missing parentheses in call", "multiple exception types must be parenthesized")
MAX_CODE = 200_000


@dataclass(frozen=True)
class Snippet:
    """Code as it is parsed, and where its lines stand."""

    code: str
    start: int
    indent: int


def snippet_drafts(text: str, region: Region) -> Iterator[Draft]:
    """Findings in one code region.

    Examples
    --------
    >>> code = "from json import load_string\\n"
    >>> [(d.claim, d.verdict) for d in snippet_drafts(code, Region("code", 0, len(code), "python"))]
    [('json has load_string', 'wrong')]
    """
    if region.end - region.start > MAX_CODE:
        return
    source = text[region.start : region.end]
    is_python = PYTHON.match(region.info) is not None
    if not is_python and region.info:
        return
    snippet = Snippet(textwrap.dedent(source), region.start, _indent(source))
    try:
        tree = _parse(snippet.code)
    except SyntaxError as error:
        if is_python and region.closed:
            yield from _broken(text, region, snippet, error)
        return
    except (ValueError, RecursionError, MemoryError):
        return
    yield from _missing_names(text, snippet, tree)


def _parse(code: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a snippet's invalid escapes are not ours to warn of
        return ast.parse(code)


def _indent(source: str) -> int:
    lines = [line for line in source.splitlines() if line.strip()]
    return min((len(line) - len(line.lstrip()) for line in lines), default=0)


def _broken(text: str, region: Region, snippet: Snippet, error: SyntaxError) -> Iterator[Draft]:
    code = snippet.code
    if NOT_WHOLE.search(code) or CONTINUES.match(code) or not code.strip() or error.lineno is None:
        return
    lines = code.splitlines()
    is_outdated = any(words in error.msg for words in OUTDATED)
    if not is_outdated and (
        error.lineno >= len(lines) or "indent" in error.msg or "EOF" in error.msg or "never closed" in error.msg
    ):
        return  # a fragment: what it lacks may stand around it
    start, end = _line_span(text, region, error.lineno)
    if end <= start:
        return
    quote = text[start:end]
    yield Draft(
        start=start,
        end=end,
        claim=f"`{quote}` is Python",
        kind="code",
        verdict="outdated" if is_outdated else "wrong",
        correct=f"Python 3 does not parse this line: {error.msg}.",
        confidence=0.9 if is_outdated else 0.8,
        severity=2,
        proof=Reference(reference=f"ast.parse: line {error.lineno}: {error.msg}"),
    )


def _line_span(text: str, region: Region, line: int) -> tuple[int, int]:
    """Characters of a line of a region, counted from 1, without white space around."""
    position = region.start
    for _ in range(line - 1):
        position = text.find("\n", position, region.end) + 1
        if position == 0:
            return 0, 0
    end = text.find("\n", position, region.end)
    end = region.end if end < 0 else end
    stripped = text[position:end].strip()
    begin = text.find(stripped, position) if stripped else position
    return begin, begin + len(stripped)


def _missing_names(text: str, snippet: Snippet, tree: ast.Module) -> Iterator[Draft]:
    """Imports and attributes of modules that do not exist; code that asks which version it runs on is left alone."""
    if VERSIONED.search(snippet.code):
        return
    guarded = {id(node) for outer in ast.walk(tree) if isinstance(outer, ast.Try) for node in ast.walk(outer)}
    modules: dict[str, str] = {}
    bound = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    for node in ast.walk(tree):
        if id(node) in guarded:
            continue
        if isinstance(node, ast.Import):
            for alias in node.names:
                modules[alias.asname or alias.name.partition(".")[0]] = (
                    alias.name if alias.asname else alias.name.partition(".")[0]
                )
                if exists(alias.name) is False:
                    yield _missing(
                        snippet, text, node, alias.name, alias.name.rpartition(".")[0], alias.name.rpartition(".")[2]
                    )
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            if exists(node.module) is False:
                parent, _, last = node.module.rpartition(".")
                yield _missing(snippet, text, node, node.module, parent, last)
                continue
            for alias in node.names:
                if alias.name == "*":
                    return
                if exists(node.module, alias.name) is False:
                    yield _missing(snippet, text, node, alias.name, node.module, alias.name)
                elif exists(f"{node.module}.{alias.name}"):
                    modules[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    yield from _missing_attributes(text, snippet, tree, {k: v for k, v in modules.items() if k not in bound}, guarded)


def _missing_attributes(
    text: str, snippet: Snippet, tree: ast.Module, modules: dict[str, str], guarded: set[int]
) -> Iterator[Draft]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute) or id(node) in guarded or isinstance(node.ctx, ast.Store):
            continue
        dotted = _dotted(node.value)
        if dotted is None or dotted[0] not in modules:
            continue
        module = ".".join([modules[dotted[0]], *dotted[1:]])
        if _is_module(module) and exists(module, node.attr) is False:
            yield _missing(snippet, text, node, f"{'.'.join(dotted)}.{node.attr}", module, node.attr)


def _is_module(module: str) -> bool:
    from checking.library_names import _locate

    return _locate(module) is not None


def _dotted(node: ast.expr) -> list[str] | None:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.insert(0, node.attr)
        node = node.value
    return [node.id, *parts] if isinstance(node, ast.Name) else None


def _missing(snippet: Snippet, text: str, node: ast.stmt | ast.expr, shown: str, module: str, name: str) -> Draft:
    start = _offset(text, snippet, node.lineno, node.col_offset)
    end = _offset(text, snippet, node.end_lineno or node.lineno, node.end_col_offset or node.col_offset)
    found = text.find(shown, start, end)
    if found >= 0 and isinstance(node, ast.ImportFrom | ast.Import):
        start, end = start, end
    library = version(module.partition(".")[0])
    return Draft(
        start=start,
        end=end,
        claim=f"{module} has {name}",
        kind="code",
        verdict="wrong" if library.startswith("Python") else "outdated",
        correct=f"{library} has no `{name}` in `{module}`.",
        confidence=0.85,
        severity=2,
        proof=Reference(reference=f"source of {library}, read without importing it"),
    )


def _offset(text: str, snippet: Snippet, line: int, column: int) -> int:
    """Character of the document for a place in the dedented code; `ast` counts columns in UTF-8 bytes."""
    position = snippet.start
    for _ in range(line - 1):
        position = text.index("\n", position) + 1
    end = text.find("\n", position)
    raw = text[position : end if end >= 0 else len(text)]
    inner = raw[snippet.indent :]
    return position + snippet.indent + len(inner.encode()[:column].decode(errors="ignore"))
