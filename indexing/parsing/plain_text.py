"""Plain text: its own characters, and no sections."""

from __future__ import annotations

from indexing.parsing.base import Parsed, file_title
from indexing.parsing.encoding import decode
from indexing.parsing.media_types import PLAIN


def parse_plain_text(name: str, data: bytes) -> Parsed:
    r"""Decode, and nothing else: its outline is recovered elsewhere.

    Examples
    --------
    >>> parse_plain_text("a.txt", b"one\r\ntwo").text
    'one\r\ntwo'
    """
    return Parsed(title=file_title(name), media_type=PLAIN, text=decode(name, data), sections=(), pages=())
