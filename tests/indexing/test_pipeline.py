from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import NotFound, RefusedToEmpty
from core.settings import IngestSettings
from core.types import IngestReport
from indexing.chunking.outline_chunker import OutlineChunker
from indexing.doctor import examine
from indexing.pipeline import Ingest
from indexing.stores.embedded import SEGMENTS, EmbeddedStore
from tests.bundled import encoder


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "a.md").write_text("# Gears\n\nA gear is a wheel with teeth.\n")
    (folder / "b.txt").write_text("What is a cog?\n- A tooth of a wheel.\n")
    return folder


@pytest.fixture
def store(tmp_path: Path) -> EmbeddedStore:
    chunker = OutlineChunker(encoder().token_offsets, 64)
    return EmbeddedStore(
        "default",
        tmp_path / "store",
        encoder_fingerprint=encoder().fingerprint,
        chunker_fingerprint=chunker.fingerprint,
        token_dimension=encoder().token_dimension,
    )


def ingest(store: EmbeddedStore) -> Ingest:
    return Ingest(store, encoder(), OutlineChunker(encoder().token_offsets, 64), IngestSettings())


def states(report: IngestReport) -> dict[str, str]:
    return {document.source: document.state for document in report.documents}


def test_only_what_changed_is_indexed_again(store: EmbeddedStore, notes: Path) -> None:
    assert states(ingest(store).run([str(notes)])) == {"notes/a.md": "indexed", "notes/b.txt": "indexed"}
    (notes / "a.md").write_text("# Gears\n\nA gear turns.\n")
    (notes / "b.txt").unlink()
    (notes / "c.txt").write_text("What is a belt?\n- A band.\n")
    report = ingest(store).run([str(notes)])
    assert states(report) == {"notes/a.md": "indexed", "notes/b.txt": "removed", "notes/c.txt": "indexed"}
    again = ingest(store).run([str(notes)])
    assert set(states(again).values()) == {"unchanged"}
    assert again.generation == report.generation


def test_another_source_leaves_documents_alone(store: EmbeddedStore, notes: Path, tmp_path: Path) -> None:
    ingest(store).run([str(notes)])
    other = tmp_path / "other.txt"
    other.write_text("What is a rope?\n- Twisted yarn.\n")
    assert states(ingest(store).run([str(other)])) == {"other.txt": "indexed"}
    assert len(store.snapshot().documents()) == 3


def test_an_emptied_source_is_refused_unless_meant(store: EmbeddedStore, notes: Path) -> None:
    ingest(store).run([str(notes)])
    for path in notes.iterdir():
        path.unlink()
    with pytest.raises(RefusedToEmpty, match="--allow-empty"):
        ingest(store).run([str(notes)])
    assert len(store.snapshot().documents()) == 2
    assert set(states(ingest(store).run([str(notes)], allow_empty=True)).values()) == {"removed"}
    assert store.snapshot().documents() == []


def test_bad_files_are_refused_with_a_reason_and_the_rest_goes_on(store: EmbeddedStore, notes: Path) -> None:
    (notes / "empty.txt").write_bytes(b"")
    (notes / "binary.bin").write_bytes(bytes(range(256)) * 20)
    report = ingest(store).run([str(notes)])
    reasons = {d.source: d.reason for d in report.documents if d.state == "refused"}
    assert reasons["notes/empty.txt"] == "empty"
    assert "notes/binary.bin" in reasons
    assert len(store.snapshot().documents()) == 2


def test_a_cancelled_ingest_removes_nothing_and_can_go_on(store: EmbeddedStore, notes: Path) -> None:
    ingest(store).run([str(notes)])
    (notes / "a.md").unlink()
    stopped = ingest(store).run([str(notes)], cancelled=lambda: True)
    assert stopped.documents == ()
    assert len(store.snapshot().documents()) == 2
    assert states(ingest(store).run([str(notes)]))["notes/a.md"] == "removed"


def test_a_missing_source_is_named(store: EmbeddedStore) -> None:
    with pytest.raises(NotFound, match="nowhere"):
        ingest(store).run(["/nowhere"])


def test_the_doctor_finds_flipped_bytes(store: EmbeddedStore, notes: Path) -> None:
    ingest(store).run([str(notes)])
    assert examine(store, encoder()) == []
    path = next((store.folder / SEGMENTS).glob("*.codes.npy"))
    data = bytearray(path.read_bytes())
    data[-1] ^= 0xFF
    path.write_bytes(bytes(data))
    assert [f.kind for f in examine(store, encoder())] == ["damaged_file"]
