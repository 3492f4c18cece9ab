from __future__ import annotations

import numpy as np
import pytest
import torch

from algorithms.registry import load
from algorithms.transfer_and_efficient_tuning.domain_adaptive_pretraining import (
    bigram_counts,
    bigram_perplexity,
    continue_training,
    domain_adaptive_pretraining,
)
from core.errors import InputError

EXAMPLE = load("domain-adaptive-pretraining").example


def test_a_step_and_the_perplexity_equal_torch() -> None:
    text = "a bad cab"
    logits = np.random.default_rng(0).standard_normal((27, 27))
    t = torch.tensor(logits, requires_grad=True)
    codes = torch.tensor(["abcdefghijklmnopqrstuvwxyz ".index(c) for c in text])
    loss = torch.nn.functional.cross_entropy(t[codes[:-1]], codes[1:])
    loss.backward()
    assert t.grad is not None
    assert bigram_perplexity(logits, bigram_counts(text)) == pytest.approx(torch.exp(loss).item())
    np.testing.assert_allclose(continue_training(logits, bigram_counts(text), 1, 0.3), logits - 0.3 * t.grad.numpy())


def test_in_domain_perplexity_falls_and_general_rises() -> None:
    output = domain_adaptive_pretraining(**EXAMPLE)
    assert output["domain_perplexity_after"] < 0.9 * output["domain_perplexity_before"]
    assert output["general_perplexity_after"] > output["general_perplexity_before"]


def test_a_low_rate_stays_nearer_to_the_base() -> None:
    changes = [domain_adaptive_pretraining(**EXAMPLE, learning_rate=rate)["weight_change"] for rate in (0.1, 1, 5)]
    assert 0 < changes[0] < changes[1] < changes[2]
    assert domain_adaptive_pretraining(**EXAMPLE, steps=0)["weight_change"] == 0


@pytest.mark.parametrize("bad", [{"domain_text": "x"}, {"learning_rate": 0}, {"steps": 10**6}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("domain-adaptive-pretraining").run(bad)
