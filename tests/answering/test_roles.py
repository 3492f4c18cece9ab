"""A sentence made of a span's own words can still say what the span does not."""

from __future__ import annotations

import pytest

from answering.verify import THRESHOLD, support
from tests.bundled import encoder

SPAN = (
    "BERT is a bidirectional encoder that restores masked tokens and serves understanding tasks, while GPT is a causal decoder "
    "that predicts the next token and generates text."
)


@pytest.mark.parametrize(
    ("claim", "borne_out"),
    [
        ("BERT is a bidirectional encoder, while GPT is a causal decoder.", True),
        ("GPT is a causal decoder that generates text.", True),
        ("BERT is a causal decoder that generates text.", False),
        ("GPT restores masked tokens.", False),
        (
            "BERT is a bidirectional encoder that serves as a causal decoder, while GPT is a causal decoder that serves as a "
            "bidirectional encoder.",
            False,
        ),
    ],
)
def test_swapped_roles_are_not_supported(claim: str, borne_out: bool) -> None:
    assert (support(claim, [SPAN], encoder()) >= THRESHOLD) is borne_out
