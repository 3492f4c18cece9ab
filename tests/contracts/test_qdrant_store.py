from __future__ import annotations

import itertools
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from core.errors import Busy, CorruptStore, FingerprintMismatch, InputError
from core.protocols import Chunker, Encoder
from core.settings import QdrantSettings
from indexing.stores.base import FirstStages, NewDocument
from indexing.stores.codec import get_codec
from indexing.stores.embedded import EmbeddedStore
from indexing.stores.qdrant.client import connect
from indexing.stores.qdrant.collection import QdrantCollections, open_edge
from indexing.stores.qdrant.points import Conditions, Where
from indexing.stores.qdrant.store import HEAD, QdrantStore
from tests.contracts.store_contract import DIMENSION, StoreContract, encoding, new_document

pytest.importorskip("qdrant_client")
pytest.importorskip("qdrant_edge")
SERVER = os.environ.get("VOUCH_QDRANT_URL", "")


@dataclass(frozen=True)
class Pair:
    """Stands for an encoder and a chunker: a store reads no more of them than this."""

    fingerprint: str = "e"
    dimension: int = DIMENSION
    token_dimension: int = DIMENSION


def encoder(fingerprint: str = "e") -> Encoder:
    return cast(Encoder, Pair(fingerprint))


CHUNKER = cast(Chunker, Pair("c"))


class QdrantContract(StoreContract):
    """What holds for the embedded store, and what only a store of points can get wrong."""

    def test_first_stages_find_and_score_what_the_embedded_store_does(self, store: QdrantStore, tmp_path: Path) -> None:
        embedded = embedded_store(tmp_path / "embedded")
        words = ["red fox", "blue fox fox", "green tree", "red red tree frog", "old blue frog", "fox"]
        items = [new_document(f"{i}.txt", text, text + " tail", seed=10 * i) for i, text in enumerate(words)]
        for target in (store, embedded):
            target.commit(items, [])
            target.commit([], [items[2].document.id])
        query = encoding(77, tokens=4)
        codec = get_codec(DIMENSION)
        weights = np.array([1.0, 0.5, 2.0, 0.1], dtype=np.float32)
        tokens = codec.rotate(query.tokens) * weights[:, None]
        request = FirstStages(("fox", "red", "red"), 1.2, 0.6, query.sentence, tokens, 4)
        found, rows = store.snapshot().first_stages(request), embedded.snapshot()
        lexical = rows.bm25(["fox", "red", "red"], 1.2, 0.6)
        dense = rows.dense_vectors(np.arange(10)) @ query.sentence
        best = set(np.argsort(-lexical, kind="stable")[:4]) | set(np.argsort(-dense, kind="stable")[:4])
        assert found.rows.tolist() == sorted(best)
        np.testing.assert_allclose(found.bm25, lexical[found.rows], rtol=1e-9)
        np.testing.assert_allclose(found.dense, dense[found.rows], rtol=1e-5)
        codes, offsets = rows.token_codes(found.rows)
        sims = codec.decode(codes) @ tokens.T
        by_loop = [sims[a:b].max(axis=0).sum() for a, b in itertools.pairwise(offsets)]
        np.testing.assert_allclose(found.maxsim, by_loop, atol=2e-4)  # the engine rounds the query to 16 bits
        again = store.snapshot().scores(request, found.rows)
        np.testing.assert_allclose(again.maxsim, found.maxsim, rtol=1e-6)
        only = replace(request, within=np.array([1, 3]))
        assert store.snapshot().first_stages(only).rows.tolist() == [1, 3]

    def test_codes_frequencies_and_names_come_back_bit_by_bit(self, store: QdrantStore, tmp_path: Path) -> None:
        embedded = embedded_store(tmp_path / "embedded")
        item = replace(new_document("a", "one", "two"), names=[{"area", "auc"}, set()])
        for target in (store, embedded):
            target.commit([item], [])
        rows = np.array([1, 0])
        for ours, theirs in zip(store.snapshot().token_codes(rows), embedded.snapshot().token_codes(rows), strict=True):
            np.testing.assert_array_equal(ours, theirs)
        # ids 0 1 2 and 1 2 3
        ids = np.arange(5, dtype=np.int32)
        for side in (store, embedded):
            assert side.snapshot().token_frequencies(ids).tolist() == [1, 2, 2, 1, 0]
        assert store.snapshot().names(rows) == embedded.snapshot().names(rows) == [set(), {"area", "auc"}]
        assert store.snapshot().named("auc").tolist() == [0]

    def test_codes_may_come_in_the_place_of_vectors(self, store: QdrantStore) -> None:
        one, other = new_document("a", "one", "two"), new_document("b", "one", "two")
        store.commit([one, replace(other, encodings=store.compress(other.encodings))], [])
        codes, ends = store.snapshot().token_codes(np.arange(4))
        assert ends.tolist() == [0, 3, 6, 9, 12]
        np.testing.assert_array_equal(codes[:6], codes[6:])
        expected = get_codec(DIMENSION).encode(np.concatenate([e.tokens for e in one.encodings]))
        np.testing.assert_array_equal(codes[:6], expected)

    def test_a_half_made_commit_is_invisible_and_taken_back(self, store: QdrantStore) -> None:
        first = new_document("a", "one", "two")
        store.commit([first], [])
        points = cast(Any, store)._points
        # what a writer that died before the head leaves: points of generation 2, and removals in it
        points.upsert(cast(Any, store)._points_of(new_document("b", "half", seed=9), 2, 2, store.head()))
        points.set_payload(Conditions((Where("document", (first.document.id,)),)), {"removed": 2})
        assert [d.source for d in store.snapshot().documents()] == ["a"]
        assert store.snapshot().bm25(["half"], 1.5, 0.75).tolist() == [0.0, 0.0]
        store.commit([new_document("c", "whole", seed=20)], [])
        assert {d.source for d in store.snapshot().documents()} == {"a", "c"}
        assert [store.snapshot().chunks([row])[row].text for row in range(3)] == ["one", "two", "whole"]

    def test_a_second_writer_gets_a_clear_error_until_the_lease_runs_out(self, store: QdrantStore) -> None:
        store._wait_seconds = 0.1
        points = cast(Any, store)._points
        points.set_payload(Conditions(ids=(HEAD,)), {"writer": "other", "until": 2**50})
        with pytest.raises(Busy, match="another process"):
            store.commit([new_document("a", "one")], [])
        points.set_payload(Conditions(ids=(HEAD,)), {"writer": "other", "until": 1})
        assert store.commit([new_document("a", "one")], []) == 1

    def test_a_writer_whose_lease_was_taken_commits_nothing(
        self, store: QdrantStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        points = cast(Any, store)._points
        renew = store._renew

        def robbed(token: str) -> None:
            points.set_payload(Conditions(ids=(HEAD,)), {"writer": "other"})
            renew(token)

        monkeypatch.setattr(store, "_renew", robbed)
        with pytest.raises(Busy, match="took over"):
            store.commit([new_document("a", "one")], [])
        assert store.snapshot().generation == 0

    def test_vacuum_keeps_the_rows_of_what_is_live(self, store: QdrantStore) -> None:
        items = [new_document(name, name + " x", name + " y", seed=i * 7) for i, name in enumerate("abc")]
        store.commit(items, [])
        store.commit([], [items[1].document.id])
        assert store.vacuum() == 2
        snapshot = store.snapshot()
        assert [chunk.text for chunk in snapshot.chunks(range(4)).values()] == ["a x", "a y", "c x", "c y"]
        assert snapshot.rows_of([items[2].document.id]).tolist() == [2, 3]

    def test_a_lost_chunk_is_named(self, store: QdrantStore) -> None:
        store.commit([new_document("a", "one", "two")], [])
        cast(Any, store)._points.delete(Conditions(ids=(1,)))
        with pytest.raises(CorruptStore, match="missing"):
            store.snapshot().chunks([0, 1])

    def test_an_id_that_would_break_the_order_is_refused(self, store: QdrantStore) -> None:
        item = new_document("a", "one")
        odd = NewDocument(item.document.model_copy(update={"id": "notes"}), "x", item.chunks, item.encodings)
        with pytest.raises(InputError, match="hexadecimal"):
            store.commit([odd], [])


class TestEdge(QdrantContract):
    def make_store(self, folder: Path) -> QdrantStore:
        return open_edge("default", folder, QdrantSettings(), encoder(), CHUNKER)

    def test_a_shard_survives_reopening_and_has_one_process(self, tmp_path: Path) -> None:
        store = self.make_store(tmp_path / "s")
        store.commit([new_document("a", "one")], [])
        with pytest.raises(Busy, match="another process"):
            self.make_store(tmp_path / "s")
        store.close()
        again = self.make_store(tmp_path / "s")
        assert again.snapshot().chunks([0])[0].text == "one"
        again.close()
        with pytest.raises(FingerprintMismatch, match="vouch migrate"):
            open_edge("default", tmp_path / "s", QdrantSettings(), encoder("other"), CHUNKER)


class TestLocalMode(QdrantContract):
    def make_store(self, folder: Path) -> QdrantStore:
        settings = QdrantSettings()
        return QdrantCollections(connect(settings), settings).open("default", encoder(), CHUNKER)


@pytest.mark.skipif(not SERVER, reason="VOUCH_QDRANT_URL names no server")
class TestServer(QdrantContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[QdrantStore]:  # type: ignore[override]
        settings = QdrantSettings(url=SERVER, prefix=f"test_{secrets.token_hex(4)}_", shards=2)
        collections = QdrantCollections(connect(settings), settings)
        yield collections.open("default", encoder(), CHUNKER)
        collections.delete("default")

    def make_store(self, folder: Path) -> QdrantStore:
        raise NotImplementedError


def test_a_successor_is_built_beside_and_switched_to_in_one_step() -> None:
    settings = QdrantSettings()
    collections = QdrantCollections(connect(settings), settings)
    old = collections.open("notes", encoder(), CHUNKER)
    old.commit([new_document("a", "one")], [])
    with pytest.raises(FingerprintMismatch, match="vouch migrate"):
        collections.open("notes", encoder("newer"), CHUNKER)
    shadow = collections.prepare("notes", encoder("newer"), CHUNKER)
    shadow.commit([new_document("a", "one"), new_document("b", "two", seed=4)], [])
    assert len(collections.open("notes", encoder(), CHUNKER).snapshot()) == 1  # readers still see the old one
    before = collections.publish("notes", encoder("newer"), CHUNKER)
    assert len(collections.open("notes", encoder("newer"), CHUNKER).snapshot()) == 2
    assert before == collections.physical("notes", encoder(), CHUNKER)
    with pytest.raises(FingerprintMismatch, match="vouch migrate"):  # an alias is resolved at each call
        old.snapshot()
    collections.drop(before)
    assert collections.names() == ["notes"]
    collections.delete("notes")
    assert collections.names() == []


def embedded_store(folder: Path) -> EmbeddedStore:
    return EmbeddedStore("default", folder, encoder_fingerprint="e", chunker_fingerprint="c", token_dimension=DIMENSION)
