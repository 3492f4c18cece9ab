"""The collections of a team: in Qdrant, the same for every machine; the handbook stays with each of them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import InputError, NotFound
from indexing.collections import HANDBOOK, Collections, check_name
from indexing.stores.database import connect
from indexing.stores.embedded import DATABASE, EmbeddedStore

if TYPE_CHECKING:
    from indexing.stores.qdrant.collection import QdrantCollections
    from indexing.stores.qdrant.store import QdrantStore


class ClusterCollections(Collections):
    """Opens, lists, creates and deletes collections of a cluster.

    Parameters
    ----------
    home, open_store, handbook
        As for `Collections`; `open_store` opens the handbook only.
    shared : QdrantCollections
        The cluster's.
    open_shared : callable
        Opens one of them, given its name and this machine's folder for it.
    """

    def __init__(
        self,
        home: Path,
        open_store: Callable[[str, Path, bool], EmbeddedStore],
        handbook: Path | None,
        shared: QdrantCollections,
        open_shared: Callable[[str, Path], QdrantStore],
    ) -> None:
        super().__init__(home, open_store, handbook)
        self._shared = shared
        self._open_shared = open_shared
        self._opened: dict[str, QdrantStore] = {}

    def names(self) -> list[str]:
        """Names of the cluster's collections, and the handbook where it is built."""
        return sorted([*self._shared.names(), *([HANDBOOK] if self.handbook_exists() else [])])

    def exists(self, name: str) -> bool:
        """Whether there is a collection of this name."""
        return self.handbook_exists() if name == HANDBOOK else name in self._opened or name in self._shared.names()

    def open(self, name: str) -> Any:
        """Open an existing collection.

        Raises
        ------
        NotFound
            If there is none in the cluster.
        """
        if name == HANDBOOK:
            return super().open(name)
        if not self.exists(name):
            raise NotFound(
                f"no collection {name!r} in the cluster", fix=f"index something: `vouch index FILE --collection {name}`"
            )
        return self.open_or_create(name)

    def open_or_create(self, name: str) -> Any:
        """Open a collection for writing, making it where it is new.

        Raises
        ------
        InputError
            If the name is no valid name, or the handbook's, which is read-only.
        """
        check_name(name)
        with self._lock:
            if name not in self._opened:
                folder = self._folder(name)
                folder.mkdir(parents=True, exist_ok=True)
                connect(folder / DATABASE).close()  # feedback, and jobs without a queue, are this machine's own
                self._opened[name] = self._open_shared(name, folder)
            return self._opened[name]

    def folder_to_migrate(self, name: str) -> Path:
        """None of the cluster's collections has its index in a folder.

        Raises
        ------
        InputError
            Always.
        """
        raise InputError(
            f"collection {name!r} lies in the cluster and is not rebuilt there",
            fix="with `store.backend = embedded`: `vouch migrate`, then `vouch migrate --to cluster`",
        )

    def delete(self, name: str) -> None:
        """Delete a collection for every machine.

        Raises
        ------
        NotFound, InputError
            If there is none, or it is the handbook.
        """
        store = self.open_or_create(name) if name == HANDBOOK else self.open(name)
        with self._lock:
            with store.writing():
                pass  # a commit in progress ends first; the lease itself goes with the collection
            self._shared.delete(name)
            self._opened.pop(name).close()
            shutil.rmtree(self._folder(name), ignore_errors=True)

    def close(self) -> None:
        """Close all stores."""
        super().close()
        with self._lock:
            for store in self._opened.values():
                store.close()
            self._opened.clear()
