"""Fill the marked parts of a document with the figures of a run, so that no figure is typed by hand.

A part begins with ``<!-- figures: NAME -->`` and ends with ``<!-- end of NAME -->``; what stands between is replaced.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from core.errors import InputError
from evals.report import Block, Figure, Report, Text, standalone_svg, to_markdown

IMAGES = "images"
"""Folder beside the document that holds its charts."""


def fill(file: Path, names: tuple[str, ...], blocks: Sequence[Block]) -> None:
    """Replace one part of a document by some blocks; charts that have a name are written beside it.

    Parameters
    ----------
    names : tuple of str
        The first of them that the document has is filled.

    Raises
    ------
    InputError
        If the document lacks all of them.
    """
    text = file.read_text(encoding="utf-8") if file.is_file() else ""
    name = next((name for name in names if begin_of(name) in text), names[-1])
    found = filled(text, name, rendered([shown(block, file.parent, name) for block in blocks]))
    file.write_text(found, encoding="utf-8")


def shown(block: Block, folder: Path, part: str) -> Block:
    """A chart that has a name as a link to its file, which is written; anything else as it is."""
    if not isinstance(block, Figure) or not block.name:
        return block
    image = f"{IMAGES}/{part}-{block.name}.svg"
    (folder / IMAGES).mkdir(parents=True, exist_ok=True)
    (folder / image).write_text(standalone_svg(block), encoding="utf-8")
    return Text(f"![{block.caption}]({image})\n\n{block.caption}")


def begin_of(name: str) -> str:
    """The mark that begins a part."""
    return f"<!-- figures: {name} -->"


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
    begin, end = begin_of(name), f"<!-- end of {name} -->"
    found = re.search(re.escape(begin) + r".*?" + re.escape(end), text, re.S)
    if found is None:
        raise InputError(f"the document has no part {name!r}", fix=f"write {begin} and {end} where it should stand")
    return text[: found.start()] + f"{begin}\n\n{body}\n\n{end}" + text[found.end() :]
