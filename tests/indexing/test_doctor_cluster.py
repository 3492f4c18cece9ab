"""What the doctor finds in Qdrant's engine, and what a repair from the texts mends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.errors import CorruptStore
from core.settings import QdrantSettings
from indexing import doctor_cluster
from indexing.doctor_cluster import examine, repair
from indexing.stores.qdrant.points import DENSE, TOKENS, Conditions, Point, Where
from indexing.stores.qdrant.store import HEAD, QdrantStore
from indexing.stores.transfer import checksum
from tests.indexing.hash_encoder import HashEncoder
from tests.indexing.upkeep import ANIMALS, add, chunker_for

pytest.importorskip("qdrant_edge")
ENCODER = HashEncoder()
CHUNKER = chunker_for(ENCODER)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[QdrantStore]:
    from indexing.stores.qdrant.collection import open_edge

    store = open_edge("default", tmp_path / "shard", QdrantSettings(), ENCODER, CHUNKER)
    add(store, ENCODER, ANIMALS[:5])  # type: ignore[arg-type]
    store.commit([], [store.snapshot().documents()[0].id])
    yield store
    store.close()


def changed(store: QdrantStore, row: int, change: Callable[[dict[str, Any], dict[str, Any]], None]) -> None:
    """Write a chunk's point again, with a change."""
    fields = ("kind", "added", "removed", "document", "chunk", "stems", "counts", "length", "token_ids", "names")
    found = store.points.retrieve([row], fields, (DENSE, TOKENS))[row]
    payload, vectors = dict(found.payload), dict(found.vectors)
    change(payload, vectors)
    store.points.upsert([Point(row, payload, vectors)])


def flip_a_bit(payload: dict[str, Any], vectors: dict[str, Any]) -> None:
    vectors[TOKENS] = vectors[TOKENS].copy()
    vectors[TOKENS][0, 0] *= -1


def forget_tokens(payload: dict[str, Any], vectors: dict[str, Any]) -> None:
    del vectors[TOKENS]


def rename(payload: dict[str, Any], vectors: dict[str, Any]) -> None:
    payload["names"] = ["another"]


def test_a_sound_collection_has_no_findings(store: QdrantStore) -> None:
    assert examine(store, ENCODER) == []


@pytest.mark.parametrize("change", [flip_a_bit, forget_tokens, rename])
def test_a_changed_chunk_is_found_and_encoded_again(store: QdrantStore, change: Callable[..., None]) -> None:
    before = checksum(store.snapshot())
    row = int(store.snapshot()._rows.places(np.array([4]))[0])
    changed(store, row, change)
    found = examine(store, ENCODER)
    assert [finding.kind for finding in found] == ["content_changed"]
    mended = repair(store, ENCODER, CHUNKER, found)
    assert mended.remaining == () and len(mended.segments) == 1
    if change is not rename:  # of the names only those that titles and headings give come back by themselves
        assert checksum(store.snapshot()) == before


def test_a_missing_chunk_is_named_and_comes_back(store: QdrantStore) -> None:
    before = checksum(store.snapshot())
    row = int(store.snapshot()._rows.places(np.array([2]))[0])
    store.points.delete(Conditions(ids=(row,)))
    found = examine(store, ENCODER)
    assert [finding.kind for finding in found] == ["missing_chunk"]
    assert f"chunk {row} of" in found[0].message
    assert repair(store, ENCODER, CHUNKER, found).remaining == ()
    assert checksum(store.snapshot()) == before


def test_wrong_counters_and_strays_are_counted_anew(store: QdrantStore) -> None:
    snapshot = store.snapshot()
    live, words = len(snapshot), snapshot._head.words
    chunk = store.points.retrieve([1], ("kind", "added", "removed"))  # a chunk of the document that was removed
    assert chunk
    store.points.set_payload(Conditions((Where("kind", ("chunk",)),), (1,)), {"removed": 2**40})
    store.points.set_payload(Conditions(ids=(HEAD,)), {"live": live + 3, "words": 1})
    found = examine(store, ENCODER)
    assert [finding.kind for finding in found] == ["wrong_count", "wrong_count"]
    assert str(live + 3) in found[0].message
    assert repair(store, ENCODER, CHUNKER, found).remaining == ()
    head = store.head()
    assert (head.live, head.words) == (live, words)
    assert len(store.snapshot()) == live


def test_a_changed_text_is_not_encoded_as_if_it_were_true(store: QdrantStore) -> None:
    id = store.snapshot().documents()[1].id
    where = Conditions((Where("kind", ("document",)), Where("document", (id,))))
    (point,) = store.points.scroll(where, ("whole",))
    store.points.set_payload(where, {"whole": {**point.payload["whole"], "text": "other"}})
    found = examine(store, ENCODER)
    assert [finding.kind for finding in found] == ["text_changed"]
    with pytest.raises(CorruptStore, match="vouch restore"):
        repair(store, ENCODER, CHUNKER, found)


def test_vectors_that_were_bad_when_they_were_committed_are_found(
    store: QdrantStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(HashEncoder, "count_tokens", lambda self, texts: [7777] * len(texts))
    kinds = {finding.kind for finding in examine(store, ENCODER)}
    assert kinds == {"truncated_chunk"}
    monkeypatch.setattr(HashEncoder, "count_tokens", lambda self, texts: [1] * len(texts))
    assert {finding.kind for finding in examine(store, ENCODER)} == {"missing_vector"}


def test_a_search_that_misses_is_found(store: QdrantStore, monkeypatch: pytest.MonkeyPatch) -> None:
    snapshot = store.snapshot()
    search = snapshot.dense_search
    monkeypatch.setattr(snapshot, "dense_search", lambda vector, k: tuple(part[: k // 2] for part in search(vector, k)))
    (finding,) = doctor_cluster.examine(store, ENCODER)
    assert finding.kind == "low_recall" and "0.500" in finding.message
