"""Physical collections and the aliases that name them: an encoder's or chunker's successor is built beside and switched to.

``vouch_notes`` is an alias of ``vouch_notes__3f2a…``, which only ever holds what one pair of encoder and chunker made.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from core.errors import NotFound
from core.protocols import Chunker, Encoder
from core.settings import QdrantSettings
from indexing.stores.codec import OneBitCodec, get_codec
from indexing.stores.qdrant.client import ClientPoints
from indexing.stores.qdrant.edge import EdgePoints
from indexing.stores.qdrant.store import HEAD, QdrantStore, head_point


class QdrantCollections:
    """Opens collections of one server, cluster or local folder.

    Parameters
    ----------
    client : qdrant_client.QdrantClient
        As `indexing.stores.qdrant.client.connect` gives it.
    settings : QdrantSettings
        Prefix of the names, sharding and the rest.
    """

    def __init__(self, client: Any, settings: QdrantSettings) -> None:
        self._client = client
        self._settings = settings

    def names(self) -> list[str]:
        """Names of all collections here."""
        prefix = self._settings.prefix
        aliases = self._client.get_aliases().aliases
        return sorted(a.alias_name.removeprefix(prefix) for a in aliases if a.alias_name.startswith(prefix))

    def open(
        self,
        name: str,
        encoder: Encoder,
        chunker: Chunker,
        folder: Path | None = None,
        wait_seconds: float = 30.0,
    ) -> QdrantStore:
        """Open what the alias names, or make a first collection for it.

        Raises
        ------
        FingerprintMismatch
            If it was made by another encoder or chunker.
        """
        if name not in self.names():
            self.prepare(name, encoder, chunker)
            self.publish(name, encoder, chunker)
        return self._store(name, self._settings.prefix + name, encoder, chunker, wait_seconds, folder)

    def prepare(self, name: str, encoder: Encoder, chunker: Chunker) -> QdrantStore:
        """The collection beside for this pair, made where it is new; nobody reads it before `publish`."""
        physical = self.physical(name, encoder, chunker)
        points = ClientPoints(self._client, physical, self._settings)
        codec = get_codec(encoder.token_dimension)
        if not self._client.collection_exists(physical):
            points.create(encoder.dimension, encoder.token_dimension, isinstance(codec, OneBitCodec))
        if not points.retrieve([HEAD], ("kind",)):  # a process that died between the two
            points.upsert([head_point(encoder.fingerprint, chunker.fingerprint, codec)])
        # whoever filled it before may have been killed: its lease is waited for
        return self._store(name, physical, encoder, chunker, self._settings.lease_seconds + 5)

    def publish(self, name: str, encoder: Encoder, chunker: Chunker) -> str | None:
        """Let the alias name this pair's collection, in one step; returns the one it named before, for `drop`."""
        from qdrant_client import models as m

        alias, physical = self._settings.prefix + name, self.physical(name, encoder, chunker)
        before = self.published(name)
        operations: list[Any] = []
        if before is not None:
            operations.append(m.DeleteAliasOperation(delete_alias=m.DeleteAlias(alias_name=alias)))
        create = m.CreateAlias(collection_name=physical, alias_name=alias)
        operations.append(m.CreateAliasOperation(create_alias=create))
        self._client.update_collection_aliases(operations)
        return before if before != physical else None

    def published(self, name: str) -> str | None:
        """The physical collection that a name stands for; None where nobody reads any."""
        alias = self._settings.prefix + name
        return next((a.collection_name for a in self._client.get_aliases().aliases if a.alias_name == alias), None)

    def drop(self, physical: str) -> None:
        """Delete a physical collection that no alias names any more."""
        self._client.delete_collection(physical)

    def delete(self, name: str) -> None:
        """Delete a collection and its alias.

        Raises
        ------
        NotFound
            If there is none.
        """
        found = self.published(name)
        if found is None:
            raise NotFound(f"no collection {name!r} in Qdrant", fix="`vouch collections list` shows the names")
        self._client.delete_collection(found)  # takes its aliases with it

    def close(self) -> None:
        """Close the client; a folder of its local mode is another process's to open then."""
        self._client.close()

    def physical(self, name: str, encoder: Encoder, chunker: Chunker) -> str:
        """Name of the physical collection of a pair."""
        pair = "\0".join((encoder.fingerprint, get_codec(encoder.token_dimension).name, chunker.fingerprint))
        return f"{self._settings.prefix}{name}__{hashlib.sha256(pair.encode()).hexdigest()[:12]}"

    def _store(
        self,
        name: str,
        collection: str,
        encoder: Encoder,
        chunker: Chunker,
        wait_seconds: float,
        folder: Path | None = None,
    ) -> QdrantStore:
        return QdrantStore(
            name,
            ClientPoints(self._client, collection, self._settings),
            self._settings,
            encoder_fingerprint=encoder.fingerprint,
            chunker_fingerprint=chunker.fingerprint,
            dimension=encoder.dimension,
            token_dimension=encoder.token_dimension,
            wait_seconds=wait_seconds,
            folder=folder,
        )


def open_edge(name: str, folder: Path, settings: QdrantSettings, encoder: Encoder, chunker: Chunker) -> QdrantStore:
    """A collection in a folder, through Qdrant's engine in this process.

    Raises
    ------
    Busy
        If another process holds the folder.
    FingerprintMismatch
        If it was made by another encoder or chunker.
    """
    points = EdgePoints(folder, settings)
    codec = get_codec(encoder.token_dimension)
    if points.exists():
        points.open()
    else:
        points.create(encoder.dimension, encoder.token_dimension, isinstance(codec, OneBitCodec))
    if not points.retrieve([HEAD], ("kind",)):
        points.upsert([head_point(encoder.fingerprint, chunker.fingerprint, codec)])
    return QdrantStore(
        name,
        points,
        settings,
        encoder_fingerprint=encoder.fingerprint,
        chunker_fingerprint=chunker.fingerprint,
        dimension=encoder.dimension,
        token_dimension=encoder.token_dimension,
    )
