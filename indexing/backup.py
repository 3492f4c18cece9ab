"""Backups: a consistent snapshot of collections in one tar file, taken while writers go on, checked before it is restored.

The archive begins with ``manifest.json`` (format, collections, size and SHA-256 of every other member). A backup holds a lease
on the generation it copies, so segments stay while it reads them; SQLite's own backup copies the database. A restore unpacks
beside the collections, checks every byte and the database itself, and moves a collection into place in one step.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import IO

from pydantic import Field, ValidationError

from core.errors import Conflict, CorruptStore, InputError, NotFound
from core.types import Frozen
from indexing.pipeline import document_id
from indexing.stores import database
from indexing.stores.embedded import COLLECTED, DATABASE, SEGMENTS, EmbeddedStore
from indexing.stores.segments import ARRAYS, damaged_files, file_digest, sync_folder

FORMAT = 1
MANIFEST = "manifest.json"
MEMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}/(vouch\.sqlite|segments/[0-9-]+\.[a-z_]+\.npy)")
MAX_MANIFEST_BYTES = 64 * 2**20
BLOCK = 1 << 20


class Member(Frozen):
    """A file of the archive."""

    name: str = Field(pattern=f"^{MEMBER.pattern}$")
    size: int = Field(ge=0)
    sha256: str = Field(pattern="^[0-9a-f]{64}$")


class Manifest(Frozen):
    """What an archive holds: collections with their generations, and files in the order of the archive."""

    format: int
    collections: dict[str, int]
    members: tuple[Member, ...]


def backup(stores: Sequence[EmbeddedStore], file: Path) -> Manifest:
    """Write a backup of collections; it takes its name only when it is whole and on disk.

    Raises
    ------
    Conflict
        If the file exists.
    CorruptStore
        If a segment differs from what was committed: a backup of damage would pass for sound.
    """
    if file.exists():
        raise Conflict(f"{file} exists", fix="name another file")
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=".backup-") as scratch:
        members: list[tuple[Member, Path]] = []
        generations: dict[str, int] = {}
        leases = []
        for store in stores:
            snapshot = store.snapshot()
            leases.append(snapshot)  # while it is held, no segment of its generation is deleted
            generations[store.name] = snapshot.generation
            members.extend(members_of(store, snapshot.generation, Path(scratch)))
        manifest = Manifest(format=FORMAT, collections=generations, members=tuple(member for member, _ in members))
        made = Path(scratch) / "archive"
        with made.open("wb") as out:
            write_archive(out, manifest, members)
            out.flush()
            os.fsync(out.fileno())
        os.link(made, file)  # unlike a rename it never replaces a file that appeared meanwhile
        sync_folder(file.parent)
        return manifest


def members_of(store: EmbeddedStore, generation: int, scratch: Path) -> Iterator[tuple[Member, Path]]:
    """Files of a collection at a generation: a copy of the database, and the segments that generation sees."""
    copy = scratch / f"{store.name}.sqlite"
    with closing(database.connect(store.folder / DATABASE, readonly=True)) as source:
        records = database.segments_of(source, generation)
        with closing(sqlite3.connect(copy)) as target:
            source.backup(target)
            # work of other processes since: the copy ends with the generation it is named for
            forget_after(target, generation)
    yield member(f"{store.name}/{DATABASE}", copy), copy
    for record in records:
        damaged = damaged_files(store.folder / SEGMENTS, record.name, record.digests)
        if damaged:
            raise CorruptStore(f"{damaged[0]} differs from what was committed", fix="run `vouch doctor --repair` first")
        for array in ARRAYS:
            path = store.folder / SEGMENTS / f"{record.name}.{array}.npy"
            yield member(f"{store.name}/{SEGMENTS}/{path.name}", path), path


def forget_after(connection: sqlite3.Connection, generation: int) -> None:
    """Reduce a copied database to what a generation sees, so that a backup holds nothing removed."""
    connection.execute("PRAGMA foreign_keys = OFF")
    with connection:
        seen = "SELECT 1 FROM documents d WHERE d.id = document_id AND d.added = chunks.added"
        connection.execute("DELETE FROM documents WHERE added > ? OR removed <= ?", (generation, generation))
        connection.execute(f"DELETE FROM chunks WHERE NOT EXISTS ({seen})")
        connection.execute("DELETE FROM segments WHERE added > ? OR removed <= ?", (generation, generation))
        connection.execute("DELETE FROM generations WHERE number <> ?", (generation,))
        for table in ("documents", "segments"):
            connection.execute(f"UPDATE {table} SET removed = NULL")
        # uploads are not part of a backup, and no reader of the copy is behind
        connection.execute("DELETE FROM jobs")
        connection.execute("DELETE FROM meta WHERE key = ?", (COLLECTED,))
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.execute("VACUUM")


def member(name: str, path: Path) -> Member:
    """Describe a file."""
    return Member(name=name, size=path.stat().st_size, sha256=file_digest(path))


def write_archive(out: IO[bytes], manifest: Manifest, members: Sequence[tuple[Member, Path]]) -> None:
    """A plain tar with the manifest first; names, sizes and nothing of the machine it was made on."""
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        text = manifest.model_dump_json(indent=1).encode()
        info = tarfile.TarInfo(MANIFEST)
        info.size = len(text)
        tar.addfile(info, io.BytesIO(text))
        for described, path in members:
            info = tarfile.TarInfo(described.name)
            info.size = described.size
            with path.open("rb") as file:
                tar.addfile(info, file)


def restore(file: Path, home: Path, only: str | None = None, name: str | None = None) -> dict[str, int]:
    """Bring collections of a backup back and return their generations by name.

    Parameters
    ----------
    file : Path
        The archive.
    home : Path
        ``$VOUCH_HOME``.
    only : str, optional
        The one collection to restore; all by default.
    name : str, optional
        What to call it; its documents get the ids of that collection, since ids are unique over all collections.

    Raises
    ------
    NotFound
        If there is no such file, or no such collection in it.
    Conflict
        If a collection of the name exists; nothing is restored then.
    CorruptStore
        If the archive is damaged, or holds anything but what a backup holds; nothing is restored then.
    """
    if not file.is_file():
        raise NotFound(f"no file {file}", fix="name a file that `vouch backup` wrote")
    folder = home / "collections"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".restoring-") as scratch:
        manifest = unpack(file, Path(scratch), only)
        wanted = [only] if only is not None else sorted(manifest.collections)
        if only is not None and only not in manifest.collections:
            held = ", ".join(sorted(manifest.collections)) or "nothing"
            raise NotFound(f"{file.name} holds no collection {only!r}", fix=f"it holds {held}")
        if name is not None and len(wanted) != 1:
            raise InputError("several collections cannot have one name", fix="say which one with --collection")
        targets = {source: name or source for source in wanted}
        for target in targets.values():
            if (folder / target).exists():
                raise Conflict(f"collection {target!r} exists", fix="delete it first, or give another name with --as")
        for source, target in targets.items():
            check_restored(Path(scratch) / source, manifest.collections[source])
            if target != source:
                rename_documents(Path(scratch) / source, target)
        for source, target in targets.items():
            sync_tree(Path(scratch) / source)
            (Path(scratch) / source).rename(folder / target)
        sync_folder(folder)
        return {target: manifest.collections[source] for source, target in targets.items()}


def unpack(file: Path, scratch: Path, only: str | None) -> Manifest:
    """Unpack what the manifest names, checking each byte; anything else in the archive is refused."""
    try:
        with tarfile.open(file, mode="r:") as tar:
            first = tar.next()
            if first is None or first.name != MANIFEST or not first.isreg() or first.size > MAX_MANIFEST_BYTES:
                raise damaged(file, "it does not begin with a manifest")
            stream = tar.extractfile(first)
            assert stream is not None
            manifest = Manifest.model_validate_json(stream.read())
            if manifest.format != FORMAT:
                raise damaged(file, f"its format is {manifest.format}, this version reads {FORMAT}")
            expected = {described.name: described for described in manifest.members}
            while (info := tar.next()) is not None:
                described = expected.pop(info.name, None)
                if described is None or not info.isreg() or info.size != described.size:
                    raise damaged(file, f"the member {info.name[:80]!r} is not what the manifest names")
                if only is None or info.name.startswith(f"{only}/"):
                    copy_checked(tar, info, described, scratch / described.name, file)
    except (tarfile.TarError, ValidationError, EOFError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise damaged(file, reason) from error
    if expected:
        raise damaged(file, f"{next(iter(expected))} is missing")
    return manifest


def copy_checked(tar: tarfile.TarFile, info: tarfile.TarInfo, described: Member, target: Path, file: Path) -> None:
    """Copy one member, whose name the manifest's pattern has let through, and compare its digest."""
    target.parent.mkdir(parents=True, exist_ok=True)
    digest, source = hashlib.sha256(), tar.extractfile(info)
    assert source is not None
    with target.open("xb") as out:
        while block := source.read(BLOCK):
            digest.update(block)
            out.write(block)
    if digest.hexdigest() != described.sha256:
        raise damaged(file, f"{described.name} differs from its checksum")


def damaged(file: Path, reason: str) -> CorruptStore:
    """The error of an archive that is not to be trusted."""
    return CorruptStore(f"{file.name} is damaged or no backup: {reason}", fix="use another backup")


def check_restored(folder: Path, generation: int) -> None:
    """Whether the database is whole and names exactly segments that are there.

    Raises
    ------
    CorruptStore
        If it is not.
    """
    if not (folder / DATABASE).exists():
        raise CorruptStore("the backup has no database", fix="use another backup")
    with closing(database.connect(folder / DATABASE)) as connection:
        (verdict,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
        if verdict != "ok" or database.current_generation(connection) != generation:
            raise CorruptStore(f"the backup's database is damaged: {verdict}", fix="use another backup")
        for record in database.segments_of(connection, generation):
            if set(record.digests) != set(ARRAYS) or damaged_files(folder / SEGMENTS, record.name, record.digests):
                raise CorruptStore(f"segment {record.name} of the backup is damaged", fix="use another backup")


def rename_documents(folder: Path, collection: str) -> None:
    """Give the documents the ids that they have in a collection of another name."""
    with closing(database.connect(folder / DATABASE)) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        with database.transaction(connection):
            rows = connection.execute("SELECT id, origin, source FROM documents").fetchall()
            for old, origin, source in rows:
                new = document_id(collection, origin, source)
                connection.execute("UPDATE documents SET id = ? WHERE id = ?", (new, old))
                connection.execute(
                    "UPDATE chunks SET document_id = ?, id = ? || substr(id, ?) WHERE document_id = ?",
                    (new, new, len(old) + 1, old),
                )


def sync_tree(folder: Path) -> None:
    """Have all files and folders below a folder on disk."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
        else:
            sync_folder(path)
    sync_folder(folder)
