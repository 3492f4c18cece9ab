"""What is wrong is found and named; what the texts allow is mended."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.errors import CorruptStore
from indexing import doctor
from indexing.doctor import dense_recall, examine, repair
from indexing.stores import nearest
from indexing.stores.embedded import CACHE, DATABASE, SEGMENTS, EmbeddedStore
from tests.indexing.hash_encoder import HashEncoder
from tests.indexing.upkeep import add, answers, open_with, spans


@pytest.fixture
def encoder() -> HashEncoder:
    return HashEncoder()


@pytest.fixture
def store(tmp_path: Path, encoder: HashEncoder) -> EmbeddedStore:
    store = open_with(tmp_path / "c", encoder)
    add(store, encoder)
    return store


def flip(path: Path, place: int = -1) -> None:
    data = bytearray(path.read_bytes())
    data[place] ^= 0xFF
    path.write_bytes(bytes(data))


@pytest.mark.parametrize("array", ["dense", "codes", "offsets", "posting_rows", "terms", "rows"])
def test_flipped_bytes_are_named_and_mended_from_the_texts(
    store: EmbeddedStore, encoder: HashEncoder, array: str
) -> None:
    before = answers(store, encoder)
    assert examine(store, encoder) == []
    path = min((store.folder / SEGMENTS).glob(f"*.{array}.npy"))
    flip(path)
    findings = examine(store, encoder)
    assert [(f.kind, path.name in f.message) for f in findings] == [("damaged_file", True)]
    done = repair(store, encoder, findings)
    assert done.remaining == ()
    assert done.segments == (path.name.split(".")[0],)
    assert answers(store, encoder) == before
    assert answers(open_with(store.folder, encoder), encoder) == before


def test_a_missing_segment_is_mended_where_nothing_can_be_opened(store: EmbeddedStore, encoder: HashEncoder) -> None:
    before = answers(store, encoder)
    store.close()
    for path in (store.folder / SEGMENTS).glob("*.npy"):
        path.unlink()
    broken = open_with(store.folder, encoder)
    with pytest.raises(CorruptStore, match="doctor --repair"):
        broken.snapshot()
    assert repair(broken, encoder, examine(broken, encoder)).remaining == ()
    assert answers(broken, encoder) == before


def test_degenerate_and_missing_vectors_are_found(tmp_path: Path) -> None:
    class Broken(HashEncoder):
        def _encode(self, text):  # type: ignore[no-untyped-def]
            made = super()._encode(text)
            if "lynx" in text.lower():
                return type(made)(made.sentence * 0, made.tokens[:1], made.token_ids[:1], made.token_spans[:1])
            return made

    store = open_with(tmp_path / "c", HashEncoder())
    add(store, Broken(), ("lynx", "otter"))
    findings = examine(store, HashEncoder())
    assert {f.kind for f in findings} == {"degenerate_vector", "missing_vector"}
    assert repair(store, HashEncoder(), findings).remaining == ()


def test_an_encoder_that_reads_nothing_is_found_by_its_equal_vectors(tmp_path: Path) -> None:
    class Deaf(HashEncoder):
        def _encode(self, text):  # type: ignore[no-untyped-def]
            made, fixed = super()._encode(text), super()._encode("same")
            return type(made)(fixed.sentence, made.tokens, made.token_ids, made.token_spans)

    store = open_with(tmp_path / "c", HashEncoder())
    add(store, Deaf())
    assert "duplicate_vector" in {f.kind for f in examine(store, HashEncoder())}


def test_what_is_longer_than_the_encoder_reads_is_found(store: EmbeddedStore) -> None:
    short = HashEncoder(max_tokens=5)
    assert {f.kind for f in examine(store, short)} == {"truncated_chunk"}


def test_a_changed_text_is_found_and_not_mended(store: EmbeddedStore, encoder: HashEncoder) -> None:
    store.connection.execute("UPDATE documents SET text = replace(text, 'river', 'ocean') WHERE source = 'newt.md'")
    findings = examine(store, encoder)
    assert [(f.kind, "newt.md" in f.message) for f in findings] == [("text_changed", True)]
    assert [f.kind for f in repair(store, encoder, findings).remaining] == ["text_changed"]


def test_a_damaged_database_needs_a_backup(store: EmbeddedStore, encoder: HashEncoder) -> None:
    store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # else the log would heal the pages
    store.close()
    path = store.folder / DATABASE
    data = bytearray(path.read_bytes())
    for page in range(8, len(data) // 4096):  # past the schema, so that it still opens
        data[page * 4096 : page * 4096 + 8] = b"\xff" * 8
    path.write_bytes(bytes(data))

    def mend() -> None:
        broken = open_with(store.folder, encoder)
        repair(broken, encoder, examine(broken, encoder))

    with pytest.raises(CorruptStore) as refused:
        mend()
    assert "backup" in refused.value.fix


def test_the_inverted_file_is_checked_and_built_again(
    store: EmbeddedStore, encoder: HashEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    exact = answers(store, encoder)
    for module in (nearest, __import__("indexing.stores.snapshot", fromlist=["snapshot"])):
        monkeypatch.setattr(module, "IVF_FROM", 10)
    assert [f.kind for f in examine(store, encoder)] == ["stale_cache"]
    assert repair(store, encoder, examine(store, encoder)).remaining == ()
    assert store.snapshot().approximate
    assert spans(answers(store, encoder)) == spans(exact)  # all lists are probed in so small a collection
    assert dense_recall(store.snapshot()) > 0.9
    flip(store.folder / CACHE / "dense.faiss", 400)
    reopened = open_with(store.folder, encoder)
    assert [f.kind for f in examine(reopened, encoder)] == ["damaged_cache"]
    assert not reopened.snapshot().approximate
    assert answers(reopened, encoder) == exact


def test_low_recall_is_found(store: EmbeddedStore, encoder: HashEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (nearest, __import__("indexing.stores.snapshot", fromlist=["snapshot"])):
        monkeypatch.setattr(module, "IVF_FROM", 10)
    with store.writing():
        store.build_caches()
    monkeypatch.setattr(doctor, "dense_recall", lambda snapshot: 0.5)
    assert [f.kind for f in examine(store, encoder)] == ["low_recall"]


def test_rows_behind_the_inverted_file_are_found(
    store: EmbeddedStore, encoder: HashEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (nearest, __import__("indexing.stores.snapshot", fromlist=["snapshot"])):
        monkeypatch.setattr(module, "IVF_FROM", 10)
    with store.writing():
        store.build_caches()
    monkeypatch.setattr(nearest, "STALE_SHARE", 0.9)
    add(store, encoder, ("walrus",))
    snapshot = store.snapshot()
    assert snapshot.approximate
    query = encoder.encode_query("the walrus sleeps").sentence
    rows, scores = snapshot.dense_search(query, 5)
    everything = snapshot.dense_vectors(np.arange(len(snapshot))) @ query
    assert len(set(rows.tolist())) == 5
    assert snapshot.chunks([int(rows[0])])[int(rows[0])].source == "walrus.md"
    np.testing.assert_allclose(scores[0], everything.max(), rtol=1e-5)
