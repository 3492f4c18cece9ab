"""A migration can be stopped, catches up with writers, switches in one step, and leaves readers what they hold."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from core.errors import CorruptStore, FingerprintMismatch
from indexing.doctor import examine
from indexing.migrate import SHADOW, migrate
from indexing.stores.embedded import EmbeddedStore
from tests.contracts.test_embedded_store import open_store
from tests.indexing.hash_encoder import HashEncoder
from tests.indexing.upkeep import ANIMALS, add, answers, chunker_for, open_with, spans

OLD, NEW = "old", "new"


@pytest.fixture
def store(tmp_path: Path) -> EmbeddedStore:
    store = open_with(tmp_path / "c", HashEncoder(OLD))
    add(store, HashEncoder(OLD))
    return store


def fresh(folder: Path, encoder: HashEncoder, animals: tuple[str, ...] = ANIMALS, tokens: int = 32) -> EmbeddedStore:
    store = open_with(folder, encoder, tokens)
    add(store, encoder, animals, tokens)
    return store


@pytest.mark.parametrize(("dimension", "tokens"), [(256, 32), (320, 32), (64, 16), (256, 16)])
def test_the_new_generation_is_what_indexing_afresh_gives(
    store: EmbeddedStore, tmp_path: Path, dimension: int, tokens: int
) -> None:
    encoder = HashEncoder(NEW, dimension)
    before = answers(store, HashEncoder(OLD))
    held = store.snapshot()
    done = migrate("default", store.folder, encoder, chunker_for(encoder, tokens))
    assert done.switched
    assert done.documents == len(ANIMALS)
    migrated = open_with(store.folder, encoder, tokens)
    expected = fresh(tmp_path / "fresh", encoder, tokens=tokens)
    assert spans(answers(migrated, encoder)) == spans(answers(expected, encoder))
    assert [d.model_copy(update={"collection": ""}) for d in migrated.snapshot().documents()] == [
        d.model_copy(update={"collection": ""}) for d in expected.snapshot().documents()
    ]
    assert examine(migrated, encoder) == []
    assert not (store.folder / SHADOW).exists()
    # the reader that was there keeps its generation, and is refused the new one
    assert len(held.documents()) == len(ANIMALS)
    assert held.chunks([0])[0].text
    with pytest.raises(FingerprintMismatch, match="migrate"):
        store.snapshot()
    assert before
    held.release()
    migrated.maintain()
    assert spans(answers(migrated, encoder)) == spans(answers(expected, encoder))
    add(migrated, encoder, ("walrus",), tokens)
    assert len(migrated.snapshot().documents()) == len(ANIMALS) + 1


def test_the_same_settings_change_nothing(store: EmbeddedStore) -> None:
    encoder = HashEncoder(OLD)
    generation = store.snapshot().generation
    done = migrate("default", store.folder, encoder, chunker_for(encoder))
    assert (done.switched, done.generation) == (False, generation)


def test_a_stopped_migration_goes_on_without_encoding_again(
    store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexing.migrate.BATCH_CHARACTERS", 1)  # a document a batch
    encoder, calls = HashEncoder(NEW), 0

    def stop() -> bool:
        nonlocal calls
        calls += 1
        return calls > 3

    assert not migrate("default", store.folder, encoder, chunker_for(encoder), cancelled=stop).switched
    assert answers(store, HashEncoder(OLD))  # the old index is in use as before
    first = len(encoder.encoded)
    assert first > 0
    assert migrate("default", store.folder, encoder, chunker_for(encoder)).switched
    assert len(encoder.encoded) == len(set(encoder.encoded)) > first


def test_what_is_written_meanwhile_is_in_the_new_generation(store: EmbeddedStore, tmp_path: Path) -> None:
    encoder, writer = HashEncoder(NEW), open_with(store.folder, HashEncoder(OLD))
    written = False

    def write_once(done: int, total: int, what: str) -> None:
        nonlocal written
        if not written:
            written = True
            add(writer, HashEncoder(OLD), ("walrus",))
            gone = next(d.id for d in writer.snapshot().documents() if d.source == "lynx.md")
            writer.commit([], [gone])

    assert migrate("default", store.folder, encoder, chunker_for(encoder), progress=write_once).switched
    sources = {d.source for d in open_with(store.folder, encoder).snapshot().documents()}
    assert sources == {f"{a}.md" for a in (*ANIMALS, "walrus") if a != "lynx"}


def test_a_failed_switch_leaves_the_old_generation(store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch) -> None:
    before = answers(store, HashEncoder(OLD))

    def fail(*arguments: object) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    encoder = HashEncoder(NEW)
    monkeypatch.setattr("indexing.migrate.database.write_meta", fail)
    with pytest.raises(sqlite3.OperationalError):
        migrate("default", store.folder, encoder, chunker_for(encoder))
    monkeypatch.undo()
    assert answers(open_with(store.folder, HashEncoder(OLD)), HashEncoder(OLD)) == before
    assert migrate("default", store.folder, encoder, chunker_for(encoder)).switched


def test_a_new_generation_that_is_not_sound_is_not_switched_to(store: EmbeddedStore) -> None:
    class Cutting(HashEncoder):
        def encode_documents(self, texts, progress=None):  # type: ignore[no-untyped-def]
            made = super().encode_documents(texts, progress)
            return [type(m)(m.sentence, m.tokens[:-1], m.token_ids[:-1], m.token_spans[:-1]) for m in made]

    with pytest.raises(CorruptStore, match="token vectors"):
        migrate("default", store.folder, Cutting(NEW), chunker_for(Cutting(NEW)))
    assert len(open_with(store.folder, HashEncoder(OLD)).snapshot().documents()) == len(ANIMALS)


def test_a_shadow_of_other_settings_is_begun_anew(store: EmbeddedStore) -> None:
    open_store(store.folder / SHADOW).close()
    encoder = HashEncoder(NEW)
    assert migrate("default", store.folder, encoder, chunker_for(encoder)).switched
