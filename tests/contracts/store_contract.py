"""What every store must do; an engine's test class inherits it and provides `make_store`."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from pathlib import Path

import numpy as np
import pytest

from core.protocols import Encoding
from core.types import Chunk, Document
from indexing.stores.base import NewDocument, Store

DIMENSION = 256


def encoding(seed: int, tokens: int = 3) -> Encoding:
    rng = np.random.default_rng(seed)
    vectors = rng.standard_normal((tokens + 1, DIMENSION)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return Encoding(
        sentence=vectors[0],
        tokens=vectors[1:],
        token_ids=np.arange(seed, seed + tokens, dtype=np.int32),
        token_spans=np.zeros((tokens, 2), dtype=np.int32),
    )


def new_document(name: str, *texts: str, seed: int = 0, origin: str = "/notes") -> NewDocument:
    whole = "\n".join(texts)
    id = hashlib.sha256(name.encode()).hexdigest()[:20]
    chunks, start = [], 0
    for text in texts:
        end = start + len(text)
        chunks.append(
            Chunk(
                id=f"{id}-{start}-{end}",
                document_id=id,
                source=name,
                title=name,
                heading_path=("H",),
                page=None,
                start=start,
                end=end,
                text=text,
                kind="prose",
                context="",
            )
        )
        start = end + 1
    document = Document(
        id=id,
        source=name,
        origin=origin,
        title=name,
        media_type="text/plain",
        text=whole,
        sha256=hashlib.sha256(whole.encode()).hexdigest(),
        sections=(),
        pages=(),
    )
    digest = hashlib.sha256(f"{name}{whole}".encode()).hexdigest()
    return NewDocument(document, digest, chunks, [encoding(seed + i) for i in range(len(texts))])


class StoreContract(ABC):
    """Inherited by the test class of each engine."""

    @abstractmethod
    def make_store(self, folder: Path) -> Store: ...

    @pytest.fixture
    def store(self, tmp_path: Path) -> Store:
        return self.make_store(tmp_path / "store")

    def test_starts_empty(self, store: Store) -> None:
        snapshot = store.snapshot()
        assert len(snapshot) == 0
        assert snapshot.documents() == []
        assert snapshot.bm25(["word"], 1.5, 0.75).tolist() == []
        assert snapshot.dense_search(encoding(0).sentence, 3)[0].tolist() == []

    def test_what_was_committed_is_read_back(self, store: Store) -> None:
        item = new_document("a.txt", "red apples", "größer als 😀 drei")
        assert store.commit([item], []) == 1
        snapshot = store.snapshot()
        assert snapshot.document(item.document.id) == item.document
        chunks = snapshot.chunks([0, 1])
        assert [chunks[i] for i in (0, 1)] == list(item.chunks)
        np.testing.assert_array_equal(snapshot.dense_vectors(np.array([1])), [item.encodings[1].sentence])
        summary = snapshot.documents()[0]
        assert (summary.source, summary.chunks, summary.characters) == ("a.txt", 2, len(item.document.text))

    def test_dense_search_is_exact(self, store: Store) -> None:
        items = [new_document(f"{i}.txt", "x", seed=10 * i) for i in range(8)]
        store.commit(items, [])
        query = encoding(99).sentence
        rows, scores = store.snapshot().dense_search(query, 5)
        expected = np.array([item.encodings[0].sentence @ query for item in items])
        assert rows.tolist() == np.argsort(-expected)[:5].tolist()
        np.testing.assert_allclose(scores, np.sort(expected)[::-1][:5], rtol=1e-4, atol=1e-6)

    def test_bm25_by_hand(self, store: Store) -> None:
        store.commit([new_document("a", "red red fox"), new_document("b", "blue fox"), new_document("c", "green")], [])
        scores = store.snapshot().bm25(["red"], 1.5, 0.75)
        # N = 3, df = 1: idf = ln(1 + 2.5 / 1.5); tf = 2, length 3, mean length 2: norm = 1.5 (0.25 + 0.75 * 1.5) = 2.0625
        expected = np.log(1 + 2.5 / 1.5) * 2 * 2.5 / (2 + 2.0625)
        np.testing.assert_allclose(scores, [expected, 0, 0])

    def test_a_snapshot_keeps_its_generation(self, store: Store) -> None:
        first = new_document("a.txt", "one")
        store.commit([first], [])
        before = store.snapshot()
        store.commit([new_document("b.txt", "two", seed=5)], [first.document.id])
        after = store.snapshot()
        assert [d.source for d in before.documents()] == ["a.txt"]
        assert [d.source for d in after.documents()] == ["b.txt"]
        assert before.chunks([0])[0].text == "one"
        assert after.chunks([0])[0].text == "two"
        assert after.dense_search(first.encodings[0].sentence, 5)[0].tolist() == [0]
        assert after.bm25(["one"], 1.5, 0.75).tolist() == [0.0]

    def test_a_new_version_replaces_the_old_one(self, store: Store) -> None:
        store.commit([new_document("a.txt", "old words")], [])
        store.commit([new_document("a.txt", "new words", seed=7)], [])
        snapshot = store.snapshot()
        assert len(snapshot) == 1
        assert snapshot.chunks([0])[0].text == "new words"

    def test_token_codes_follow_their_chunks(self, store: Store) -> None:
        store.commit([new_document("a", "x", "y", seed=1)], [])
        store.commit([new_document("b", "z", seed=50)], [])
        snapshot = store.snapshot()
        codes, offsets = snapshot.token_codes(np.array([2, 0]))
        alone, _ = snapshot.token_codes(np.array([0]))
        assert offsets.tolist() == [0, 3, 6]
        np.testing.assert_array_equal(codes[3:], alone)

    def test_token_frequencies_count_chunks(self, store: Store) -> None:
        store.commit([new_document("a", "x", "y", seed=1)], [])  # ids 1-3 and 2-4
        found = store.snapshot().token_frequencies(np.array([1, 2, 4, 999], dtype=np.int32))
        assert found.tolist() == [1, 2, 1, 0]

    def test_origins_tell_what_came_from_a_source(self, store: Store) -> None:
        item = new_document("a.txt", "one", origin="/here")
        store.commit([item, new_document("b.txt", "two", origin="/there")], [])
        assert store.origins("/here") == {"a.txt": (item.document.id, item.content_sha256)}

    def test_documents_are_paged_by_id(self, store: Store) -> None:
        store.commit([new_document(f"{i}.txt", "x", seed=i) for i in range(5)], [])
        snapshot = store.snapshot()
        first = snapshot.documents(limit=2)
        rest = snapshot.documents(after=first[-1].id)
        assert [d.id for d in first + rest] == sorted(d.id for d in snapshot.documents())
