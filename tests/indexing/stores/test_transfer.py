from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from core.errors import CorruptStore
from indexing.stores.base import Snapshot
from indexing.stores.codec import get_codec
from indexing.stores.database import encoder_input
from indexing.stores.embedded import EmbeddedStore
from indexing.stores.transfer import checksum, transfer, verify
from tests.contracts.store_contract import DIMENSION, encoding, new_document

CODEC = get_codec(DIMENSION)


def open_store(folder: Path) -> EmbeddedStore:
    return EmbeddedStore("default", folder, encoder_fingerprint="e", chunker_fingerprint="c", token_dimension=DIMENSION)


def full(folder: Path) -> EmbeddedStore:
    store = open_store(folder)
    items = [new_document(f"{i}.txt", f"word{i} a", f"word{i} b", seed=i * 9) for i in range(6)]
    store.commit([replace(items[0], names=[{"zero"}, set()]), *items[1:4]], [])
    store.commit(items[4:], [items[1].document.id])
    return store


def three_ids(texts: Sequence[str]) -> list[NDArray[np.int32]]:
    """As many as `encoding` has token vectors."""
    return [np.array([len(text), 7, 7], dtype=np.int32) for text in texts]


def rank(snapshot: Snapshot, question: str) -> Sequence[str]:
    scores = snapshot.dense_vectors(np.arange(len(snapshot))) @ encoding(int(question)).sentence
    chunks = snapshot.chunks(range(len(snapshot)))
    return [chunks[int(row)].id for row in np.argsort(-scores)[:10]]


@pytest.mark.parametrize("dimension", [256, 96])
@given(seed=st.integers(0, 2**31))
@settings(max_examples=10, deadline=None)
def test_restored_vectors_have_their_codes_again(dimension: int, seed: int) -> None:
    codec = get_codec(dimension)
    vectors = np.random.default_rng(seed).standard_normal((5, dimension)).astype(np.float32)
    codes = codec.encode(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))
    np.testing.assert_array_equal(codec.encode(codec.restore(codes)), codes)
    np.testing.assert_array_equal(codec.pack(codec.decode(codes)), codes)
    assert np.abs(codec.decode(codes)).max() <= codec.amplitude * (1 + 1e-6)


@pytest.mark.parametrize("engine", ["embedded", "edge"])
def test_a_transfer_interrupted_at_any_commit_ends_alike(
    engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexing.stores.transfer.CHUNKS_A_COMMIT", 4)
    source = full(tmp_path / "source").snapshot()
    if engine == "edge":
        pytest.importorskip("qdrant_edge")
        from core.settings import QdrantSettings
        from indexing.stores.qdrant.collection import open_edge
        from tests.contracts.test_qdrant_store import CHUNKER, encoder

        target = open_edge("default", tmp_path / "target", QdrantSettings(), encoder(), CHUNKER)
    else:
        target = open_store(tmp_path / "target")
    asked = iter([False, True])
    assert transfer(source, target, CODEC, three_ids, cancelled=lambda: next(asked)) == 2
    with pytest.raises(CorruptStore, match="2 with 4"):
        verify(source, target.snapshot(), rank, [])
    assert transfer(source, target, CODEC, three_ids) == 3
    assert transfer(source, target, CODEC, three_ids) == 0
    result = verify(source, target.snapshot(), rank, ["501", "502"])
    assert (result.documents, result.chunks, result.agreement) == (5, 10, 1.0)


def test_documents_that_vanished_from_the_source_go(tmp_path: Path) -> None:
    source, target = full(tmp_path / "source"), open_store(tmp_path / "target")
    transfer(source.snapshot(), target, CODEC, three_ids)
    source.commit([], [source.snapshot().documents()[0].id])
    transfer(source.snapshot(), target, CODEC, three_ids)
    assert checksum(target.snapshot()) == checksum(source.snapshot())


def test_ids_are_those_of_the_texts_and_as_many_as_vectors(tmp_path: Path) -> None:
    source, target = full(tmp_path / "source").snapshot(), open_store(tmp_path / "target")
    with pytest.raises(CorruptStore, match="3 token vectors for 2 tokens"):
        transfer(source, target, CODEC, lambda texts: [ids[:2] for ids in three_ids(texts)])
    assert target.snapshot().generation == 0
    transfer(source, target, CODEC, three_ids)
    lengths = [len(encoder_input(chunk)) for chunk in source.chunks(range(len(source))).values()]
    asked = np.array([7, lengths[0], 1], dtype=np.int32)
    assert target.snapshot().token_frequencies(asked).tolist() == [10, lengths.count(lengths[0]), 0]


def test_a_single_changed_bit_is_found(tmp_path: Path) -> None:
    source, target = full(tmp_path / "source").snapshot(), open_store(tmp_path / "target")
    transfer(source, target, CODEC, three_ids)
    item = new_document("0.txt", "word0 a", "word0 b", seed=0)
    flipped = item.encodings[0].tokens.copy()
    flipped[0] *= -1
    encodings = [replace(item.encodings[0], tokens=flipped), item.encodings[1]]
    target.commit([replace(item, encodings=encodings, names=[{"zero"}, set()])], [])
    with pytest.raises(CorruptStore, match="not the same content"):
        verify(source, target.snapshot(), rank, [])


def test_rankings_that_disagree_are_an_error(tmp_path: Path) -> None:
    source, target = full(tmp_path / "source").snapshot(), open_store(tmp_path / "target")
    transfer(source, target, CODEC, three_ids)
    there = target.snapshot()
    with pytest.raises(CorruptStore, match="agree by"):
        verify(source, there, lambda side, question: rank(side, "9" if side is there else "5"), ["1"])
