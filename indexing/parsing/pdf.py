"""PDF: the text layer page by page, sections from the outline."""

from __future__ import annotations

import re
import threading
from typing import Any

from indexing.parsing.base import Parsed, file_title
from indexing.parsing.composer import Composer
from indexing.parsing.media_types import PDF
from indexing.parsing.outline import Entry, outline_sections
from indexing.parsing.reasons import reading, unreadable
from indexing.parsing.running_lines import without_running_lines

PASSWORD_ERROR = 4  # FPDF_ERR_PASSWORD
PDFIUM = threading.Lock()  # PDFium may not be called from two threads at once
LINE_HYPHEN = re.compile("[\x02\ufffe]")  # what PDFium writes for a hyphen at the end of a line, the line end with it
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f]")
PROGRAM_TITLE = re.compile(
    r"Microsoft (?:Word|PowerPoint|Excel) - |untitled\b|\(anonymous\)|.*\.(?:docx?|tex|dvi|pptx?)\Z", re.IGNORECASE
)


def parse_pdf(name: str, data: bytes) -> Parsed:
    """Read the text layer of a PDF; running headers and footers are left out.

    Raises
    ------
    UnreadableDocument
        ``broken_pdf``, ``encrypted_pdf``, or ``pdf_without_text`` where all pages are pictures.
    """
    with PDFIUM, reading(name, "broken_pdf"):
        document = opened(name, data)
        try:
            raw = [page_text(document, number) for number in range(len(document))]
            entries = outline_entries(document)
            title = " ".join((document.get_metadata_value("Title") or "").split())
        finally:
            document.close()
    if not any(character.isalnum() for page in raw for character in page):
        raise unreadable("pdf_without_text", f"{name} has {len(raw)} pages and no text")
    composer = Composer()
    for number, page in enumerate(without_running_lines(raw), start=1):
        with composer.page(number):
            composer.verbatim(page.strip("\n"))
    text, pages = composer.text, composer.pages
    sections = outline_sections(text, pages, entries)
    if not title or PROGRAM_TITLE.match(title):
        # A heading on a later page is that of a chapter, behind a title page and a list of contents.
        on_first_page = sections and sections[0].start < pages[0].end
        title = sections[0].heading if on_first_page else file_title(name)
    return Parsed(title=title, media_type=PDF, text=text, sections=sections, pages=pages)


def opened(name: str, data: bytes) -> Any:
    """Open a PDF, telling a password from damage."""
    import pypdfium2

    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if error.err_code == PASSWORD_ERROR:
            raise unreadable("encrypted_pdf", f"{name} asks for a password") from error
        raise


def page_text(document: Any, index: int) -> str:
    r"""Text of one page, line ends as ``\n``."""
    page = document[index]
    layer = page.get_textpage()
    try:
        text = layer.get_text_range(errors="replace")
    finally:
        layer.close()
        page.close()
    return CONTROL.sub("", LINE_HYPHEN.sub("-\n", text.replace("\r\n", "\n").replace("\r", "\n")))


def outline_entries(document: Any) -> list[Entry]:
    """Entries of the outline that lead to a page of this document."""
    entries = []
    for bookmark in document.get_toc():
        target = bookmark.get_dest()
        index = target.get_index() if target is not None else None
        if index is not None and index >= 0:
            entries.append(Entry(bookmark.get_title(), bookmark.level + 1, index + 1))
    return entries
