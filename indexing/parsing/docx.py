"""DOCX: paragraphs, lists and tables in the order of the document, headings by style."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

from indexing.parsing.base import Parsed, file_title
from indexing.parsing.composer import Composer
from indexing.parsing.media_types import DOCX
from indexing.parsing.pipe_table import pipe_table
from indexing.parsing.reasons import reading
from indexing.parsing.zip_limits import check_office_file

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MATH_TEXT = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
TEXT_BOX = f"{WORD}txbxContent"
# Words struck out by a tracked change, field codes, and the second copy of a drawing are not what the page shows.
UNSEEN = frozenset({f"{WORD}del", f"{WORD}moveFrom", f"{WORD}instrText", f"{WORD}pPr", f"{WORD}rPr", FALLBACK})
CONTAINERS = frozenset(f"{WORD}{tag}" for tag in ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag"))
MARKS = {f"{WORD}tab": "\t", f"{WORD}br": "\n", f"{WORD}cr": "\n", f"{WORD}noBreakHyphen": "-"}
HEADING_STYLE = re.compile(r"heading (\d)\Z", re.IGNORECASE)


def parse_docx(name: str, data: bytes) -> Parsed:
    """Read a DOCX file: body, text boxes, footnotes and endnotes; page headers and footers are left out.

    Raises
    ------
    UnreadableDocument
        ``broken_file``, or ``unsafe_archive`` for a bomb.
    """
    import docx

    with reading(name, "broken_file"):
        check_office_file(name, data)
        document = docx.Document(io.BytesIO(data))
        composer = Composer()
        writer = BodyWriter(document, composer)
        writer.write(document.element.body)
        write_notes(document, composer)
        title = (document.core_properties.title or "").strip() or writer.title
    sections = composer.sections
    return Parsed(
        title=title or (sections[0].heading if sections else file_title(name)),
        media_type=DOCX,
        text=composer.text,
        sections=sections,
        pages=(),
    )


class BodyWriter:
    """Walks the XML of a body, so that content controls, tracked insertions and text boxes are not lost."""

    def __init__(self, document: Any, composer: Composer) -> None:
        self.composer = composer
        self.title = ""
        self._styles = {style.style_id: style for style in document.styles}
        self._in_list = False

    def write(self, parent: Any) -> None:
        """Write the blocks below `parent`."""
        for element in parent:
            if element.tag == f"{WORD}p":
                self.paragraph(element)
            elif element.tag == f"{WORD}tbl":
                self._in_list = False
                self.composer.block(pipe_table(list(table_rows(element))))
            elif element.tag in CONTAINERS:
                self.write(element)

    def paragraph(self, element: Any) -> None:
        """Write one paragraph as heading, list item or text, and the text boxes anchored in it."""
        words = "".join(shown(element)).strip()
        style = self._styles.get(element.style)
        level = heading_level(element, style)
        indent = list_indent(element, style)
        if words and style is not None and style.name == "Title":
            self.title = self.title or " ".join(words.split())
        if level is not None:
            self.composer.heading(level, words)
        elif indent is not None and words:
            item = "  " * indent + "- " + words.replace("\n", "\n" + "  " * (indent + 1))
            self.composer.block(item, tight=self._in_list)
        else:
            self.composer.block(words)
        if words:
            self._in_list = level is None and indent is not None
        for box in text_boxes(element):
            self.write(box)


def shown(element: Any) -> Iterator[str]:
    """Characters that a paragraph shows, formulas included, text boxes not."""
    for child in element:
        if child.tag in UNSEEN or child.tag == TEXT_BOX:
            continue
        if child.tag in (f"{WORD}t", MATH_TEXT):
            yield child.text or ""
        elif child.tag in MARKS:
            yield MARKS[child.tag]
        elif child.tag in (f"{WORD}footnoteReference", f"{WORD}endnoteReference"):
            yield f"[^{note_label(child)}]"
        else:
            yield from shown(child)


def text_boxes(element: Any) -> Iterator[Any]:
    """Outermost text boxes below `element`."""
    for child in element:
        if child.tag == TEXT_BOX:
            yield child
        elif child.tag not in UNSEEN:
            yield from text_boxes(child)


def table_rows(table: Any) -> Iterator[list[str]]:
    """Words of a table by row and cell; a table inside a cell becomes words of that cell."""
    for row in table.iter(f"{WORD}tr"):
        if next(row.iterancestors(f"{WORD}tbl")) is table:
            cells = (cell for cell in row.iter(f"{WORD}tc") if next(cell.iterancestors(f"{WORD}tr")) is row)
            yield [
                " ".join(filter(None, ("".join(shown(each)).strip() for each in cell.iter(f"{WORD}p"))))
                for cell in cells
            ]


def heading_level(element: Any, style: Any) -> int | None:
    """Level by the paragraph's own outline level, else by the names and outline levels of its style and its bases."""
    level = outline_level(element.pPr)
    while level is None and style is not None:
        named = HEADING_STYLE.match(style.name or "")
        if named:
            return max(1, int(named[1]))
        if style.name == "Title":
            return 1
        level = outline_level(style.element.find(f"{WORD}pPr"))
        style = style.base_style
    return level


def outline_level(properties: Any) -> int | None:
    """Outline level from 1; Word's 9 means body text."""
    mark = properties.find(f"{WORD}outlineLvl") if properties is not None else None
    value = int(mark.get(f"{WORD}val", "9")) if mark is not None else 9
    return value + 1 if value < 9 else None


def list_indent(element: Any, style: Any) -> int | None:
    """Depth of a list item from 0, by its own numbering or its style; None for other paragraphs."""
    properties = element.pPr
    while True:
        numbering = properties.find(f"{WORD}numPr") if properties is not None else None
        if numbering is not None:
            number, depth = numbering.find(f"{WORD}numId"), numbering.find(f"{WORD}ilvl")
            if number is not None and number.get(f"{WORD}val") == "0":  # numbering switched off
                return None
            return int(depth.get(f"{WORD}val", "0")) if depth is not None else 0
        if style is None:
            return None
        named = re.match(r"List (?:Bullet|Number|Paragraph)(?: (\d))?\Z", style.name or "")
        if named:
            return int(named[1] or 1) - 1
        properties, style = style.element.find(f"{WORD}pPr"), style.base_style


def note_label(element: Any) -> str:
    """Label of a footnote or endnote, unique over both."""
    number = element.get(f"{WORD}id")
    return f"e{number}" if "endnote" in element.tag else str(number)


def write_notes(document: Any, composer: Composer) -> None:
    """Write footnotes and endnotes after the body, labelled as their references are."""
    from docx.oxml import parse_xml

    for relation in document.part.rels.values():
        if not relation.is_external and relation.reltype.endswith(("/footnotes", "/endnotes")):
            for note in parse_xml(relation.target_part.blob):
                words = " ".join(filter(None, ("".join(shown(each)).strip() for each in note.iter(f"{WORD}p"))))
                if words and note.get(f"{WORD}type") in (None, "normal"):
                    composer.block(f"[^{note_label(note)}]: {words}")
