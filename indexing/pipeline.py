"""The write path: expand sources, read, parse, chunk, encode and commit, document by document.

A document is committed whole or not at all. Work is committed in batches, so an interrupted ingest keeps what it has
committed and a repeated one skips it by content hash.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from core.errors import Busy, CorruptStore, RefusedToEmpty, UnreadableDocument, VouchError
from core.protocols import Chunker, Encoder, Progress
from core.settings import IngestSettings
from core.types import Document, DocumentReport, IngestReport
from indexing.chunking.outline import recover_sections
from indexing.encode_once import encode_once
from indexing.parsing.base import Parsed, parse
from indexing.sources.expand import absolute, expand
from indexing.sources.item import SourceItem
from indexing.stores.base import NewDocument, Store
from indexing.stores.database import encoder_input
from indexing.stores.names import chunk_names

LOOSE = frozenset({"text/plain", "text/markdown"})
log = logging.getLogger(__name__)
BATCH_CHARACTERS = 2_000_000


@dataclass(frozen=True)
class Read:
    """A document that was read: the digest its next reading is compared with, and its other names."""

    document: Document
    digest: str
    aliases: tuple[str, ...]


@dataclass
class Outcome:
    """What an ingest has done so far."""

    reports: list[DocumentReport] = field(default_factory=list)
    chunks_added: int = 0
    generation: int = 0


class Ingest:
    """Indexes sources into one store.

    Parameters
    ----------
    store : Store
        Where to.
    encoder, chunker
        Those whose fingerprints the store carries.
    settings : IngestSettings
        Limits.
    reuse : callable
        Other stores made by the same encoder, whose vectors of equal texts are taken over.
    """

    def __init__(
        self,
        store: Store,
        encoder: Encoder,
        chunker: Chunker,
        settings: IngestSettings,
        reuse: Callable[[], Iterable[Store]] = lambda: (),
    ) -> None:
        self._store = store
        self._encoder = encoder
        self._chunker = chunker
        self._settings = settings
        self._reuse = reuse

    def run(
        self,
        sources: Sequence[str],
        *,
        allow_empty: bool = False,
        progress: Progress | None = None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> IngestReport:
        """Index files, folders, archives and URLs; documents that vanished from a source are removed.

        Raises
        ------
        NotFound
            If a source does not exist.
        RefusedToEmpty
            If a source that had documents now has none, unless `allow_empty`.
        """
        origins = [absolute(source) for source in sources]
        items = list(expand(sources, self._settings))
        return self.run_items(items, origins, allow_empty=allow_empty, progress=progress, cancelled=cancelled)

    def run_items(
        self,
        items: Sequence[SourceItem],
        pruned_origins: Sequence[str] = (),
        *,
        allow_empty: bool = False,
        progress: Progress | None = None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> IngestReport:
        """Index items that were already expanded; documents of `pruned_origins` that are not among them are removed."""
        started = time.perf_counter()
        outcome = Outcome(generation=self._store.snapshot().generation)
        began = outcome.generation
        known = {origin: self._store.origins(origin) for origin in {*pruned_origins, *(item.origin for item in items)}}
        pruned = {origin: known[origin] for origin in pruned_origins}
        if not allow_empty:
            self._refuse_to_empty(items, pruned)
        rest = self._work(items, known, outcome, progress, cancelled)
        gone = [] if cancelled() else self._vanished(items, pruned, outcome)
        self._write(rest, gone, outcome)
        if outcome.generation != began:
            self._maintain()
            outcome.generation = self._store.snapshot().generation  # a merge is a generation of its own
        return IngestReport(
            collection=self._store.name,
            generation=outcome.generation,
            documents=tuple(outcome.reports),
            chunks_added=outcome.chunks_added,
            seconds=time.perf_counter() - started,
        )

    def _work(
        self,
        items: Sequence[SourceItem],
        known: dict[str, dict[str, tuple[str, str]]],
        outcome: Outcome,
        progress: Progress | None,
        cancelled: Callable[[], bool],
    ) -> list[NewDocument]:
        """Read, chunk, encode and commit what is new among the items, one after the other; returns what is still to be
        committed."""
        batch: list[Read] = []
        for number, item in enumerate(items):
            if cancelled():
                break
            if progress is not None:
                progress(number, len(items), item.source)
            document = self._read(item, known[item.origin], outcome)
            if document is not None:
                batch.append(document)
            if sum(len(read.document.text) for read in batch) >= BATCH_CHARACTERS:
                self._write(self._encoded(batch, outcome, progress), [], outcome)
                batch = []
        return self._encoded(batch, outcome, progress)

    def _maintain(self) -> None:
        """Tidy up behind what was committed; what keeps it from being done now must not take back the outcome."""
        try:
            self._store.maintain()
        except (Busy, CorruptStore, OSError) as error:
            log.warning("collection %r is tidied up another time: %s", self._store.name, error)

    def _read(self, item: SourceItem, known: dict[str, tuple[str, str]], outcome: Outcome) -> Read | None:
        """Parse one item; None where it is unchanged or refused, which is reported."""
        try:
            data = item.read()
            digest = digest_of(item, data)
            if known.get(item.source, ("", ""))[1] == digest:
                outcome.reports.append(report(item, known[item.source][0], "unchanged"))
                return None
            parsed = parse(item.name, data)
        except UnreadableDocument as error:
            outcome.reports.append(report(item, None, "refused", error.reason))
            return None
        except OSError as error:
            outcome.reports.append(report(item, None, "refused", f"not_permitted: {error.strerror}"))
            return None
        return Read(as_document(self._store.name, item, parsed), digest, (*parsed.aliases, *item.aliases))

    def _encoded(self, batch: Iterable[Read], outcome: Outcome, progress: Progress | None) -> list[NewDocument]:
        """Chunk and encode; a document that can't be chunked is reported."""
        added: list[NewDocument] = []
        for read in batch:
            document = read.document
            try:
                chunks = self._chunker.chunk(document)
            except VouchError as error:
                outcome.reports.append(
                    DocumentReport(source=document.source, document_id=None, state="refused", reason=error.message)
                )
                continue
            added.append(NewDocument(document, read.digest, chunks, [], chunk_names(document, read.aliases, chunks)))
        texts = [encoder_input(chunk) for item in added for chunk in item.chunks]
        encodings = iter(encode_once(texts, self._encoder, self._store, self._reuse(), progress) if texts else [])
        return [replace(item, encodings=[next(encodings) for _ in item.chunks]) for item in added]

    def _write(self, added: Sequence[NewDocument], removed: Sequence[str], outcome: Outcome) -> None:
        """Commit documents that are encoded, and report them."""
        if not added and not removed:
            return
        outcome.generation = self._store.commit(added, removed)
        outcome.chunks_added += sum(len(item.chunks) for item in added)
        outcome.reports.extend(
            DocumentReport(source=item.document.source, document_id=item.document.id, state="indexed", reason=None)
            for item in added
        )

    def _vanished(
        self, items: Sequence[SourceItem], known: dict[str, dict[str, tuple[str, str]]], outcome: Outcome
    ) -> list[str]:
        present = {(item.origin, item.source) for item in items}
        gone = []
        for origin, documents in known.items():
            for source, (id, _) in documents.items():
                if (origin, source) not in present:
                    gone.append(id)
                    outcome.reports.append(DocumentReport(source=source, document_id=id, state="removed", reason=None))
        return gone

    def _refuse_to_empty(self, items: Sequence[SourceItem], known: dict[str, dict[str, tuple[str, str]]]) -> None:
        for origin, documents in known.items():
            if documents and not any(item.origin == origin for item in items):
                raise RefusedToEmpty(
                    f"{origin} holds nothing any more; indexing it would remove its {len(documents)} documents",
                    fix="pass --allow-empty if that is meant",
                )


def report(item: SourceItem, id: str | None, state: str, reason: str | None = None) -> DocumentReport:
    """A line of the report."""
    return DocumentReport.model_validate({"source": item.source, "document_id": id, "state": state, "reason": reason})


def digest_of(item: SourceItem, data: bytes) -> str:
    """What tells whether a source changed: its bytes, and the names it has outside them."""
    outside = "".join(f"\0{alias}" for alias in item.aliases).encode()
    return hashlib.sha256(data + outside).hexdigest()


def as_document(collection: str, item: SourceItem, parsed: Parsed) -> Document:
    """The document that was parsed, with its sections recovered where the format has none."""
    sections = parsed.sections or (recover_sections(parsed.text) if parsed.media_type in LOOSE else ())
    return Document(
        id=document_id(collection, item.origin, item.source),
        source=item.source,
        origin=item.origin,
        title=parsed.title or item.source.rsplit("/", 1)[-1],
        media_type=parsed.media_type,
        text=parsed.text,
        sha256=hashlib.sha256(parsed.text.encode()).hexdigest(),
        sections=sections,
        pages=parsed.pages,
    )


def document_id(collection: str, origin: str, source: str) -> str:
    """Id of a document: the same for the same collection, origin and source.

    Examples
    --------
    >>> len(document_id("default", "/notes", "notes/a.md"))
    20
    """
    key = "\0".join((collection, origin, source)).encode()
    return hashlib.sha256(key).hexdigest()[:20]
