from __future__ import annotations

import io
import stat
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import UnreadableDocument
from core.settings import IngestSettings
from indexing.parsing.base import REASONS
from indexing.sources.archive import unpack
from indexing.sources.item import SourceItem
from indexing.sources.upload import from_upload

SETTINGS = IngestSettings()


def packed(members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def unpacked(data: bytes, settings: IngestSettings = SETTINGS) -> dict[str, str | bytes]:
    items = list(unpack(from_upload("a.zip", data), settings))
    return {item.source: item.reason or item.read() for item in items}


def test_members_without_hidden_ones() -> None:
    data = packed({"deep/x.txt": b"x", "y.md": b"y", "__MACOSX/y.md": b"", ".git/z": b"", "deep/.DS_Store": b""})
    assert unpacked(data) == {"a.zip/deep/x.txt": b"x", "a.zip/y.md": b"y"}


@pytest.mark.parametrize(
    "name", ["../up.txt", "a/../../up.txt", "/etc/up.txt", "C:\\up.txt", "..\\up.txt", "\\\\host\\up.txt"]
)
def test_names_that_lead_out_are_refused_and_the_rest_read(name: str) -> None:
    found = unpacked(packed({name: b"x", "good.txt": b"good"}))
    assert found.pop("a.zip/good.txt") == b"good"
    ((label, reason),) = found.items()
    assert reason == "unsafe_archive"
    assert ".." not in label.split("/")
    assert label.startswith("a.zip/")


def test_bomb_by_ratio() -> None:
    assert unpacked(packed({"zeros.txt": bytes(11_000_000), "good.txt": b"x"})) == {"a.zip": "unsafe_archive"}
    assert unpacked(packed({"zeros.txt": bytes(9_000_000)})) == {"a.zip/zeros.txt": bytes(9_000_000)}


def test_total_and_number_are_limited() -> None:
    data = packed({f"{n}.txt": b"x" * 100 for n in range(5)})
    assert unpacked(data, IngestSettings(max_archive_bytes=499)) == {"a.zip": "too_large"}
    assert unpacked(data, IngestSettings(max_archive_files=4)) == {"a.zip": "too_many_files"}
    assert len(unpacked(data, IngestSettings(max_archive_files=5, max_archive_bytes=500))) == 5


def test_nested_archives_share_the_limits() -> None:
    inner = packed({f"{n}.txt": b"x" * 100 for n in range(3)}, zipfile.ZIP_STORED)
    data = packed({"one.zip": inner, "two.zip": inner})
    found = unpacked(data, IngestSettings(max_archive_files=6))
    assert found["a.zip/one.zip/0.txt"] == b"x" * 100
    assert found["a.zip/two.zip"] == "too_many_files"
    found = unpacked(data, IngestSettings(max_archive_bytes=2 * len(inner) + 599))
    assert found["a.zip/one.zip/2.txt"] == b"x" * 100
    assert found["a.zip/two.zip"] == "too_large"


def test_one_level_of_nesting() -> None:
    innermost = packed({"x.txt": b"x"})
    data = packed({"in.zip": packed({"y.txt": b"y", "deeper.zip": innermost})})
    assert unpacked(data) == {"a.zip/in.zip/y.txt": b"y", "a.zip/in.zip/deeper.zip": "unsafe_archive"}


def test_large_member_is_refused_alone() -> None:
    data = packed({"large.txt": b"x" * 101, "small.txt": b"x"})
    # The archive as an upload is not held against the limit on files.
    assert unpacked(data, IngestSettings(max_file_bytes=100)) == {
        "a.zip/large.txt": "too_large",
        "a.zip/small.txt": b"x",
    }


def test_links_are_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        info = zipfile.ZipInfo("link.txt")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    assert unpacked(buffer.getvalue()) == {"a.zip/link.txt": "not_permitted"}


def test_encrypted_member() -> None:
    data = bytearray(packed({"x.txt": b"x"}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):  # the flag in both headers
        data[data.index(signature) + offset] |= 1
    assert unpacked(bytes(data)) == {"a.zip/x.txt": "encrypted_file"}


def test_damage() -> None:
    assert unpacked(b"no archive") == {"a.zip": "broken_archive"}
    data = packed({"x.txt": b"text to be damaged", "y.txt": b"y"}, zipfile.ZIP_STORED).replace(b"damaged", b"DAMAGED")
    first, second = unpack(from_upload("a.zip", data), SETTINGS)
    with pytest.raises(UnreadableDocument) as caught:
        first.read()
    assert caught.value.reason == "broken_archive"
    assert second.read() == b"y"


def test_office_files_and_other_names_are_left_alone() -> None:
    office = packed({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"})
    arrays = packed({"array.npy": b"\x93NUMPY"})
    for name, data in (("a.zip", office), ("a.docx", office), ("a.npz", arrays)):
        item = from_upload(name, data)
        assert list(unpack(item, SETTINGS)) == [item]


def test_refused_items_stay_refused() -> None:
    item = SourceItem("a.zip", "/a.zip", "a.zip", reason="too_large", message="a.zip is too large")
    assert list(unpack(item, SETTINGS)) == [item]
    with pytest.raises(UnreadableDocument, match="too large"):
        item.read()


@given(st.data())
def test_damaged_archives_never_raise_but_when_read(data: st.DataObject) -> None:
    content = bytearray(packed({"x.txt": b"some text", "deep/y.zip": packed({"z.txt": b"z"})}))
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    for item in unpack(from_upload("a.zip", bytes(content)), SETTINGS):
        reason: str | None = item.reason
        if reason is None:
            try:
                item.read()
            except UnreadableDocument as error:
                reason = error.reason
        assert reason is None or reason in REASONS
