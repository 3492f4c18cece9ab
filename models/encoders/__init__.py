"""Encoders: one backbone pass gives the sentence vector and the token vectors."""

from __future__ import annotations

from core.protocols import Encoder
from core.settings import EncoderSettings


def get_encoder(settings: EncoderSettings) -> Encoder:
    """Build the encoder that `settings` names; heavy imports happen here and nowhere earlier."""
    if settings.backend == "bundled":
        from models.encoders.bundled import BundledEncoder

        return BundledEncoder(settings)
    if settings.backend == "colbert":
        from models.encoders.multi_vector import MultiVectorEncoder

        return MultiVectorEncoder(settings)
    from models.encoders.sentence_transformer import SentenceTransformerEncoder

    return SentenceTransformerEncoder(settings)
