"""The live engine's index of a test collection, kept under a key of its content so that nothing is encoded twice."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import islice
from pathlib import Path

from core.errors import CorruptStore, FingerprintMismatch
from core.protocols import Chunker, Encoder, Progress
from core.types import Document, Section
from evals.datasets.collection import Collection, Passage, content_key
from indexing.encode_once import encode_once
from indexing.stores.base import NewDocument, Snapshot, Store
from indexing.stores.embedded import EmbeddedStore, encoder_input
from indexing.stores.names import chunk_names
from indexing.stores.nearest import DenseIndex

log = logging.getLogger(__name__)
ORIGIN = "evaluation:"
FORM = "2"
"""Of what is kept for a document besides its encoding; part of the key, so that an older form is not searched."""
BATCH = 256
"""Documents a commit: what an interruption costs at most."""


@dataclass(frozen=True)
class CollectionIndex:
    """An index that is complete.

    Attributes
    ----------
    snapshot : Snapshot
        What is searched.
    passage_ids : dict
        Document id of the engine → id in the test collection.
    folder : Path
        Where it lies.
    """

    snapshot: Snapshot
    passage_ids: dict[str, str]
    folder: Path

    @cached_property
    def passage_of_row(self) -> list[str]:
        """Id in the test collection of each chunk, by row."""
        chunks = self.snapshot.chunks(range(len(self.snapshot)))
        return [self.passage_ids[chunks[row].document_id] for row in range(len(self.snapshot))]

    def on_device(self, device: str, token_dimension: int) -> CollectionIndex:
        """The same index with vectors and token codes on a device."""
        from evals.device_snapshot import DeviceSnapshot

        return replace(self, snapshot=DeviceSnapshot(self.snapshot, token_dimension, device))


def as_document(collection: str, passage: Passage) -> Document:
    """A passage as the engine's document: its title is a heading that governs the text.

    Examples
    --------
    >>> as_document("demo", Passage("7", "Title", "Body.")).text
    'Title\\n\\nBody.'
    """
    title = " ".join(passage.title.split())
    text = f"{title}\n\n{passage.text}" if title else passage.text
    sections = (Section(heading=title, level=1, start=0, end=len(text), body_start=len(title) + 1),) if title else ()
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return Document(
        id=hashlib.sha256(f"{collection}\0{passage.id}".encode()).hexdigest()[:20],
        source=f"{collection}/{passage.id}",
        origin=ORIGIN,
        title=title or passage.id,
        media_type="text/plain",
        text=text,
        sha256=digest,
        sections=sections,
        pages=(),
    )


def index_collection(
    collection: Collection,
    encoder: Encoder,
    chunker: Chunker,
    cache: Path,
    progress: Progress | None = None,
    open_store: Callable[[str, Path, Encoder, Chunker], Store] | None = None,
    dense_index: DenseIndex = "exact",
) -> CollectionIndex:
    """Index a test collection with the engine's own chunker, encoder and store; what is there already is kept.

    Parameters
    ----------
    collection : Collection
        What to index.
    encoder, chunker
        The engine's.
    cache : Path
        Folder of all such indexes; the key holds the content and both fingerprints.
    progress : Progress, optional
        Told after each commit.
    open_store : callable, optional
        Another engine than the embedded one.
    dense_index : str
        How the embedded engine searches sentence vectors (`indexing.stores.nearest`); no inverted file by default, since what
        it misses would be counted against the vectors.

    Notes
    -----
    Documents without any text are left out: an encoder has nothing to say of them, and no system can find them.
    """
    key = content_key(collection.passages())
    prints = hashlib.sha256(f"{encoder.fingerprint}|{chunker.fingerprint}|{FORM}".encode()).hexdigest()[:12]
    folder = cache / f"{collection.name}-{key}-{prints}"
    store = (open_store or partial(embedded_store, dense_index=dense_index))(collection.name, folder, encoder, chunker)
    known = set(store.origins(ORIGIN))
    documents = (as_document(collection.name, passage) for passage in collection.passages() if passage.text.strip())
    missing = (document for document in documents if document.source not in known)
    total = sum(1 for passage in collection.passages() if passage.text.strip())
    done = len(known)
    others = [] if done == total else earlier_stores(collection.name, folder, encoder, chunker)
    while batch := list(islice(missing, BATCH)):
        store.commit(encoded(batch, encoder, chunker, [store, *others]), [])
        done += len(batch)
        if progress is not None:
            progress(done, total, f"{collection.name}: encode")
    snapshot = store.snapshot()
    prefix = len(collection.name) + 1
    ids = {id: source[prefix:] for source, (id, _) in store.origins(ORIGIN).items()}
    return CollectionIndex(snapshot, ids, folder)


def earlier_stores(name: str, folder: Path, encoder: Encoder, chunker: Chunker) -> list[Store]:
    """Indexes of other states of the same collection by the same encoder, whose encodings are taken over."""
    found: list[Store] = []
    for other in sorted(folder.parent.glob(f"{name}-*")):
        if other == folder:
            continue
        try:
            found.append(embedded_store(name, other, encoder, chunker, readonly=True))
        except (FingerprintMismatch, CorruptStore) as error:  # made otherwise or by an older version
            log.warning("nothing is taken over from %s: %s", other.name, error.message)
    return found


def encoded(
    documents: list[Document], encoder: Encoder, chunker: Chunker, stores: Sequence[Store] = ()
) -> list[NewDocument]:
    """Documents with their chunks, encodings and names, as an ingest makes them; what a store has is not encoded again."""
    chunked = [(document, chunker.chunk(document)) for document in documents]
    texts = [encoder_input(chunk) for _, chunks in chunked for chunk in chunks]
    encodings = iter(encode_once(texts, encoder, stores[0], stores[1:]) if stores else encoder.encode_documents(texts))
    return [
        NewDocument(
            document, document.sha256, chunks, [next(encodings) for _ in chunks], chunk_names(document, (), chunks)
        )
        for document, chunks in chunked
    ]


def embedded_store(
    name: str,
    folder: Path,
    encoder: Encoder,
    chunker: Chunker,
    dense_index: DenseIndex = "exact",
    *,
    readonly: bool = False,
) -> Store:
    """The default engine."""
    return EmbeddedStore(
        name,
        folder,
        encoder_fingerprint=encoder.fingerprint,
        chunker_fingerprint=chunker.fingerprint,
        token_dimension=encoder.token_dimension,
        dense_index=dense_index,
        readonly=readonly,
    )
