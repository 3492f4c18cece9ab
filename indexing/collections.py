"""The collections of one Vouch: folders below ``$VOUCH_HOME/collections``, each a store of its own."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

from core.errors import Conflict, InputError, NotFound, VouchError
from core.types import Document, DocumentSummary
from indexing.stores.embedded import DATABASE, EmbeddedStore

DEFAULT = "default"
HANDBOOK = "handbook"
CHECKS = "checks"
"""Folder beside the collections with what was found wrong in each."""
CHECKS_SUFFIX = ".sqlite"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


class Collections:
    """Opens, lists, creates and deletes collections.

    Parameters
    ----------
    home : Path
        ``$VOUCH_HOME``.
    open_store : callable
        Opens the store of a name in a folder with the fingerprints in force.
    handbook : Path or None
        Folder of the built-in handbook's index; read-only.
    """

    def __init__(
        self, home: Path, open_store: Callable[[str, Path, bool], EmbeddedStore], handbook: Path | None
    ) -> None:
        self._home = home
        self._open_store = open_store
        self._handbook = handbook
        self._stores: dict[str, EmbeddedStore] = {}
        self._lock = threading.RLock()

    @property
    def home(self) -> Path:
        """Where data lives."""
        return self._home

    def names(self) -> list[str]:
        """Names of all collections, the handbook included where it is built."""
        folder = self._home / "collections"
        own = [p.name for p in folder.glob("[!.]*") if (p / DATABASE).exists()]  # dots: restores in progress
        return sorted([*own, HANDBOOK] if self.handbook_exists() else own)

    def handbook_exists(self) -> bool:
        """Whether the handbook's index has been built."""
        return self._handbook is not None and (self._handbook / DATABASE).exists()

    def exists(self, name: str) -> bool:
        """Whether there is a collection of this name."""
        if name == HANDBOOK:
            return self.handbook_exists()
        # the name comes from requests: one with a slash would lead out of the folder
        return NAME.fullmatch(name) is not None and (self._folder(name) / DATABASE).exists()

    def open(self, name: str) -> EmbeddedStore:
        """Open an existing collection.

        Raises
        ------
        NotFound
            If there is none; the message names the folder looked in.
        """
        with self._lock:
            if name not in self._stores:
                if not self.exists(name):
                    raise NotFound(
                        f"no collection {name!r} in {self._home.absolute()}",
                        fix=f"index something: `vouch index FILE --collection {name}`, or set VOUCH_HOME",
                    )
                self._stores[name] = self._open_store(name, self._folder(name), name == HANDBOOK)
            return self._stores[name]

    def open_or_create(self, name: str) -> EmbeddedStore:
        """Open a collection for writing, making it where it is new.

        Raises
        ------
        InputError
            If the name is no valid name, or the handbook's, which is read-only.
        """
        check_name(name)
        with self._lock:
            if name not in self._stores:
                self._stores[name] = self._open_store(name, self._folder(name), False)
            return self._stores[name]

    def folder_to_migrate(self, name: str) -> Path:
        """Folder of a collection, whatever made it; it is closed here so that it is opened with what comes next.

        Raises
        ------
        NotFound, InputError
            If there is none, or it is the handbook, which is built for every encoder anyway.
        """
        if name == HANDBOOK:
            raise InputError("the handbook is read-only", fix="name another collection")
        if not self.exists(name):
            raise NotFound(f"no collection {name!r} in {self._home.absolute()}", fix="`vouch collections list`")
        with self._lock:
            if name in self._stores:
                self._stores.pop(name).close()
        return self._folder(name)

    def made_by(self, encoder_fingerprint: str) -> list[EmbeddedStore]:
        """The collections that an encoder made; one that cannot be opened now is passed over."""
        found = []
        for name in self.names():
            try:
                store = self.open(name)
            except VouchError:
                continue
            if store.encoder_fingerprint == encoder_fingerprint:
                found.append(store)
        return found

    def create(self, name: str) -> None:
        """Make a new, empty collection.

        Raises
        ------
        Conflict
            If there is one of this name.
        """
        if self.exists(name):
            raise Conflict(f"collection {name!r} exists", fix="choose another name")
        self.open_or_create(name)

    def delete(self, name: str) -> None:
        """Delete a collection and all that was indexed in it.

        Raises
        ------
        NotFound, InputError
            If there is none, or it is the handbook.
        """
        if name == HANDBOOK:
            raise InputError("the handbook is read-only", fix="name another collection")
        store = self.open(name)
        with self._lock, store.writing():
            self._stores.pop(name).close()
            shutil.rmtree(self._folder(name))
        (self._home / CHECKS / f"{name}{CHECKS_SUFFIX}").unlink(missing_ok=True)  # it quotes what was deleted

    def find_document(self, id: str) -> tuple[str, Document]:
        """A document by id in whichever collection has it, with that collection's name.

        Raises
        ------
        NotFound
            If no collection has it.
        """
        for name in self.names():
            document = self.open(name).snapshot().document(id)
            if document is not None:
                return name, document
        raise NotFound(f"no document {id!r}", fix="`vouch list` shows the ids")

    def documents(self, name: str, after: str = "", limit: int = 1_000_000) -> list[DocumentSummary]:
        """Documents of a collection, ordered by id."""
        return self.open(name).snapshot().documents(after, limit)

    def close(self) -> None:
        """Close all stores."""
        with self._lock:
            for store in self._stores.values():
                store.close()
            self._stores.clear()

    def _folder(self, name: str) -> Path:
        if name == HANDBOOK:
            assert self._handbook is not None
            return self._handbook
        return self._home / "collections" / name


def check_name(name: str) -> None:
    """Whether a collection of this name may be written.

    Raises
    ------
    InputError
        If the name is no valid name, or the handbook's, which is read-only.
    """
    if name == HANDBOOK:
        raise InputError("the handbook is read-only", fix="name another collection")
    if not NAME.fullmatch(name):
        raise InputError(
            f"{name!r} is no name for a collection", fix="use up to 64 letters, digits, hyphens and underscores"
        )
