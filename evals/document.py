"""Fill the marked parts of a document with the figures of a run, so that no figure is typed by hand.

A part begins with ``<!-- figures: NAME -->`` and ends with ``<!-- end of NAME -->``; what stands between is replaced.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from core.errors import InputError
from evals.report import Block, Report, to_markdown


def fill(file: Path, name: str, blocks: Sequence[Block]) -> None:
    """Replace one part of a document by some blocks.

    Raises
    ------
    InputError
        If the document lacks the part.
    """
    text = file.read_text(encoding="utf-8") if file.is_file() else ""
    file.write_text(filled(text, name, rendered(blocks)), encoding="utf-8")


def rendered(blocks: Sequence[Block]) -> str:
    """Blocks as Markdown, without a title."""
    return to_markdown(Report("", "", blocks)).split("\n", 4)[-1].strip()


def filled(text: str, name: str, body: str) -> str:
    """The text with one part replaced.

    Raises
    ------
    InputError
        If the text lacks the part.

    Examples
    --------
    >>> filled("a\\n<!-- figures: x -->\\nold\\n<!-- end of x -->\\nb", "x", "new").splitlines()
    ['a', '<!-- figures: x -->', '', 'new', '', '<!-- end of x -->', 'b']
    """
    begin, end = f"<!-- figures: {name} -->", f"<!-- end of {name} -->"
    found = re.search(re.escape(begin) + r".*?" + re.escape(end), text, re.S)
    if found is None:
        raise InputError(f"the document has no part {name!r}", fix=f"write {begin} and {end} where it should stand")
    return text[: found.start()] + f"{begin}\n\n{body}\n\n{end}" + text[found.end() :]
