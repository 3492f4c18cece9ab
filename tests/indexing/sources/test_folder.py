from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.errors import UnreadableDocument
from indexing.sources.folder import walk
from indexing.sources.item import SourceItem


def walked(root: Path, max_bytes: int = 100) -> list[SourceItem]:
    return list(walk(root, "top", str(root), max_bytes))


def reasons(root: Path) -> dict[str, str | None]:
    return {item.source: item.reason for item in walked(root)}


def test_hidden_and_tool_folders_are_skipped(tmp_path: Path) -> None:
    for name in (".git/x", "node_modules/x", "__pycache__/x", ".venv/x", ".hidden", "kept/.x", "kept/x"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    assert [item.source for item in walked(tmp_path)] == ["top/kept/x"]


def test_order_is_sorted_and_depth_first(tmp_path: Path) -> None:
    for name in ("b.txt", "a/z.txt", "a/b/c.txt", "a.txt", "c.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).write_text("x")
    assert [item.source for item in walked(tmp_path)] == [
        "top/a/b/c.txt",
        "top/a/z.txt",
        "top/a.txt",
        "top/b.txt",
        "top/c.txt",
    ]


def test_reading_is_lazy_and_repeatable(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("first")
    (item,) = walked(tmp_path)
    (tmp_path / "a.txt").write_text("second")
    assert (item.read(), item.read()) == (b"second", b"second")


def test_large_file_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_bytes(b"x" * 101)
    (tmp_path / "b.txt").write_bytes(b"x" * 100)
    monkeypatch.setattr("os.open", None)
    assert reasons(tmp_path) == {"top/a.txt": "too_large", "top/b.txt": None}


def test_file_that_grew_or_went_since(tmp_path: Path) -> None:
    for name in ("gone", "grown", "replaced"):
        (tmp_path / name).write_text("x")
    gone, grown, replaced = walked(tmp_path)
    (tmp_path / "gone").unlink()
    (tmp_path / "grown").write_bytes(b"x" * 101)
    (tmp_path / "replaced").unlink()
    (tmp_path / "replaced").symlink_to("/etc/hostname")
    for item, reason in ((gone, "not_found"), (grown, "too_large"), (replaced, "not_permitted")):
        with pytest.raises(UnreadableDocument) as caught:
            item.read()
        assert caught.value.reason == reason


def test_links_out_of_the_folder_are_refused(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.txt").write_text("secret")
    root = tmp_path / "root"
    root.mkdir()
    (root / "file").symlink_to(outside / "secret.txt")
    (root / "folder").symlink_to(outside)
    (root / "relative").symlink_to("../outside/secret.txt")
    (root / "nowhere").symlink_to("no-such-file")
    assert reasons(root) == {
        "top/file": "not_permitted",
        "top/folder": "not_permitted",
        "top/nowhere": "not_found",
        "top/relative": "not_permitted",
    }


def test_loops_end_and_inner_links_bring_no_second_copy(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a.txt").write_text("a")
    (tmp_path / "deep" / "up").symlink_to(tmp_path)
    (tmp_path / "copy.txt").symlink_to("deep/a.txt")
    (tmp_path / "one").symlink_to("two")
    (tmp_path / "two").symlink_to("one")
    found = reasons(tmp_path)
    assert found == {"top/deep/a.txt": None, "top/one": "not_found", "top/two": "not_found"}


def test_links_into_skipped_folders_are_followed_once(tmp_path: Path) -> None:
    (tmp_path / ".data").mkdir()
    (tmp_path / ".data" / "a.txt").write_text("a")
    (tmp_path / "a.txt").symlink_to(".data/a.txt")
    (tmp_path / "all").symlink_to(".data")
    (tmp_path / "again").symlink_to(".data")
    assert {item.source: item.read() for item in walked(tmp_path)} == {"top/a.txt": b"a", "top/again/a.txt": b"a"}


def test_pipes_are_refused_and_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert reasons(tmp_path) == {"top/pipe": "unknown_type"}


def test_unreadable_file_and_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_text("a")
    (tmp_path / "deep").mkdir()
    (tmp_path / "z.txt").write_text("z")
    scandir = os.scandir

    def refuse(path: Path) -> object:
        if Path(path).name == "deep":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    # The permissions themselves do not bind a test that runs as root.
    monkeypatch.setattr(os, "scandir", refuse)
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path).name != "a.txt")
    assert reasons(tmp_path) == {"top/a.txt": "not_permitted", "top/deep": "not_permitted", "top/z.txt": None}


def test_name_that_is_no_utf_8(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9.txt")).write_text("a")
    (item,) = walked(tmp_path)
    assert (item.source, item.read()) == ("top/caf\\xe9.txt", b"a")
