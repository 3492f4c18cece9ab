"""Backups of collections in Qdrant: copied into the embedded format, compared byte by byte, and brought back the same way.

A backup is the same archive whichever engine it comes from, so that either engine can be restored from it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from app.to_cluster import to_cluster
from core.errors import Conflict
from core.protocols import Progress
from indexing.backup import Manifest, backup, restore
from indexing.stores.base import Snapshot
from indexing.stores.codec import get_codec
from indexing.stores.embedded import EmbeddedStore
from indexing.stores.transfer import source_digests, transfer, verify

if TYPE_CHECKING:
    from app.application import Application

QUESTIONS = 20
"""Asked of both sides when a collection is brought back."""


def backup_cluster(
    application: Application, names: Sequence[str], file: Path, progress: Progress | None = None
) -> Manifest:
    """Write a backup of collections of the cluster; writers may go on meanwhile.

    Raises
    ------
    Conflict
        If the file exists.
    CorruptStore
        If what was read differs from what lies there, or a chunk is missing (`vouch doctor` names it).
    """
    if file.exists():  # before hours of copying
        raise Conflict(f"{file} exists", fix="name another file")
    file.parent.mkdir(parents=True, exist_ok=True)
    codec = get_codec(application.encoder.token_dimension)
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=".copy-") as scratch:
        copies: list[EmbeddedStore] = []
        try:
            for name in names:
                shared = application.collections.open(name)
                source = shared.snapshot()
                copies.append(application._open_store(name, Path(scratch) / name, False))
                digests = source_digests(shared, source)
                transfer(source, copies[-1], codec, application.encoder.token_ids, progress, digests=digests)
                verify(source, copies[-1].snapshot(), unasked, [], progress)
            return backup(copies, file)
        finally:
            for copy in copies:
                copy.close()


def restore_cluster(
    application: Application,
    file: Path,
    only: str | None = None,
    name: str | None = None,
    progress: Progress | None = None,
) -> dict[str, int]:
    """Bring collections of a backup, of either engine, into the cluster; returns their generations there by name.

    Raises
    ------
    Conflict
        If the cluster has one of the name; nothing is restored then.
    NotFound, InputError, CorruptStore
        As `indexing.backup.restore`, or if what was copied differs.
    FingerprintMismatch
        If it was made by another encoder or chunker than the settings name.
    """
    application.home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=application.home, prefix=".restoring-") as scratch:
        restored = list(restore(file, Path(scratch), only, name))
        for target in restored:
            if application.cluster.published(target) is not None:
                raise Conflict(
                    f"collection {target!r} exists in the cluster",
                    fix="delete it first, or give another name with --as",
                )
        for target in restored:
            # opened before anything is copied: a backup of another encoder is refused whole
            with closing(application._open_store(target, Path(scratch) / "collections" / target, False)):
                pass
        for target in restored:
            to_cluster(application, target, QUESTIONS, progress, home=Path(scratch))
        return {target: application.collections.open(target).snapshot().generation for target in restored}


def unasked(side: Snapshot, question: str) -> Sequence[str]:
    """Stands where no question is asked: a copy on this machine has no ranking of its own to compare."""
    raise AssertionError(question)
