"""A disk in memory that is fed the trace of a writer and can lose power at any instant.

A write is durable once its file is synced, a rename or removal once its folder is; a new file's name with the file's first
sync, as ext4 and XFS have it. At a loss of power each file keeps a random part of what was not durable, the last write torn,
and each folder a random part of its pending changes; at a kill nothing is lost.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Change:
    """One record of the trace."""

    kind: str
    path: str
    offset: int
    data: bytes


def read_trace(file: Path) -> Iterator[Change]:
    data, place = file.read_bytes(), 0
    while place < len(data):
        kind, length = struct.unpack_from("<cI", data, place)
        place += 5
        path = data[place : place + length].decode()
        place += length
        offset, size = struct.unpack_from("<qI", data, place)
        place += 12
        yield Change(kind.decode(), path, offset, data[place : place + size])
        place += size


@dataclass
class File:
    """Durable bytes, and the changes since the last sync."""

    durable: bytearray = field(default_factory=bytearray)
    pending: list[tuple[str, int, bytes]] = field(default_factory=list)

    def sync(self) -> None:
        self.durable = self.after(len(self.pending))
        self.pending = []

    def after(self, count: int, torn: int | None = None) -> bytearray:
        """Bytes when `count` pending changes have reached the disk, the last one cut to `torn` bytes."""
        content = bytearray(self.durable)
        for number, (kind, offset, data) in enumerate(self.pending[:count]):
            if kind == "T":
                del content[offset:]
                content.extend(bytes(offset - len(content)))
                continue
            part = data if torn is None or number < count - 1 else data[:torn]
            content.extend(bytes(max(0, offset - len(content))))
            content[offset : offset + len(part)] = part
        return content


class Disk:
    """Files below a folder by path."""

    def __init__(self) -> None:
        self.durable: dict[str, File] = {}
        self.pending: list[tuple[str, str, File | str | None]] = []
        self.names: dict[str, File] = {}

    def apply(self, change: Change) -> None:
        if change.kind == "C":
            self.names[change.path] = File()
            self.pending.append(("C", change.path, self.names[change.path]))
        elif change.kind in "WT":
            file = self.names.setdefault(change.path, File())
            file.pending.append((change.kind, change.offset, change.data))
        elif change.kind == "S" and change.path in self.names:
            file = self.names[change.path]
            file.sync()
            self._settle(lambda item: item[0] == "C" and item[2] is file)
        elif change.kind == "S":
            self._settle(lambda item: str(Path(item[1]).parent) == change.path)
        elif change.kind == "R":
            to = change.data.decode()
            self.names[to] = self.names.pop(change.path)
            self.pending.append(("R", change.path, to))
        elif change.kind == "U":
            self.names.pop(change.path, None)
            self.pending.append(("U", change.path, None))

    def _settle(self, chosen) -> None:  # type: ignore[no-untyped-def]
        rest = []
        for item in self.pending:
            if chosen(item):
                self._name(self.durable, item)
            else:
                rest.append(item)
        self.pending = rest

    @staticmethod
    def _name(names: dict[str, File], item: tuple[str, str, File | str | None]) -> None:
        kind, path, what = item
        if kind == "C":
            assert isinstance(what, File)
            names[path] = what
        elif kind == "U":
            names.pop(path, None)
        elif path in names:
            assert isinstance(what, str)
            names[what] = names.pop(path)

    def killed(self) -> dict[str, bytes]:
        """What is there after the process died and the machine did not."""
        return {path: bytes(file.after(len(file.pending))) for path, file in self.names.items()}

    def powerless(self, rng: random.Random) -> dict[str, bytes]:
        """What is there after a loss of power."""
        names = dict(self.durable)
        for item in self.pending[: rng.randint(0, len(self.pending))]:
            self._name(names, item)
        left = {}
        for path, file in names.items():
            count = rng.choice([0, len(file.pending), rng.randint(0, len(file.pending))])
            last = len(file.pending[count - 1][2]) if count else 0
            left[path] = bytes(file.after(count, rng.choice([None, rng.randint(0, last)])))
        return left
