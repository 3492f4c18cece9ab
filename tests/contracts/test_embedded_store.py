from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import Busy, CorruptStore, FingerprintMismatch
from indexing.stores.embedded import DATABASE, SEGMENTS, EmbeddedStore
from tests.contracts.store_contract import DIMENSION, StoreContract, new_document


def open_store(folder: Path, encoder: str = "e", wait: float = 5.0) -> EmbeddedStore:
    return EmbeddedStore(
        "default",
        folder,
        encoder_fingerprint=encoder,
        chunker_fingerprint="c",
        token_dimension=DIMENSION,
        wait_seconds=wait,
    )


class TestEmbeddedStore(StoreContract):
    def make_store(self, folder: Path) -> EmbeddedStore:
        return open_store(folder)

    def test_another_encoder_is_refused(self, tmp_path: Path) -> None:
        open_store(tmp_path).close()
        with pytest.raises(FingerprintMismatch, match="vouch migrate"):
            open_store(tmp_path, encoder="other")

    def test_a_second_process_sees_commits_and_survives_reopening(self, tmp_path: Path) -> None:
        writer, reader = open_store(tmp_path), open_store(tmp_path)
        writer.commit([new_document("a", "one")], [])
        assert len(reader.snapshot()) == 1
        writer.close()
        assert open_store(tmp_path).snapshot().chunks([0])[0].text == "one"

    def test_a_second_writer_gets_a_clear_error(self, tmp_path: Path) -> None:
        first, second = open_store(tmp_path), open_store(tmp_path, wait=0.1)
        with first.writing(), pytest.raises(Busy, match="another process"):
            second.commit([new_document("a", "one")], [])

    def test_a_lost_segment_is_named(self, tmp_path: Path) -> None:
        store = open_store(tmp_path)
        store.commit([new_document("a", "one")], [])
        next((tmp_path / SEGMENTS).glob("*.codes.npy")).unlink()
        with pytest.raises(CorruptStore, match=r"codes\.npy"):
            open_store(tmp_path).snapshot()

    def test_files_of_a_crashed_commit_are_removed_by_the_next_writer(self, tmp_path: Path) -> None:
        store = open_store(tmp_path)
        store.commit([new_document("a", "one")], [])
        orphan = tmp_path / SEGMENTS / "00000009.dense.npy"
        orphan.write_bytes(b"half")
        store.commit([new_document("b", "two", seed=4)], [])
        assert not orphan.exists()
        assert len(store.snapshot()) == 2

    def test_a_file_that_is_no_database_is_named(self, tmp_path: Path) -> None:
        (tmp_path / DATABASE).write_bytes(b"not a database" * 100)
        with pytest.raises(CorruptStore):
            open_store(tmp_path)


def test_names_follow_their_chunks_and_generations(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    first, second = new_document("a", "one", "two"), new_document("b", "three", seed=9)
    store.commit([replace(first, names=[{"area"}, {"heading"}])], [])
    store.commit([replace(second, names=[{"area", "auc"}])], [])
    before = store.snapshot()
    assert [before.named(key).tolist() for key in ("area", "heading", "auc", "one", "")] == [[0, 2], [1], [2], [], []]
    assert before.bm25(["area"], 1.5, 0.75).tolist() == [0, 0, 0]  # a name is no word of the text
    store.commit([], [first.document.id])
    assert store.snapshot().named("area").tolist() == [0]
    assert before.named("area").tolist() == [0, 2]
