"""Equal texts are encoded once, within an ingest, across documents and across collections."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from core.settings import IngestSettings
from indexing.encode_once import encode_once
from indexing.pipeline import Ingest
from indexing.sources.item import SourceItem
from indexing.stores.embedded import EmbeddedStore
from tests.indexing.hash_encoder import HashEncoder
from tests.indexing.upkeep import add, article, chunker_for, open_with


def ingest_again(store: EmbeddedStore, others: list[EmbeddedStore]) -> HashEncoder:
    encoder = HashEncoder()
    ingest = Ingest(store, encoder, chunker_for(encoder), IngestSettings(), lambda: others)
    ingest.run_items([SourceItem("copy.md", "/copies", "copy.md", load=article("otter").encode)])
    return encoder


def same_vectors(one: EmbeddedStore, source: str, other: EmbeddedStore, copy: str) -> None:
    found = []
    for store, name in ((one, source), (other, copy)):
        snapshot = store.snapshot()
        document = next(d.id for d in snapshot.documents() if d.source == name)
        rows = snapshot.rows_of([document])
        codes, offsets = snapshot.token_codes(rows)
        found.append((snapshot.dense_vectors(rows), codes, offsets))
    for first, second in zip(*found, strict=True):
        np.testing.assert_array_equal(first, second)


def test_a_copy_in_the_same_collection_is_not_encoded(tmp_path: Path) -> None:
    store = open_with(tmp_path / "a", HashEncoder())
    add(store, HashEncoder(), ("otter", "lynx"))
    assert ingest_again(store, []).encoded == []
    same_vectors(store, "otter.md", store, "copy.md")


def test_a_copy_in_another_collection_is_not_encoded(tmp_path: Path) -> None:
    store, other = (open_with(tmp_path / name, HashEncoder(), name=name) for name in "ab")
    add(store, HashEncoder(), ("lynx", "otter"))
    assert ingest_again(other, [store]).encoded == []
    same_vectors(store, "otter.md", other, "copy.md")
    ids = np.arange(65536, dtype=np.int32)
    assert other.snapshot().token_frequencies(ids).sum() > 0
    fresh = open_with(tmp_path / "c", HashEncoder(), name="c")
    add(fresh, HashEncoder(), ("otter",))
    np.testing.assert_array_equal(other.snapshot().token_frequencies(ids), fresh.snapshot().token_frequencies(ids))


def test_equal_texts_of_one_call_share_a_pass_and_keep_their_order(tmp_path: Path) -> None:
    store, encoder = open_with(tmp_path / "a", HashEncoder()), HashEncoder()
    found = encode_once(["one", "two", "one"], encoder, store)
    assert encoder.encoded == ["one", "two"]
    assert found[0] is found[2]
    expected = store.compress(encoder.encode_documents(["two"]))[0]
    np.testing.assert_array_equal(found[1].tokens, expected.tokens)


def test_a_damaged_neighbour_is_not_taken_over_from(tmp_path: Path) -> None:
    store, other = (open_with(tmp_path / name, HashEncoder(), name=name) for name in "ab")
    add(store, HashEncoder(), ("otter",))
    store.close()
    for path in (tmp_path / "a" / "segments").glob("*.dense.npy"):
        path.unlink()
    broken = open_with(tmp_path / "a", HashEncoder(), name="a")
    assert len(ingest_again(other, [broken]).encoded) > 0
