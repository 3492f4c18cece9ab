"""Why a source cannot become a document: stable codes, each with what its reader can do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal, get_args

from core.errors import UnreadableDocument

Reason = Literal[
    "unknown_type",
    "empty",
    "binary",
    "broken_pdf",
    "encrypted_pdf",
    "pdf_without_text",
    "wrong_encoding",
    "too_large",
    "html_error_page",
    "broken_archive",
    "broken_file",
    "encrypted_file",
    "unsafe_archive",
    "too_many_files",
    "not_found",
    "not_permitted",
    "url_refused",
    "url_failed",
]
REASONS: tuple[Reason, ...] = get_args(Reason)

FIXES: dict[Reason, str] = {
    "unknown_type": "convert it to PDF, DOCX, HTML, Markdown or plain text",
    "empty": "index a file that has text in it",
    "binary": "index text, or convert the file to PDF, DOCX, HTML, Markdown or plain text",
    "broken_pdf": "open it in a PDF viewer and save it again, or fetch it anew",
    "encrypted_pdf": "save a copy without a password",
    "pdf_without_text": "run OCR over it first, for example with `ocrmypdf`",
    "wrong_encoding": "save it as UTF-8",
    "too_large": "split it, or raise the limits of the `ingest` settings",
    "html_error_page": "save the page itself, signed in where the site demands it",
    "broken_archive": "pack the archive again, or fetch it anew",
    "broken_file": "open it in the program that made it and save it again",
    "encrypted_file": "save a copy without a password",
    "unsafe_archive": "unpack it yourself and index the folder",
    "too_many_files": "unpack it and index its parts, or raise `ingest.max_archive_files`",
    "not_found": "check where the link leads",
    "not_permitted": "grant read permission, or index the place that the link leads to by itself",
    "url_refused": "use a public http or https address, or download the page and index the file",
    "url_failed": "check the address in a browser, or try again later",
}


def unreadable(reason: Reason, message: str) -> UnreadableDocument:
    """Build the error for `reason`.

    Examples
    --------
    >>> str(unreadable("empty", "notes.txt has no text"))
    'notes.txt has no text; fix: index a file that has text in it'
    """
    return UnreadableDocument(message, reason=reason, fix=FIXES[reason])


@contextmanager
def reading(name: str, reason: Reason) -> Iterator[None]:
    """Turn whatever a third-party reader raises on bad bytes into `UnreadableDocument`, its cause kept.

    Readers of office formats raise anything from KeyError to their own parsers' errors on a damaged file, and no list
    of them stays complete.
    """
    try:
        yield
    except (UnreadableDocument, MemoryError):
        raise
    except Exception as error:
        detail = str(error).splitlines()[0] if str(error) else ""
        raise unreadable(reason, f"{name} cannot be read ({type(error).__name__}: {detail})") from error
