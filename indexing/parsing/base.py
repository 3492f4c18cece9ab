"""The entrance of parsing: bytes and a name in, canonical text with sections and pages out."""

from __future__ import annotations

from pathlib import PurePosixPath

from core.types import Frozen, PageSpan, Section
from indexing.parsing import media_types
from indexing.parsing.reasons import FIXES, REASONS, Reason, reading, unreadable

__all__ = ["FIXES", "REASONS", "Parsed", "Reason", "file_title", "parse", "reading", "unreadable"]


class Parsed(Frozen):
    """A file turned into text.

    Attributes
    ----------
    title : str
        One that the format carries, or the first heading, or the file's name without its suffix.
    media_type : str
        MIME type of the bytes.
    text : str
        Canonical text; plain text, Markdown and source code keep their characters unchanged.
    sections : tuple of Section
        In order of `start`; empty where the format has none (plain text).
    pages : tuple of PageSpan
        Pages, slides or sheets; empty where the format has none.
    aliases : tuple of str
        Other names that the format carries for the whole.
    """

    title: str
    media_type: str
    text: str
    sections: tuple[Section, ...]
    pages: tuple[PageSpan, ...]
    aliases: tuple[str, ...] = ()


def parse(name: str, data: bytes) -> Parsed:
    r"""Turn a file into text. Nothing in it is executed, and no part of it is cut off silently.

    Parameters
    ----------
    name : str
        File name, with or without folders.
    data : bytes
        Content.

    Raises
    ------
    UnreadableDocument
        Where the bytes cannot become text, with one of `REASONS`.

    Examples
    --------
    >>> parsed = parse("notes/loss.md", b"# Loss\n\nCross entropy.\n")
    >>> parsed.title, parsed.sections[0].heading, parsed.text[parsed.sections[0].body_start :]
    ('Loss', 'Loss', '\nCross entropy.\n')
    """
    if not data.strip():
        raise unreadable("empty", f"{name} is empty")
    parsed = parse_as(media_types.sniff(name, data), name, data)
    if not parsed.text.strip():
        raise unreadable("empty", f"{name} has no text")
    check_characters(name, parsed)
    return parsed


def parse_as(media_type: str, name: str, data: bytes) -> Parsed:
    """Hand the file to the parser of its type, importing only that one."""
    match media_type:
        case media_types.PDF:
            from indexing.parsing.pdf import parse_pdf

            return parse_pdf(name, data)
        case media_types.DOCX:
            from indexing.parsing.docx import parse_docx

            return parse_docx(name, data)
        case media_types.PPTX:
            from indexing.parsing.pptx import parse_pptx

            return parse_pptx(name, data)
        case media_types.XLSX:
            from indexing.parsing.spreadsheet import parse_xlsx

            return parse_xlsx(name, data)
        case media_types.CSV | media_types.TSV:
            from indexing.parsing.spreadsheet import parse_csv

            return parse_csv(name, data, media_type)
        case media_types.HTML:
            from indexing.parsing.html import parse_html

            return parse_html(name, data)
        case media_types.MARKDOWN:
            from indexing.parsing.markdown import parse_markdown

            return parse_markdown(name, data)
        case media_types.NOTEBOOK:
            from indexing.parsing.notebook import parse_notebook

            return parse_notebook(name, data)
        case media_types.PLAIN:
            from indexing.parsing.plain_text import parse_plain_text

            return parse_plain_text(name, data)
        case _:
            from indexing.parsing.source_code import parse_source_code

            return parse_source_code(name, data, media_type)


def file_title(name: str) -> str:
    """Name of a file without folders and suffix, for documents that carry no title.

    Examples
    --------
    >>> file_title("corpus/attention notes.txt")
    'attention notes'
    """
    return PurePosixPath(name).stem or name


def check_characters(name: str, parsed: Parsed) -> None:
    """Refuse halves of surrogate pairs, which JSON and PDF can carry and no database or hash of UTF-8 takes."""
    for text in (parsed.text, parsed.title):
        try:
            text.encode("utf-8")
        except UnicodeEncodeError as error:
            raise unreadable("wrong_encoding", f"{name} has half of a surrogate pair at {error.start}") from error
