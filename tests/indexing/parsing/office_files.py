"""Office files and PDFs made by other libraries than those that read them where there is one."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence

import docx
import openpyxl
import pptx
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas


def pdf(
    pages: Sequence[Sequence[str]],
    outline: Sequence[tuple[str, int, int]] = (),
    title: str = "",
    password: str | None = None,
) -> bytes:
    """PDF with a line of text a string; `outline` has titles, levels from 0 and pages from 0."""
    buffer = io.BytesIO()
    encryption = None if password is None else StandardEncryption(password, ownerPassword="owner")
    canvas = Canvas(buffer, encrypt=encryption)
    if title:
        canvas.setTitle(title)
    for number, lines in enumerate(pages):
        for entry, (_, _, page) in enumerate(outline):
            if page == number:
                canvas.bookmarkPage(f"entry{entry}")
        for row, line in enumerate(lines):
            canvas.drawString(72, 780 - 16 * row, line)
        canvas.showPage()
    for entry, (words, level, _) in enumerate(outline):
        canvas.addOutlineEntry(words, f"entry{entry}", level)
    canvas.save()
    return buffer.getvalue()


def saved(document: object) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)  # type: ignore[attr-defined]
    return buffer.getvalue()


def word(write: Callable[[docx.document.Document], object]) -> bytes:
    document = docx.Document()
    write(document)
    return saved(document)


def slides(write: Callable[[pptx.presentation.Presentation], object]) -> bytes:
    presentation = pptx.Presentation()
    write(presentation)
    return saved(presentation)


def workbook(sheets: dict[str, list[list[object]]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    return saved(book)
