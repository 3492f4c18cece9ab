"""From SOURCE arguments to items: the entrance of this package."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from core.errors import NotFound
from core.settings import IngestSettings
from indexing.sources.addresses import Resolver, resolve
from indexing.sources.archive import unpack
from indexing.sources.folder import walk
from indexing.sources.item import SourceItem, shown_name
from indexing.sources.web import Fetcher, is_url


def expand(
    sources: Sequence[str], settings: IngestSettings, *, allow_private: bool = False, resolver: Resolver = resolve
) -> Iterator[SourceItem]:
    """Items of files, folders, archives and URLs, in order; what cannot be read is an item with its reason.

    Files are read when `SourceItem.read` is called. An archive and a URL are read when their turn comes, and are held
    as long as their items are.

    Parameters
    ----------
    sources : sequence of str
        Paths and URLs; one named twice counts once.
    allow_private : bool
        Whether URLs may lead to private, loopback and link-local addresses.
    resolver : callable
        Resolves host names.

    Raises
    ------
    NotFound
        At once, where a path does not exist.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "loss.md").write_text("# Loss")
    ...     [(item.source, item.read()) for item in expand([f"{folder}/loss.md"], IngestSettings())]
    [('loss.md', b'# Loss')]
    """
    distinct = list(dict.fromkeys(map(absolute, sources)))
    return items(distinct, settings, Fetcher(settings.max_file_bytes, allow_private, resolver))


def absolute(source: str) -> str:
    """SOURCE argument made absolute; links in it are kept, since people know a file by the name they gave.

    Examples
    --------
    >>> absolute("https://example.org/a"), absolute("/notes/./a/../b.txt")
    Traceback (most recent call last):
    ...
    core.errors.NotFound: there is no file or folder '/notes/./a/../b.txt'; fix: check the path
    """
    if is_url(source):
        return source
    # `Path.exists` raises where a folder above may not be entered, and an empty path would be the current folder.
    if not source or not os.path.exists(source):  # noqa: PTH110
        raise NotFound(f"there is no file or folder {shown_name(source)!r}", fix="check the path")
    return os.path.abspath(source)  # noqa: PTH100  (`Path.resolve` follows links, `Path.absolute` keeps "..")


def items(sources: list[str], settings: IngestSettings, fetcher: Fetcher) -> Iterator[SourceItem]:
    """Items of sources that are absolute paths or URLs."""
    for source in sources:
        if is_url(source):
            found: Iterator[SourceItem] = iter([fetcher.item(source)])
        else:
            path = Path(source)
            found = walk(path, shown_name(path.name), shown_name(source), settings.max_file_bytes)
        for item in found:
            yield from unpack(item, settings)
