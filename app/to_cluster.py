"""``vouch migrate --to cluster``: an embedded collection moves into Qdrant and is checked before it is published."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from core.errors import InputError
from core.protocols import Progress
from indexing.collections import HANDBOOK, Collections
from indexing.stores.base import Snapshot
from indexing.stores.codec import get_codec
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
) -> Verification | None:
    """Copy a collection of ``$VOUCH_HOME`` into Qdrant, compare both and let the cluster's name point to the copy.

    Nothing is encoded again and the embedded collection stays as it was. An interrupted run goes on where it stopped; the
    cluster shows nothing of it before the comparison has passed.

    Parameters
    ----------
    application : Application
        Its settings name the Qdrant server; the engine it searches with does not matter.
    name : str
        Collection.
    questions : int
        From the collection's own titles and headings, asked of both sides.

    Returns
    -------
    Verification or None
        None where it was cancelled.

    Raises
    ------
    InputError
        If it is the handbook, which every machine builds for itself.
    SettingsError
        If the settings name no Qdrant that outlives this process.
    CorruptStore
        If the two sides differ.
    """
    if name == HANDBOOK:
        raise InputError("the handbook is built on every machine", fix="name another collection")
    shared = application.cluster
    # not `application.collections`, which may be the cluster's already
    local = Collections(application.home, application._open_store, None)
    try:
        store = local.open(name)
        target = shared.prepare(name, application.encoder, application.chunker)
        source = store.snapshot()
        codec = get_codec(application.encoder.token_dimension)
        transfer(source, target, codec, application.encoder.token_ids, progress, cancelled, source_digests(store))
        if cancelled():
            return None

        def rank(side: Snapshot, question: str) -> Sequence[str]:
            return [hit.chunk_id for hit in application.cascade.search(side, question, TOP).hits]

        found = verify(source, target.snapshot(), rank, questions_of(source, questions), progress)
        shared.publish(name, application.encoder, application.chunker)
        return found
    finally:
        local.close()
