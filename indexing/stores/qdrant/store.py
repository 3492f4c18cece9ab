"""Writing generations of a collection in Qdrant.

Points carry the generation that added and the one that removed them; a reader filters by its own. A commit writes its
points first and the head last, one point with the newest generation's number: until then nobody sees them, and what a
writer that died left behind is taken back by the next. One writer at a time: it holds a lease on the head, taken with a
conditional update.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np

from core.errors import Busy, CorruptStore, FingerprintMismatch
from core.protocols import Encoding
from core.settings import QdrantSettings
from indexing.stores.analysis import stems
from indexing.stores.base import NewDocument, Store
from indexing.stores.codec import TokenCodec, get_codec
from indexing.stores.database import encoder_input
from indexing.stores.qdrant.points import DENSE, STEMS, TOKENS, Conditions, Found, Point, Points, Vector, Where
from indexing.stores.qdrant.snapshot import LIVE, Head, QdrantSnapshot, as_sparse, point_id

HEAD = "ffffffff-ffff-ffff-ffff-ffffffffffff"
K1, B = 1.5, 0.75
"""Of the BM25 weights that the server ranks candidates by; scores come from the settings of the search."""
POLL_SECONDS = 0.05
COUNTERS = ("generation", "live", "words", "next_row")
DIGESTED = ("document", "chunk", "stems", "counts", "length", "token_ids", "names")
"""Of a chunk's payload, what its document's digest covers; the vectors of sentence and tokens are covered too."""


class QdrantStore(Store):
    """A collection in Qdrant.

    Parameters
    ----------
    name : str
        Name shown to people.
    points : Points
        The physical collection, made by `prepare`.
    settings : QdrantSettings
        Oversampling and the length of the lease.
    encoder_fingerprint, chunker_fingerprint : str
        What makes this index; another pair is refused.
    dimension, token_dimension : int
        Lengths of sentence and token vectors.
    wait_seconds : float
        How long a second writer waits before it gives up.
    folder : Path, optional
        Where this machine keeps what is not shared: feedback, and jobs without a queue.

    Raises
    ------
    FingerprintMismatch
        If the collection was made by another encoder or chunker.
    CorruptStore
        If it has no head.
    """

    def __init__(
        self,
        name: str,
        points: Points,
        settings: QdrantSettings,
        *,
        encoder_fingerprint: str,
        chunker_fingerprint: str,
        dimension: int,
        token_dimension: int,
        wait_seconds: float = 30.0,
        folder: Path | None = None,
    ) -> None:
        self.name = name
        self.folder = folder
        self._points = points
        self._settings = settings
        self._dimension = dimension
        self._token_dimension = token_dimension
        self._wait_seconds = wait_seconds
        self._codec = get_codec(token_dimension)
        self.encoder_fingerprint = f"{encoder_fingerprint}:{self._codec.name}"
        self._snapshot: QdrantSnapshot | None = None
        self._lock = threading.Lock()
        self._writing = threading.RLock()
        self._made_by = {"encoder": self.encoder_fingerprint, "chunker": chunker_fingerprint}
        self.head()

    @property
    def points(self) -> Points:
        """The physical collection, for the doctor."""
        return self._points

    def head(self) -> Head:
        """What the newest commit wrote last.

        Raises
        ------
        CorruptStore
            If there is none.
        FingerprintMismatch
            If the name now stands for what another encoder or chunker made: another machine may have switched it.
        """
        found = self._points.retrieve([HEAD], (*COUNTERS, *self._made_by)).get(HEAD)
        if found is None:
            raise CorruptStore(f"collection {self.name!r} has no head in Qdrant", fix="delete it there and index again")
        for key, value in self._made_by.items():
            if found.payload[key] != value:
                raise FingerprintMismatch(
                    f"collection {self.name!r} was made by {key} {found.payload[key]}, the settings name {value}",
                    fix="run `vouch migrate`, or restore the setting",
                )
        return Head(**{key: int(found.payload[key]) for key in COUNTERS})

    def snapshot(self) -> QdrantSnapshot:
        """The newest committed generation; the same object while nothing was committed."""
        with self._lock:
            head = self.head()
            if self._snapshot is None or self._snapshot.generation != head.generation:
                self._snapshot = self._opened(head, self._points)
            return self._snapshot

    def exact_snapshot(self) -> QdrantSnapshot:
        """The newest generation, searched without any approximation of the engine's."""
        return self._opened(self.head(), self._points.exactly())

    def _opened(self, head: Head, points: Points) -> QdrantSnapshot:
        return QdrantSnapshot(self.name, points, head, self._codec, self._dimension, self._settings.oversampling)

    def origins(self, origin: str) -> dict[str, tuple[str, str]]:
        """Visible documents of one origin."""
        here = (Where("kind", ("document",)), Where("origin", (origin,)), *visible(self.head().generation))
        found = self._points.scroll(Conditions(here), ("source", "document", "content_sha256"))
        return {f.payload["source"]: (f.payload["document"], f.payload["content_sha256"]) for f in found}

    def commit(self, added: Sequence[NewDocument], removed: Sequence[str]) -> int:
        """Write points, then the head.

        Raises
        ------
        Busy
            If another writer keeps the lease for longer than `wait_seconds`, or took it over.
        """
        with self.writing() as token:
            head = self.head()
            self._undo(head.generation)
            generation = head.generation + 1
            # one document given twice in a commit: the last one stands
            items = list({item.document.id: item for item in added}.values())
            gone = tuple(sorted({*removed, *(item.document.id for item in items)}))
            chunks_gone, words_gone = self._remove(gone, generation)
            next_row, words = head.next_row, head.words - words_gone
            for item in items:
                points = self._points_of(item, next_row, generation, head)
                self._points.upsert(points)
                next_row += len(item.chunks)
                words += sum(int(point.payload["length"]) for point in points[:-1])
                self._renew(token)
            live = head.live - chunks_gone + next_row - head.next_row
            self._points.set_payload(
                Conditions((Where("writer", (token,)),), (HEAD,)),
                {"generation": generation, "live": live, "words": words, "next_row": next_row},
            )
            self._points.flush()
            if self.head().generation != generation:
                raise Busy(
                    f"another writer took over collection {self.name!r}; this commit was not made",
                    fix="index again; raise `qdrant.lease_seconds` if a commit takes longer than that",
                )
            return generation

    def compress(self, encodings: Sequence[Encoding]) -> list[Encoding]:
        """The same with token codes in the place of token vectors, which take thirty times as much memory."""
        return [replace(item, tokens=self._codec.encode(item.tokens)) for item in encodings]

    def _undo(self, generation: int) -> None:
        """Take back what a writer that never reached the head did."""
        self._points.delete(Conditions((Where("added", above=generation),)))
        half = Conditions((Where("removed", above=generation, at_most=LIVE - 1),))
        self._points.set_payload(half, {"removed": LIVE})

    def _remove(self, documents: Sequence[str], generation: int) -> tuple[int, int]:
        """Mark documents and their chunks as removed; how many chunks and words go."""
        if not documents:
            return 0, 0
        live = (Where("document", tuple(documents)), Where("removed", above=generation - 1))
        found = list(self._points.scroll(Conditions((Where("kind", ("document",)), *live)), ("rows", "words")))
        if found:
            self._points.set_payload(Conditions(live), {"removed": generation})
        return sum(f.payload["rows"] for f in found), sum(f.payload["words"] for f in found)

    def _points_of(self, item: NewDocument, first_row: int, generation: int, head: Head) -> list[Point]:
        """Points of the chunks, then of the document."""
        counts = [Counter(stems(encoder_input(chunk))) for chunk in item.chunks]
        lengths = [sum(count.values()) for count in counts]
        mean = max((head.words + sum(lengths)) / max(head.live + len(lengths), 1), 1.0)
        names = item.names or [()] * len(item.chunks)
        points = []
        for place, (chunk, encoding) in enumerate(zip(item.chunks, item.encodings, strict=True)):
            count, length = counts[place], lengths[place]
            norm = K1 * (1 - B + B * length / mean)
            vectors: dict[str, Vector] = {DENSE: encoding.sentence.astype(np.float32)}
            if count:
                vectors[STEMS] = as_sparse({stem: tf * (K1 + 1) / (tf + norm) for stem, tf in count.items()})
            if self._token_dimension and len(encoding.tokens):
                codes = encoding.tokens if encoding.tokens.dtype == np.uint8 else self._codec.encode(encoding.tokens)
                vectors[TOKENS] = self._codec.decode(codes) / self._codec.amplitude
            payload = {
                "kind": "chunk",
                "added": generation,
                "removed": LIVE,
                "document": item.document.id,
                "chunk": chunk.model_dump(mode="json"),
                "stems": list(count),
                "counts": list(count.values()),
                "length": length,
                "token_ids": encoding.token_ids.tolist(),
                "names": sorted(names[place]),
            }
            points.append(Point(first_row + place, payload, vectors))
        points.append(document_point(item, first_row, generation, sum(lengths), content_digest(points)))
        return points

    @contextmanager
    def writing(self) -> Iterator[str]:
        """Hold the collection's lease, across threads, processes and machines; gives its token.

        Raises
        ------
        Busy
            If another writer keeps it for longer than `wait_seconds`.
        """
        token = secrets.token_hex(8)
        deadline = time.monotonic() + self._wait_seconds
        with self._writing:
            while not self._take(token):
                if time.monotonic() > deadline:
                    left = self._points.retrieve([HEAD], ("until",))[HEAD].payload["until"] - milliseconds()
                    raise Busy(
                        f"another process is writing to collection {self.name!r}",
                        fix=f"wait for it; if it died, its lease ends in {max(left, 0) // 1000 + 1} seconds",
                    )
                time.sleep(POLL_SECONDS)
            try:
                yield token
            finally:
                self._points.set_payload(Conditions((Where("writer", (token,)),), (HEAD,)), {"until": 0})

    def _take(self, token: str) -> bool:
        free = Conditions((Where("until", at_most=milliseconds()),), (HEAD,))
        until = milliseconds() + int(self._settings.lease_seconds * 1000)
        self._points.set_payload(free, {"writer": token, "until": until})
        return bool(self._points.retrieve([HEAD], ("writer",))[HEAD].payload["writer"] == token)

    def _renew(self, token: str) -> None:
        until = milliseconds() + int(self._settings.lease_seconds * 1000)
        self._points.set_payload(Conditions((Where("writer", (token,)),), (HEAD,)), {"until": until})

    def vacuum(self) -> int:
        """Delete the chunks of removed documents, which older snapshots can then no longer read; how many went.

        The documents' points stay, without text: they tell which rows are gone.
        """
        with self.writing():
            gone = (Where("removed", at_most=self.head().generation),)
            chunks = Conditions((Where("kind", ("chunk",)), *gone))
            number = self._points.count(chunks)
            self._points.delete(chunks)
            self._points.set_payload(Conditions((Where("kind", ("document",)), *gone)), {"whole": None})
            return number

    def recount(self) -> None:
        """Delete chunks that belong to no document and count the rest anew, as a generation of its own."""
        with self.writing() as token:
            head = self.head()
            self._undo(head.generation)
            here = visible(head.generation)
            wanted = ("first_row", "rows", "words")
            runs = [f.payload for f in self._points.scroll(Conditions((Where("kind", ("document",)), *here)), wanted)]
            owned = {row for run in runs for row in range(run["first_row"], run["first_row"] + run["rows"])}
            chunks = self._points.scroll(Conditions((Where("kind", ("chunk",)), *here)), ())
            stray = tuple(found.id for found in chunks if found.id not in owned)
            if stray:
                self._points.delete(Conditions(ids=stray))
            counted = {"live": len(owned), "words": sum(run["words"] for run in runs)}
            mine = Conditions((Where("writer", (token,)),), (HEAD,))
            self._points.set_payload(mine, {"generation": head.generation + 1, **counted})
            self._points.flush()

    def close(self) -> None:
        """Release the connection or the files."""
        self._points.close()


def document_point(item: NewDocument, first_row: int, generation: int, words: int, digest: str) -> Point:
    """The point of a document, with its text and where its chunks stand."""
    document = item.document
    payload = {
        "kind": "document",
        "added": generation,
        "removed": LIVE,
        "document": document.id,
        "origin": document.origin,
        "source": document.source,
        "title": document.title,
        "media_type": document.media_type,
        "characters": len(document.text),
        "sha256": document.sha256,
        "pages": len(document.pages),
        "content_sha256": item.content_sha256,
        "first_row": first_row,
        "rows": len(item.chunks),
        "words": words,
        "digest": digest,
        "whole": document.model_dump(mode="json"),
    }
    return Point(point_id(document.id, generation), payload)


def content_digest(points: Sequence[Point | Found]) -> str:
    """SHA-256 over the chunks of a document, written or read back, in their order."""
    digest = hashlib.sha256()
    for point in points:
        digest.update(json.dumps([point.payload.get(key) for key in DIGESTED], sort_keys=True).encode())
        for name in (DENSE, TOKENS):
            vector = point.vectors.get(name)
            if isinstance(vector, np.ndarray):
                digest.update(np.ascontiguousarray(vector, dtype="<f4").tobytes())
    return digest.hexdigest()


def head_point(encoder_fingerprint: str, chunker_fingerprint: str, codec: TokenCodec) -> Point:
    """The head of an empty collection."""
    payload = {
        "kind": "head",
        "encoder": f"{encoder_fingerprint}:{codec.name}",
        "chunker": chunker_fingerprint,
        "generation": 0,
        "live": 0,
        "words": 0,
        "next_row": 0,
        "writer": "",
        "until": 0,
    }
    return Point(HEAD, payload)


def visible(generation: int) -> tuple[Where, Where]:
    """Conditions on what a generation shows."""
    return Where("added", at_most=generation), Where("removed", above=generation)


def milliseconds() -> int:
    """Wall-clock time, which machines share well enough for a lease of minutes."""
    return time.time_ns() // 1_000_000
