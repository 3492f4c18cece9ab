"""Cut a document along its outline into chunks that fit the encoder.

A section that fits is one chunk, with its heading. A larger one is cut into its blocks and small subsections, packed in
order up to the limit; a question never shares a chunk with another question. What continues a section carries its
headings as context, so no chunk is read without them. A list that merely repeats headings found elsewhere in the
document (a table of contents) is no unit of retrieval: it would match every question and answer none.
"""

from __future__ import annotations

import bisect
import functools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from core.errors import InputTooLarge
from core.spans import Span, strip_span
from core.types import Chunk, Document, Section
from indexing.chunking.blocks import blocks, kind_of, sentences
from indexing.chunking.outline import QUESTION

VERSION = "outline-2"
SPECIAL_TOKENS = 4
LONGEST_CONTEXT = 0.35


@dataclass
class Node:
    """A section with its subsections; the root has no section."""

    section: Section | None
    start: int
    end: int
    path: tuple[str, ...]
    children: list[Node] = field(default_factory=list)

    @property
    def level(self) -> int:
        """Level of the heading, 0 for the root."""
        return self.section.level if self.section else 0


@dataclass(frozen=True)
class Piece:
    """A span to become a chunk, or to be joined with its neighbours.

    Attributes
    ----------
    path : tuple of str
        Headings above the span, the one it begins with left out.
    heading : str
        The heading it begins with, or an empty string.
    sealed : bool
        A question with its answer: never joined with anything.
    """

    start: int
    end: int
    path: tuple[str, ...]
    heading: str
    sealed: bool


class OutlineChunker:
    """Chunks along the outline.

    Parameters
    ----------
    token_offsets : callable
        Character span of each token of a text (`Encoder.token_offsets`).
    max_tokens : int
        Longest chunk in tokens, context and special tokens included.
    """

    def __init__(self, token_offsets: Callable[[str], list[Span]], max_tokens: int) -> None:
        self._token_offsets = token_offsets
        self._max_tokens = max_tokens

    @property
    def fingerprint(self) -> str:
        """Version of the rules and the limit."""
        return f"{VERSION}:{self._max_tokens}"

    def chunk(self, document: Document) -> list[Chunk]:
        """Chunks of `document` in order of their start; every one fits the limit.

        Raises
        ------
        InputTooLarge
            If a single word is longer than the limit.
        """
        cutter = Cutter(document.text, self._token_offsets, self._max_tokens)
        pieces = cutter.cut(tree(document))
        pieces = [piece for piece in pieces if not repeats_headings(document, piece)] or pieces
        return [self._build(document, cutter, piece) for piece in pieces]

    def _build(self, document: Document, cutter: Cutter, piece: Piece) -> Chunk:
        path = piece.path + ((piece.heading,) if piece.heading else ())
        text = document.text[piece.start : piece.end]
        asks = any(heading.rstrip().endswith("?") for heading in path[-2:])
        return Chunk(
            id=f"{document.id}-{piece.start}-{piece.end}",
            document_id=document.id,
            source=document.source,
            title=document.title,
            heading_path=path,
            page=page_at(document, piece.start),
            start=piece.start,
            end=piece.end,
            text=text,
            kind=kind_of(text, asks),
            context=cutter.context(piece.path),
        )


class Cutter:
    """Cuts one text; sizes are looked up in the text's token starts, so nothing is tokenized twice."""

    def __init__(self, text: str, token_offsets: Callable[[str], list[Span]], max_tokens: int) -> None:
        self._text = text
        self._starts = [start for start, _ in token_offsets(text)]
        self._limit = max_tokens - SPECIAL_TOKENS
        self._count: Callable[[str], int] = functools.cache(lambda words: len(token_offsets(words)))

    def size(self, start: int, end: int) -> int:
        """Tokens that begin in ``[start, end)``."""
        return bisect.bisect_left(self._starts, end) - bisect.bisect_left(self._starts, start)

    def context(self, path: Sequence[str]) -> str:
        """Breadcrumb of the innermost headings that fit its share of the limit, whole headings only."""
        kept: list[str] = []
        room = int(self._limit * LONGEST_CONTEXT)
        for heading in reversed(path):
            cost = 1 + self._count(heading)
            if cost > room:
                break
            room -= cost
            kept.insert(0, heading)
        return " > ".join(kept)

    def room(self, path: Sequence[str]) -> int:
        """Tokens left for the text beside its context."""
        return self._limit - self._count(self.context(path))

    def cut(self, node: Node) -> list[Piece]:
        """Pieces of a section and all below it."""
        start, end = strip_span(self._text, node.start, node.end)
        if start == end:
            return []
        heading = node.path[-1] if node.path else ""
        above = node.path[:-1]
        whole = self.size(start, end) <= self.room(above)
        if whole and node.level > 0 and not has_questions(node):
            return [Piece(start, end, above, heading, sealed=node.level <= QUESTION)]
        own_end = node.children[0].start if node.children else node.end
        pieces = self._own(node, own_end)
        for child in node.children:
            pieces.extend(self.cut(child))
        return self._join(pieces, node)

    def _own(self, node: Node, end: int) -> list[Piece]:
        """The section's text before its first subsection, cut into blocks; a heading alone is left to its children."""
        section = node.section
        if section and node.children and not self._text[section.body_start : end].strip(" \t\r\n-_*"):
            return []
        above = node.path[:-1] if node.path else ()
        heading = node.path[-1] if node.path else ""
        pieces = []
        first = section is not None
        spans = [(node.start, section.body_start)] if section else []
        for span in spans + self._fitting(section.body_start if section else node.start, end, self.room(node.path)):
            start, stop = strip_span(self._text, *span)
            if start < stop:
                pieces.append(Piece(start, stop, above if first else node.path, heading if first else "", sealed=False))
            first = False
        return pieces

    def _fitting(self, start: int, end: int, room: int) -> list[Span]:
        """Blocks of a span, those too large cut into sentences, and sentences too large between words."""
        fitting: list[Span] = []
        for block in blocks(self._text, start, end):
            if self.size(*block) <= room:
                fitting.append(block)
                continue
            for sentence in sentences(self._text, *block):
                fitting.extend([sentence] if self.size(*sentence) <= room else self._windows(sentence, room))
        return fitting

    def _windows(self, span: Span, room: int) -> list[Span]:
        """Cut between words so that each part fits."""
        start, end = span
        windows = []
        while self.size(start, end) > room:
            first = bisect.bisect_left(self._starts, start)
            cut = self._starts[first + room]
            while cut > start and not self._text[cut - 1].isspace():
                cut -= 1
            if cut == start:
                cut = self._starts[first + room]  # one unbroken run of characters: cut between its tokens
            if cut <= start:
                raise InputTooLarge(f"no place to cut at character {start}", fix="raise `ingest.chunk_tokens`")
            windows.append((start, cut))
            start = cut
        return [*windows, (start, end)]

    def _join(self, pieces: list[Piece], node: Node) -> list[Piece]:
        """Pack neighbours of one section up to the limit, in order; sealed pieces stay alone."""
        joined: list[Piece] = []
        for piece in pieces:
            last = joined[-1] if joined else None
            if (
                last is not None
                and not last.sealed
                and not piece.sealed
                and self.size(last.start, piece.end) <= self.room(shared(last, piece, node))
            ):
                path = shared(last, piece, node)
                heading = last.heading if last.path == path else ""
                joined[-1] = Piece(last.start, piece.end, path, heading, sealed=False)
            else:
                joined.append(piece)
        if 0 < node.level <= QUESTION:
            return [Piece(p.start, p.end, p.path, p.heading, sealed=True) for p in joined]
        return joined


def shared(a: Piece, b: Piece, node: Node) -> tuple[str, ...]:
    """Headings that govern both pieces: those above the first, as far as the second has them too."""
    common = []
    for x, y in zip(a.path, (*b.path, b.heading), strict=False):
        if x != y:
            break
        common.append(x)
    return tuple(common)


def has_questions(node: Node) -> bool:
    """Whether a subsection at any depth is a question."""
    return any(child.level <= QUESTION or has_questions(child) for child in node.children)


def tree(document: Document) -> Node:
    """The outline as a tree whose root spans the whole text."""
    root = Node(None, 0, len(document.text), ())
    stack = [root]
    for section in document.sections:
        while stack[-1].level >= section.level:
            stack.pop()
        parent = stack[-1]
        node = Node(section, section.start, min(section.end, parent.end), (*parent.path, section.heading))
        parent.children.append(node)
        stack.append(node)
    return root


def repeats_headings(document: Document, piece: Piece) -> bool:
    """Whether most lines of a piece are headings that stand elsewhere in the document: a table of contents."""
    text = document.text[piece.start : piece.end]
    entries = [folded for line in text.splitlines() if (folded := fold(line))]
    if len(entries) < 4:
        return False
    elsewhere = {fold(s.heading) for s in document.sections if not piece.start <= s.start < piece.end}
    return sum(entry in elsewhere for entry in entries) >= 0.6 * len(entries)


def fold(line: str) -> str:
    """Words of a line in lower case, punctuation and markup removed.

    Examples
    --------
    >>> fold("- **What is X?**")
    'what is x'
    """
    return " ".join(re.findall(r"\w+", line.casefold()))


def page_at(document: Document, offset: int) -> int | None:
    """Page that holds a character, or None where the document has no pages."""
    return next((p.page for p in document.pages if p.start <= offset < p.end), None)
