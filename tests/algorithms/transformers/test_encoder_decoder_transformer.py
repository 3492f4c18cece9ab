from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
import torch

from algorithms.registry import load
from algorithms.transformers.encoder_decoder_transformer import EOS, SOS, generate, logits_of, train, translator
from core.errors import InputError


@cache
def trained() -> dict[str, Any]:
    return load("encoder-decoder-transformer").run()


def test_learns_to_translate_what_it_never_saw() -> None:
    output = trained()
    assert output["translation"] == ["quatre", "trois", "deux", "un", "<EOS>"]
    # an untrained model guesses one of 8 tokens: cross-entropy near ln 8 = 2.08
    assert output["loss_before"] == pytest.approx(np.log(8), abs=0.4)
    assert output["loss_after"] < 0.1
    assert output["accuracy"] > 0.95


def test_a_later_target_token_changes_no_earlier_logit() -> None:
    model = translator().eval()
    source = torch.tensor([[0, 1, 2, 3]])
    with torch.no_grad():
        a, b = (logits_of(model, source, torch.tensor([[SOS, 3, last]])) for last in (1, 5))
        c = logits_of(model, torch.tensor([[5, 1, 2, 3]]), torch.tensor([[SOS, 3, 1]]))
    torch.testing.assert_close(a[:, :2], b[:, :2])
    assert (a[:, 2] - b[:, 2]).abs().max() > 1e-4
    assert (a - c).abs().max() > 1e-4  # the source reaches the decoder


def test_generation_feeds_its_own_tokens_back() -> None:
    model = translator().eval()
    source = torch.tensor([[4, 3, 2, 1]])
    with torch.no_grad():
        tokens = generate(model, source)
        full = logits_of(model, source, torch.cat([torch.tensor([[SOS]]), tokens[:, :-1]], dim=1))
    assert tokens.tolist() == full.argmax(dim=-1).tolist()


def test_training_equals_torch_adam() -> None:
    torch.manual_seed(0)
    mine, reference = translator(), translator()
    reference.load_state_dict(mine.state_dict())
    data = torch.randint(0, 6, (100, 4))
    losses = train(mine, data, 3, np.random.default_rng(5))
    optimizer, rng, expected = torch.optim.Adam(reference.parameters(), lr=3e-3), np.random.default_rng(5), []
    for _ in range(3):
        source = data[torch.tensor(rng.integers(100, size=64))]
        before = torch.cat([torch.full((64, 1), SOS), source.flip(1)], dim=1)
        after = torch.cat([source.flip(1), torch.full((64, 1), EOS)], dim=1)
        loss = torch.nn.functional.cross_entropy(logits_of(reference, source, before).flatten(0, 1), after.flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        expected.append(loss.item())
    np.testing.assert_allclose(losses, expected, rtol=1e-4)


@pytest.mark.parametrize(
    "bad", [{"sentence": ["one"] * 3}, {"sentence": ["one", "two", "three", "ten"]}, {"steps": 0}, {"steps": 501}]
)
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("encoder-decoder-transformer").run(bad)
