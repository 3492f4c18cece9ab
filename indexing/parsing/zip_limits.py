"""What a ZIP file may not be: a bomb. Sizes are those it declares, past which `zipfile` never unpacks a member."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

from indexing.parsing.reasons import unreadable

MAX_RATIO = 200
RATIO_FROM_BYTES = 10 * 10**6
OFFICE_BYTES = 2 * 2**30


def is_bomb(member: zipfile.ZipInfo) -> bool:
    """Whether a member unpacks to far more than text and pictures ever do.

    Examples
    --------
    >>> member = zipfile.ZipInfo("zeros")
    >>> member.compress_size, member.file_size = 10_000, 50_000_000
    >>> is_bomb(member)
    True
    """
    return member.file_size > RATIO_FROM_BYTES and member.file_size > MAX_RATIO * max(1, member.compress_size)


def check_bomb(name: str, members: Sequence[zipfile.ZipInfo]) -> None:
    """Raise ``unsafe_archive`` if any member is a bomb."""
    for member in members:
        if is_bomb(member):
            ratio = member.file_size // max(1, member.compress_size)
            raise unreadable("unsafe_archive", f"{name} has a member that unpacks to {ratio} times its size")


def check_office_file(name: str, data: bytes) -> None:
    """Refuse an office file that would fill the memory of its reader; call inside `reading`."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = archive.infolist()
    check_bomb(name, members)
    total = sum(member.file_size for member in members)
    if total > OFFICE_BYTES:
        raise unreadable("too_large", f"{name} unpacks to {total} bytes, over the limit of {OFFICE_BYTES}")
