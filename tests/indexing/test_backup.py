"""Backups are consistent, give the same results back, and are refused when anything about them is off."""

from __future__ import annotations

import io
import json
import tarfile
import threading
from pathlib import Path

import pytest

from core.errors import Conflict, CorruptStore, NotFound
from indexing.backup import MANIFEST, backup, restore
from indexing.collections import Collections
from indexing.doctor import examine
from indexing.stores.embedded import SEGMENTS, EmbeddedStore
from tests.indexing.hash_encoder import HashEncoder
from tests.indexing.upkeep import ANIMALS, add, answers, open_with


@pytest.fixture
def encoder() -> HashEncoder:
    return HashEncoder()


def made(home: Path, encoder: HashEncoder, name: str = "default") -> EmbeddedStore:
    store = open_with(home / "collections" / name, encoder, name=name)
    add(store, encoder)
    return store


def test_a_round_trip_gives_the_same_bytes_of_results(tmp_path: Path, encoder: HashEncoder) -> None:
    store = made(tmp_path / "a", encoder)
    store.commit([], [store.snapshot().documents()[2].id])
    backup([store], tmp_path / "b.tar")
    assert restore(tmp_path / "b.tar", tmp_path / "other") == {"default": store.snapshot().generation}
    again = open_with(tmp_path / "other" / "collections" / "default", encoder)
    assert answers(again, encoder) == answers(store, encoder)
    assert again.snapshot().documents() == store.snapshot().documents()
    assert examine(again, encoder) == []
    add(again, encoder, ("walrus",))
    assert len(again.snapshot().documents()) == len(ANIMALS)


def test_equal_contents_give_equal_archives(tmp_path: Path, encoder: HashEncoder) -> None:
    store = made(tmp_path, encoder)
    for name in ("one.tar", "two.tar"):
        backup([store], tmp_path / name)
    assert (tmp_path / "one.tar").read_bytes() == (tmp_path / "two.tar").read_bytes()


def test_a_writer_goes_on_while_a_backup_is_taken(tmp_path: Path, encoder: HashEncoder) -> None:
    store = made(tmp_path, encoder)
    writer = open_with(store.folder, encoder)
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            add(writer, HashEncoder(), (f"beast{number % 3}", f"fowl{number}"))
            number += 1

    thread = threading.Thread(target=write)
    thread.start()
    try:
        for number in range(4):
            backup([store], tmp_path / f"{number}.tar")
    finally:
        stop.set()
        thread.join()
    for number in range(4):
        restore(tmp_path / f"{number}.tar", tmp_path / f"home{number}")
        restored = open_with(tmp_path / f"home{number}" / "collections" / "default", encoder)
        assert examine(restored, encoder) == []
        sources = {d.source for d in restored.snapshot().documents()}
        assert {f"{animal}.md" for animal in ANIMALS} <= sources


def test_a_restore_under_another_name_keeps_ids_unique(tmp_path: Path, encoder: HashEncoder) -> None:
    store = made(tmp_path, encoder)
    backup([store], tmp_path / "b.tar")
    restore(tmp_path / "b.tar", tmp_path, name="copy")
    copy = open_with(tmp_path / "collections" / "copy", encoder, name="copy")
    ids = [{d.id for d in s.snapshot().documents()} for s in (store, copy)]
    assert len(ids[0]) == len(ids[1])
    assert not ids[0] & ids[1]
    chunk = copy.snapshot().chunks([0])[0]
    assert chunk.id == f"{chunk.document_id}-{chunk.start}-{chunk.end}"
    add(copy, encoder)  # the same sources: nothing is added
    assert {d.id for d in copy.snapshot().documents()} == ids[1]


def test_what_exists_is_never_overwritten(tmp_path: Path, encoder: HashEncoder) -> None:
    store = made(tmp_path, encoder)
    backup([store], tmp_path / "b.tar")
    with pytest.raises(Conflict):
        backup([store], tmp_path / "b.tar")
    with pytest.raises(Conflict, match="--as"):
        restore(tmp_path / "b.tar", tmp_path)
    with pytest.raises(NotFound, match="nope"):
        restore(tmp_path / "b.tar", tmp_path / "other", only="nope")
    with pytest.raises(NotFound):
        restore(tmp_path / "c.tar", tmp_path)
    assert not list((tmp_path / "other" / "collections").iterdir())


@pytest.mark.parametrize("share", [0.0, 0.1, 0.35, 0.5, 0.75, 0.9, 0.999])
def test_a_flipped_byte_anywhere_is_refused(tmp_path: Path, encoder: HashEncoder, share: float) -> None:
    store = open_with(tmp_path / "s", encoder)
    add(store, encoder, ("otter",))
    backup([store], tmp_path / "b.tar")
    data = bytearray((tmp_path / "b.tar").read_bytes())
    end = data.rstrip(b"\0")  # what follows is tar's padding
    data[int(share * (len(end) - 1))] ^= 0x41
    (tmp_path / "b.tar").write_bytes(bytes(data))
    home = tmp_path / "h"
    try:
        restore(tmp_path / "b.tar", home)
    except CorruptStore:
        assert not list((home / "collections").iterdir())
    else:  # a bit that tar itself does not use: what came back must be whole
        restored = open_with(home / "collections" / "default", encoder)
        assert answers(restored, encoder) == answers(store, encoder)


def test_a_truncated_archive_is_refused(tmp_path: Path, encoder: HashEncoder) -> None:
    store = open_with(tmp_path / "s", encoder)
    add(store, encoder, ("otter",))
    backup([store], tmp_path / "b.tar")
    data = (tmp_path / "b.tar").read_bytes()
    for size in (0, 100, 600, len(data) // 2, len(data) - 12_000):
        (tmp_path / "cut.tar").write_bytes(data[:size])
        with pytest.raises(CorruptStore, match="damaged or no backup"):
            restore(tmp_path / "cut.tar", tmp_path / "h")


def archive(path: Path, members: list[tuple[tarfile.TarInfo, bytes]]) -> Path:
    with tarfile.open(path, "w") as tar:
        for info, data in members:
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return path


def manifest(*names: str) -> tuple[tarfile.TarInfo, bytes]:
    digest = "0" * 64
    members = [{"name": name, "size": 4, "sha256": digest} for name in names]
    return tarfile.TarInfo(MANIFEST), json.dumps({"format": 1, "collections": {"c": 1}, "members": members}).encode()


@pytest.mark.parametrize(
    "name",
    ["../evil", "/etc/evil", "c/../../evil", "c/segments/../../../evil", "c/evil.sh", "c/segments/1.dense.npy/x"],
)
def test_names_that_lead_out_are_refused(tmp_path: Path, name: str) -> None:
    for listed in (True, False):
        members = [manifest(*([name] if listed else [])), (tarfile.TarInfo(name), b"evil")]
        file = archive(tmp_path / f"{listed}.tar", members)
        with pytest.raises(CorruptStore):
            restore(file, tmp_path / "home" / "deep")
    assert not list(tmp_path.rglob("*evil*"))


def test_links_are_refused(tmp_path: Path) -> None:
    link = tarfile.TarInfo("c/vouch.sqlite")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    with pytest.raises(CorruptStore):
        restore(archive(tmp_path / "l.tar", [manifest("c/vouch.sqlite"), (link, b"")]), tmp_path / "home")


def test_a_damaged_collection_is_not_backed_up(tmp_path: Path, encoder: HashEncoder) -> None:
    store = made(tmp_path, encoder)
    path = next((store.folder / SEGMENTS).glob("*.codes.npy"))
    path.write_bytes(path.read_bytes()[:-1] + b"\x55")
    with pytest.raises(CorruptStore, match="repair"):
        backup([store], tmp_path / "b.tar")
    assert not (tmp_path / "b.tar").exists()
    assert not list(tmp_path.glob(".backup-*"))


def test_a_restore_in_progress_is_no_collection(tmp_path: Path, encoder: HashEncoder) -> None:
    made(tmp_path, encoder)
    open_with(tmp_path / "collections" / ".restoring-x", encoder)
    listed = Collections(tmp_path, lambda name, folder, readonly: open_with(folder, encoder), None)
    assert listed.names() == ["default"]
