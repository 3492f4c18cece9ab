"""Jupyter notebooks: Markdown cells as they are, code and text outputs in fences."""

from __future__ import annotations

import json
import re
from typing import Any

from indexing.parsing.base import Parsed, file_title
from indexing.parsing.composer import Composer
from indexing.parsing.encoding import decode
from indexing.parsing.fence import fenced
from indexing.parsing.markdown import markdown_sections
from indexing.parsing.media_types import NOTEBOOK
from indexing.parsing.reasons import reading, unreadable

MAX_OUTPUT = 2000
ESCAPES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")  # colours of the terminal


def parse_notebook(name: str, data: bytes) -> Parsed:
    """Read a notebook of format 3 or 4 from its JSON.

    The JSON is read directly: `nbformat` refuses or rewrites notebooks that break its schema in ways that do not matter
    for their text.

    Raises
    ------
    UnreadableDocument
        ``broken_file`` where it is no JSON, or JSON without cells.
    """
    text = decode(name, data)
    with reading(name, "broken_file"):
        notebook = json.loads(text)
        metadata = notebook.get("metadata", {})
        language = metadata.get("language_info", {}).get("name") or metadata.get("kernelspec", {}).get("language") or ""
        composer = Composer()
        for cell in cells(name, notebook):
            write_cell(cell, str(language), composer)
        title = metadata.get("title")
    sections = composer.sections
    if not isinstance(title, str) or not title.strip():
        title = sections[0].heading if sections else file_title(name)
    return Parsed(title=title.strip(), media_type=NOTEBOOK, text=composer.text, sections=sections, pages=())


def cells(name: str, notebook: dict[str, Any]) -> list[dict[str, Any]]:
    """Cells of a notebook; format 3 keeps them in worksheets."""
    if "cells" in notebook:
        found = notebook["cells"]
    else:
        found = [cell for sheet in notebook.get("worksheets", []) for cell in sheet.get("cells", [])]
        if "worksheets" not in notebook:
            raise unreadable("broken_file", f"{name} is JSON without the cells of a notebook")
    return list(found)


def write_cell(cell: dict[str, Any], language: str, composer: Composer) -> None:
    """Write one cell, and its outputs where it is code."""
    source = joined(cell.get("source", cell.get("input", "")))
    kind = cell.get("cell_type")
    if kind == "code":
        composer.block(fenced(source, cell.get("language") or language))
        for output in cell.get("outputs", []):
            words = ESCAPES.sub("", output_text(output))
            composer.block(fenced(limited(words), "text"))
    elif kind == "heading":
        composer.heading(int(cell.get("level", 1)), source)
    else:
        # A fence left open in one cell must not swallow the headings of the next, so each cell is parsed by itself.
        composer.verbatim(source, markdown_sections(source) if kind == "markdown" else ())


def output_text(output: dict[str, Any]) -> str:
    """Text of one output: of a stream, of a result in text form, or name and message of an error."""
    if output.get("output_type") in ("error", "pyerr"):
        return f"{output.get('ename', '')}: {output.get('evalue', '')}"
    data = output.get("data", {})
    return joined(output.get("text") or data.get("text/plain") or "")


def joined(value: object) -> str:
    """Text that JSON holds as one string or as a list of lines."""
    return "".join(map(str, value)) if isinstance(value, list) else str(value)


def limited(words: str) -> str:
    """Cut a long output and say by how much.

    Examples
    --------
    >>> limited("x" * 2005)[-25:]
    'x\\n[5 characters left out]'
    """
    rest = len(words) - MAX_OUTPUT
    return f"{words[:MAX_OUTPUT]}\n[{rest} characters left out]" if rest > 0 else words
