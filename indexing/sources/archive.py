"""Members of ZIP files, unpacked in memory one at a time and never to disk."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Iterator
from functools import partial

from core.errors import UnreadableDocument
from core.settings import IngestSettings
from indexing.parsing.media_types import ZIP, suffix
from indexing.parsing.reasons import reading, unreadable
from indexing.parsing.zip_limits import check_bomb
from indexing.sources.folder import is_skipped
from indexing.sources.item import SourceItem, refused, shown_name

OFFICE_MARKER = "[Content_Types].xml"


def unpack(item: SourceItem, settings: IngestSettings) -> Iterator[SourceItem]:
    """Members of the item where it is a ZIP file by name, else the item itself.

    A refused archive gives one refused item. Other formats that are ZIP files inside (office files, models, arrays) go
    by other names and are left to the parser.
    """
    if item.reason is not None or suffix(item.name) != ".zip":
        yield item
        return
    try:
        data = item.read()
        if is_office_file(data):
            yield item
            return
        yield from Unpacking(item.origin, settings).members(data, item.source, depth=0)
    except UnreadableDocument as error:
        yield refused(item.source, item.origin, error)


def is_office_file(data: bytes) -> bool:
    """Whether a ZIP file is an office file under a wrong name."""
    if not data.startswith(ZIP):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return OFFICE_MARKER in archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False  # opening it again as an archive says what is wrong


class Unpacking:
    """Walk through one archive and those in it, which share its limits."""

    def __init__(self, origin: str, settings: IngestSettings) -> None:
        self.origin, self.settings = origin, settings
        self._files = 0
        self._bytes = 0

    def members(self, data: bytes, source: str, depth: int) -> Iterator[SourceItem]:
        """Items of an archive's members in its order.

        Raises
        ------
        UnreadableDocument
            Where the archive as a whole is refused.
        """
        with reading(source, "broken_archive"):
            archive = zipfile.ZipFile(io.BytesIO(data))
        infos = [info for info in archive.infolist() if not info.is_dir()]
        self._count(source, infos)
        for info in infos:
            parts = info.filename.replace("\\", "/").split("/")
            label = f"{source}/" + "/".join(shown_name(part) for part in parts if part not in ("", ".", ".."))
            error = self._refusal(info, parts, label)
            if error is not None:
                yield refused(label, self.origin, error)
            elif any(is_skipped(part) for part in parts):
                continue
            elif suffix(parts[-1]) == ".zip":
                yield from self._nested(archive, info, label, depth)
            else:
                name = label.rsplit("/", 1)[-1]
                yield SourceItem(label, self.origin, name, load=partial(read_member, archive, info, label))

    def _count(self, source: str, infos: list[zipfile.ZipInfo]) -> None:
        """Hold the archive against all limits before any member is unpacked."""
        self._files += len(infos)
        self._bytes += sum(info.file_size for info in infos)
        if self._files > self.settings.max_archive_files:
            limit = self.settings.max_archive_files
            raise unreadable("too_many_files", f"{source} brings {self._files} files, over the limit of {limit}")
        check_bomb(source, infos)
        if self._bytes > self.settings.max_archive_bytes:
            limit = self.settings.max_archive_bytes
            raise unreadable("too_large", f"{source} unpacks to {self._bytes} bytes, over the limit of {limit}")

    def _refusal(self, info: zipfile.ZipInfo, parts: list[str], label: str) -> UnreadableDocument | None:
        """Why a member is not read, or None."""
        is_absolute = parts[0] == "" or parts[0].endswith(":")
        if is_absolute or ".." in parts:
            return unreadable("unsafe_archive", f"{label} is named {info.filename!r}, which leads out of the archive")
        if stat.S_ISLNK(info.external_attr >> 16):
            return unreadable("not_permitted", f"{label} is a link")
        if info.flag_bits & 1:
            return unreadable("encrypted_file", f"{label} is encrypted")
        if info.file_size > self.settings.max_file_bytes:
            limit = self.settings.max_file_bytes
            return unreadable("too_large", f"{label} has {info.file_size} bytes, over the limit of {limit}")
        return None

    def _nested(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo, label: str, depth: int) -> Iterator[SourceItem]:
        """Items of an archive in an archive; one more level is refused."""
        try:
            if depth:
                raise unreadable("unsafe_archive", f"{label} is an archive in an archive in an archive")
            yield from self.members(read_member(archive, info, label), label, depth + 1)
        except UnreadableDocument as error:
            yield refused(label, self.origin, error)


def read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, label: str) -> bytes:
    """Unpack one member; `zipfile` checks its length and checksum."""
    with reading(label, "broken_archive"):
        return archive.read(info)
