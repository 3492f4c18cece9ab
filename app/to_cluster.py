"""``vouch migrate --to cluster``: an embedded collection moves into Qdrant and is checked before it is published."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import Conflict, InputError, NotFound
from core.protocols import Progress
from indexing.collections import HANDBOOK, Collections
from indexing.stores.base import Snapshot
from indexing.stores.codec import get_codec
from indexing.stores.database import is_index
from indexing.stores.embedded import DATABASE
from indexing.stores.transfer import Verification, questions_of, source_digests, transfer, verify

if TYPE_CHECKING:
    from app.application import Application

TOP = 10


def to_cluster(
    application: Application,
    name: str,
    questions: int = 200,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] = lambda: False,
    home: Path | None = None,
) -> Verification | None:
    """Copy a collection of ``$VOUCH_HOME`` into Qdrant, compare both and let the cluster's name point to the copy.

    Nothing is encoded again and the embedded collection stays as it was. An interrupted run goes on where it stopped; the
    cluster shows nothing of it before the comparison has passed. What is published already is compared and never written:
    other machines may have added to it since.

    Parameters
    ----------
    application : Application
        Its settings name the Qdrant server; the engine it searches with does not matter.
    name : str
        Collection.
    questions : int
        From the collection's own titles and headings, asked of both sides.
    home : Path, optional
        Where the collection lies instead of ``$VOUCH_HOME``.

    Returns
    -------
    Verification or None
        None where it was cancelled.

    Raises
    ------
    InputError
        If it is the handbook, which every machine builds for itself.
    NotFound
        If no collection of this name lies on this machine.
    Conflict
        If the cluster uses one of this name and encoder whose documents are others.
    SettingsError
        If the settings name no Qdrant that outlives this process.
    CorruptStore
        If the two sides differ.
    """
    if name == HANDBOOK:
        raise InputError("the handbook is built on every machine", fix="name another collection")
    shared = application.cluster
    # not `application.collections`, which may be the cluster's already
    local = Collections(home or application.home, application._open_store, None)
    # beside a collection of the cluster lies a database of jobs and feedback, which would pass for an empty collection
    if local.exists(name) and not is_index(local.home / "collections" / name / DATABASE):
        raise NotFound(f"no collection {name!r} lies on this machine", fix="run it where the collection was indexed")
    try:
        store = local.open(name)
        target = shared.prepare(name, application.encoder, application.chunker)
        source = store.snapshot()
        if shared.published(name) == shared.physical(name, application.encoder, application.chunker):
            refuse_others(name, source, target.snapshot())
        else:
            codec = get_codec(application.encoder.token_dimension)
            digests = source_digests(store, source)
            transfer(source, target, codec, application.encoder.token_ids, progress, cancelled, digests)
        if cancelled():
            return None

        def rank(side: Snapshot, question: str) -> Sequence[str]:
            return [hit.chunk_id for hit in application.cascade.search(side, question, TOP).hits]

        found = verify(source, target.snapshot(), rank, questions_of(source, questions), progress)
        shared.publish(name, application.encoder, application.chunker)
        return found
    finally:
        local.close()


def refuse_others(name: str, here: Snapshot, there: Snapshot) -> None:
    """Whether a collection in use has the documents of this machine's.

    Raises
    ------
    Conflict
        If not: to copy over it would remove what other machines added.
    """
    ours, theirs = ({document.id: document.sha256 for document in side.documents()} for side in (here, there))
    if ours != theirs:
        raise Conflict(
            f"collection {name!r} is in use in the cluster with {len(theirs)} documents, this machine's has {len(ours)} "
            f"and {len(ours.items() ^ theirs.items())} differ",
            fix=f"delete the cluster's first (`vouch collections delete {name}` with store.backend = qdrant), or go on there",
        )
