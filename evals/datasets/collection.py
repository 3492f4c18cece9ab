"""A test collection: documents, queries, and judgements that are read on demand."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from core.errors import NotFound

Qrels = dict[str, dict[str, int]]
"""Query id → document id → grade."""


@dataclass(frozen=True)
class Passage:
    """A document of a test collection."""

    id: str
    title: str
    text: str


@dataclass(frozen=True)
class Collection:
    """Documents and queries of one test collection; its judgements stay on disk until `qrels` is called.

    Attributes
    ----------
    name : str
        Of the folder.
    queries : mapping
        Query id → text, in the order of the file.
    splits : sequence of str
        Judged splits, by the names of their files.
    read_passages : callable
        Yields the documents.
    read_qrels : callable
        Reads the judgements of one split.
    """

    name: str
    queries: Mapping[str, str]
    splits: Sequence[str]
    read_passages: Callable[[], Iterator[Passage]]
    read_qrels: Callable[[str], Qrels]

    def passages(self) -> Iterator[Passage]:
        """The documents in the order of the file."""
        return self.read_passages()

    def split(self, wanted: str | None) -> str:
        """The split to score: the one named, else ``test``, ``dev`` or the first there is.

        Raises
        ------
        NotFound
            If there is no such split.
        """
        if wanted is None:
            return next((name for name in ("test", "dev") if name in self.splits), self.splits[0])
        if wanted not in self.splits:
            raise NotFound(f"{self.name} has no split {wanted!r}", fix=f"the splits are {', '.join(self.splits)}")
        return wanted

    def qrels(self, split: str) -> Qrels:
        """Judgements of one split."""
        return self.read_qrels(split)


def content_key(passages: Iterator[Passage]) -> str:
    """Digest of all documents: the same while ids, titles and texts are.

    Examples
    --------
    >>> content_key(iter([Passage("1", "", "a")])) == content_key(iter([Passage("1", "", "b")]))
    False
    """
    digest = hashlib.sha256()
    for passage in passages:
        for part in (passage.id, passage.title, passage.text):
            data = part.encode("utf-8", "surrogatepass")
            digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()[:16]


def field(id: str) -> str:
    """An id that can stand in a run file, whose columns are separated by white space: blanks become ``%20``.

    Examples
    --------
    >>> field("Ada Lovelace")
    'Ada%20Lovelace'
    """
    return re.sub(r"\s", lambda blank: quote(blank[0]), id)


def sample_queries(queries: Mapping[str, str], limit: int | None) -> dict[str, str]:
    """At most `limit` queries, chosen by a hash of their ids, so that the choice knows nothing of judgements.

    Examples
    --------
    >>> len(sample_queries({"1": "a", "2": "b", "3": "c"}, 2))
    2
    """
    if limit is None or len(queries) <= limit:
        return dict(queries)
    by_hash = sorted(queries, key=lambda id: hashlib.sha256(id.encode()).digest())
    chosen = set(by_hash[:limit])
    return {id: text for id, text in queries.items() if id in chosen}
