"""Turn what a user names into documents to be checked, without indexing them."""

from __future__ import annotations

import hashlib

from core.types import Document
from indexing.chunking.outline import recover_sections
from indexing.parsing.base import parse
from indexing.pipeline import LOOSE, document_id
from indexing.sources.item import SourceItem
from indexing.sources.upload import from_upload

NO_COLLECTION = "check"


def read_document(item: SourceItem) -> Document:
    """Read and parse one item.

    Raises
    ------
    UnreadableDocument
        With its reason, where it cannot become text.
    """
    parsed = parse(item.name, item.read())
    return Document(
        id=document_id(NO_COLLECTION, item.origin, item.source),
        source=item.source,
        origin=item.origin,
        title=parsed.title or item.source.rsplit("/", 1)[-1],
        media_type=parsed.media_type,
        text=parsed.text,
        sha256=hashlib.sha256(parsed.text.encode()).hexdigest(),
        sections=parsed.sections or (recover_sections(parsed.text) if parsed.media_type in LOOSE else ()),
        pages=parsed.pages,
    )


def from_text(text: str, name: str = "text.md") -> Document:
    """A document of given Markdown; its characters stay as they are.

    Raises
    ------
    UnreadableDocument
        If it is blank or holds control characters.

    Examples
    --------
    >>> from_text("# A\\n\\nb").title
    'A'
    """
    return read_document(from_upload(name, text.encode()))
