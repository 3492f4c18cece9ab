"""The real bundled encoder, loaded once a test process."""

from __future__ import annotations

from functools import cache

from core.protocols import Encoder
from core.settings import EncoderSettings


@cache
def encoder() -> Encoder:
    from models.encoders import get_encoder

    return get_encoder(EncoderSettings(device="cpu", precision="fp32"))


@cache
def untrained() -> Encoder:
    from models.encoders import get_encoder

    return get_encoder(EncoderSettings(device="cpu", precision="fp32", weights="none"))
