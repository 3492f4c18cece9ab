"""Ingest on the Ray cluster that the settings name."""

from __future__ import annotations

from functools import partial

from app.bootstrap import get_chunker
from core.errors import BackendUnavailable, MissingDependency
from core.protocols import Chunker, Encoder
from core.settings import EncoderSettings, Settings
from indexing.distributed import DistributedIngest
from indexing.stores.base import Store


def make_encoder(settings: EncoderSettings) -> Encoder:
    """The encoder, in whichever process calls this."""
    from models.encoders import get_encoder

    return get_encoder(settings)


def distributed_ingest(store: Store, encoder: Encoder, chunker: Chunker, settings: Settings) -> DistributedIngest:
    """An ingest whose actors build the encoder and chunker of the settings.

    Raises
    ------
    MissingDependency
        If Ray is not installed.
    BackendUnavailable
        If the cluster can't be reached.
    """
    try:
        import ray
    except ImportError as error:
        raise MissingDependency("ray is not installed", fix="pip install 'vouch[cluster]'") from error
    if not ray.is_initialized():
        try:
            ray.init(address=settings.distributed.address, log_to_driver=False)
        except (ConnectionError, ValueError, RuntimeError) as error:
            raise BackendUnavailable(
                f"no Ray cluster at {settings.distributed.address!r}: {error}",
                fix="check `distributed.address`, or leave it empty to index on this machine",
            ) from error
    return DistributedIngest(
        store,
        encoder,
        chunker,
        settings.ingest,
        make_encoder=partial(make_encoder, settings.encoder),
        make_chunker=partial(get_chunker, settings),
        distribution=settings.distributed,
    )
