"""One thing that may become a document: its names, and its bytes or why there are none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from core.errors import UnreadableDocument
from indexing.parsing.reasons import Reason, unreadable


@dataclass(frozen=True)
class SourceItem:
    """A file, a member of an archive, a page or an upload.

    Attributes
    ----------
    source : str
        What people see: the last component of the SOURCE argument and the path below it, with forward slashes.
    origin : str
        The SOURCE argument made absolute, or the URL, or ``upload:``.
    name : str
        File name to parse by; differs from the end of `source` where a server says what type a page is.
    reason : str, optional
        Why it cannot be read; None where it can.
    message : str
        What is wrong, for people.
    aliases : tuple of str
        Other names of the whole, known from outside its bytes.

    Examples
    --------
    >>> SourceItem("a.txt", "upload:", "a.txt", load=lambda: b"text").read()
    b'text'
    """

    source: str
    origin: str
    name: str
    reason: Reason | None = None
    message: str = ""
    aliases: tuple[str, ...] = ()
    load: Callable[[], bytes] | None = field(default=None, repr=False, compare=False)

    def read(self) -> bytes:
        """Read the bytes, anew at each call.

        Raises
        ------
        UnreadableDocument
            With `reason` where the item was refused, or with what came up since.
        """
        if self.reason is not None or self.load is None:
            raise unreadable(self.reason or "not_found", self.message or f"{self.source} is not there")
        return self.load()


def refused(source: str, origin: str, error: UnreadableDocument) -> SourceItem:
    """Item for something that cannot be read.

    Examples
    --------
    >>> refused("a.zip", "/notes/a.zip", unreadable("broken_archive", "a.zip is damaged")).reason
    'broken_archive'
    """
    reason: Reason = error.reason  # type: ignore[assignment]  # every error here comes from `unreadable`
    return SourceItem(source, origin, source.rsplit("/", 1)[-1], reason=reason, message=error.message)


def shown_name(name: str) -> str:
    r"""Name as people see it: bytes of a file name that are no UTF-8 are written as escapes.

    Examples
    --------
    >>> shown_name("caf\udce9.txt")
    'caf\\xe9.txt'
    """
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
