from __future__ import annotations

import pytest

from indexing.sources.upload import from_upload


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("notes.md", "notes.md"),
        ("../../etc/notes.md", "notes.md"),
        ("C:\\Users\\me\\notes.md", "notes.md"),
        ("/", "upload"),
        ("..", "upload"),
        ("", "upload"),
        ("a\0b\n.txt", "ab.txt"),
        ("caf\udce9.txt", "caf\\xe9.txt"),
    ],
)
def test_only_the_last_component_is_kept(name: str, source: str) -> None:
    item = from_upload(name, b"data")
    assert (item.source, item.name, item.origin, item.read()) == (source, source, "upload:", b"data")
