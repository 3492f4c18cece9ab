"""Cross-encoders, which read query and passage together."""

from __future__ import annotations

from core.protocols import Reranker
from core.settings import RerankerSettings


def get_reranker(settings: RerankerSettings) -> Reranker | None:
    """Build the cross-encoder that `settings` names; None where the profile has none."""
    if settings.backend == "none":
        return None
    if settings.backend == "bundled":
        from models.rerankers.bundled import BundledReranker

        return BundledReranker(settings)
    from models.rerankers.cross_encoder import CrossEncoderReranker

    return CrossEncoderReranker(settings)
