"""Files and folders on disk."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from core.errors import UnreadableDocument
from indexing.parsing.reasons import unreadable
from indexing.sources.item import SourceItem, refused, shown_name

SKIPPED = frozenset({"node_modules", "__pycache__", "__MACOSX"})


def is_skipped(name: str) -> bool:
    """Whether a name is hidden, or that of a folder that tools fill.

    Examples
    --------
    >>> is_skipped(".git"), is_skipped("node_modules"), is_skipped("notes")
    (True, True, False)
    """
    return name.startswith(".") or name in SKIPPED


def walk(root: Path, source: str, origin: str, max_bytes: int) -> Iterator[SourceItem]:
    """Items of a file or of a folder and all below it, sorted by name; nothing is read before it is asked for."""
    if not root.is_dir():
        yield file_item(root.resolve(), source, origin, max_bytes)
        return
    yield from Walk(root.resolve(), origin, max_bytes).below(root.resolve(), source)


class Walk:
    """One walk through a folder that no link leads out of and no loop of links holds up."""

    def __init__(self, root: Path, origin: str, max_bytes: int) -> None:
        self.root, self.origin, self.max_bytes = root, origin, max_bytes
        self._entered: set[Path] = set()

    def below(self, folder: Path, source: str) -> Iterator[SourceItem]:
        """Items below a real folder of this walk."""
        if folder in self._entered:
            return
        self._entered.add(folder)
        try:
            with os.scandir(folder) as entries:
                names = sorted(entry.name for entry in entries if not is_skipped(entry.name))
        except OSError as error:
            yield refused(source, self.origin, read_error(source, error))
            return
        for name in names:
            path, label = folder / name, f"{source}/{shown_name(name)}" if source else shown_name(name)
            if path.is_symlink():
                yield from self.link(path, label)
            elif path.is_dir():
                yield from self.below(path, label)
            else:
                yield file_item(path, label, self.origin, self.max_bytes)

    def link(self, path: Path, source: str) -> Iterator[SourceItem]:
        """Items behind a link: none where the walk finds its target anyway, a refusal where it leads outside."""
        try:
            target = path.resolve(strict=True)
        except (OSError, RuntimeError):  # RuntimeError: a loop of links
            error = unreadable("not_found", f"{source} is a link that leads nowhere")
            yield refused(source, self.origin, error)
            return
        if not target.is_relative_to(self.root):
            error = unreadable("not_permitted", f"{source} is a link that leads out of the folder")
            yield refused(source, self.origin, error)
        elif any(is_skipped(part) for part in target.relative_to(self.root).parts):
            if target.is_dir():
                yield from self.below(target, source)
            else:
                yield file_item(target, source, self.origin, self.max_bytes)


def file_item(path: Path, source: str, origin: str, max_bytes: int) -> SourceItem:
    """Item of one file, refused where it is too large, no regular file or not readable."""
    try:
        status = path.lstat()
    except OSError as error:
        return refused(source, origin, read_error(source, error))
    if not stat.S_ISREG(status.st_mode):  # reading a pipe or a device may never end
        return refused(source, origin, unreadable("unknown_type", f"{source} is not a regular file"))
    if status.st_size > max_bytes:
        return refused(source, origin, too_large(source, status.st_size, max_bytes))
    if not os.access(path, os.R_OK):
        return refused(source, origin, unreadable("not_permitted", f"{source} may not be read"))
    name = source.rsplit("/", 1)[-1]
    return SourceItem(source, origin, name, load=partial(read_file, path, source, max_bytes))


def read_file(path: Path, source: str, max_bytes: int) -> bytes:
    """Read a file that may have changed since it was found: grown, gone, or replaced by a link."""
    try:
        with open(os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0)), "rb") as file:
            data = file.read(max_bytes + 1)
    except OSError as error:
        raise read_error(source, error) from error
    if len(data) > max_bytes:
        raise too_large(source, len(data), max_bytes)
    return data


def read_error(source: str, error: OSError) -> UnreadableDocument:
    """Why the system gave no bytes."""
    if isinstance(error, FileNotFoundError):
        return unreadable("not_found", f"{source} is gone")
    return unreadable("not_permitted", f"{source} cannot be read: {error.strerror or error}")


def too_large(source: str, size: int, limit: int) -> UnreadableDocument:
    """Error for a file over the limit."""
    return unreadable("too_large", f"{source} has {size} bytes, over the limit of {limit}")
