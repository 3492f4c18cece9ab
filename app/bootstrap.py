"""The one place that turns settings into objects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.application import Application
from app.configuration import Configuration, configure
from core.protocols import Chunker, Encoder, Reader
from core.settings import Settings


def build(configuration: Configuration | None = None, flags: Mapping[str, Any] | None = None) -> Application:
    """An application for the settings in force; its parts are built when they are first needed."""
    chosen = configuration or configure(flags)
    settings = chosen.settings

    def encoder() -> Encoder:
        from models.encoders import get_encoder

        return get_encoder(settings.encoder)

    def chunker(fitted: Encoder) -> Chunker:
        return get_chunker(settings, fitted)

    def reranker() -> Any:
        from models.rerankers import get_reranker

        return get_reranker(settings.reranker)

    def reader() -> Reader:
        from models.rerankers.reader import BundledReader

        return BundledReader(settings.answer.reader)

    def language_model() -> Any:
        from models.llm import get_language_model

        return get_language_model(settings.llm)

    return Application(
        settings,
        chosen.home,
        encoder=encoder,
        chunker=chunker,
        reranker=reranker,
        reader=reader,
        language_model=language_model,
    )


def get_chunker(settings: Settings, encoder: Encoder) -> Chunker:
    """The chunker, whose limit is never above the encoder's."""
    from indexing.chunking.outline_chunker import OutlineChunker

    return OutlineChunker(encoder.token_offsets, min(settings.ingest.chunk_tokens, encoder.max_tokens))
