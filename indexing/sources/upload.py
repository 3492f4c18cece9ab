"""Files that came with a request."""

from __future__ import annotations

from indexing.sources.item import SourceItem, shown_name

ORIGIN = "upload:"


def from_upload(name: str, data: bytes) -> SourceItem:
    r"""Item of an uploaded file; of its name only the last component is kept, whichever slashes it has.

    Pass it through `indexing.sources.archive.unpack` for the members of an uploaded archive.

    Examples
    --------
    >>> from_upload("C:\\notes\\..\\loss.md", b"# Loss").source
    'loss.md'
    """
    last = name.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    printable = "".join(character for character in shown_name(last) if character.isprintable())
    kept = printable if printable.strip(". ") else "upload"
    return SourceItem(kept, ORIGIN, kept, load=lambda: data)
