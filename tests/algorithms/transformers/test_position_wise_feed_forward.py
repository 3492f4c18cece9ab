from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.registry import load
from algorithms.toy_data import WORDS
from algorithms.transformers.position_wise_feed_forward import FeedForward, feed_forward, position_wise_feed_forward
from core.errors import InputError


@given(st.integers(1, 5), st.integers(1, 6), st.sampled_from(["relu", "gelu"]))
def test_equals_torch(n: int, d: int, activation: str) -> None:
    rng = np.random.default_rng(n * 10 + d)
    W = FeedForward(*(rng.standard_normal(s) for s in ((d, 4 * d), 4 * d, (4 * d, d), d)))
    X = rng.standard_normal((n, d))
    module = torch.nn.Sequential(
        torch.nn.Linear(d, 4 * d),
        torch.nn.ReLU() if activation == "relu" else torch.nn.GELU(),
        torch.nn.Linear(4 * d, d),
    ).double()
    with torch.no_grad():
        for parameter, w in zip(module.parameters(), (W.W1.T, W.b1, W.W2.T, W.b2), strict=True):
            parameter.copy_(torch.tensor(w))
        expected = module(torch.tensor(X))
    np.testing.assert_allclose(feed_forward(X, W, activation), expected, atol=1e-10)


def test_width_and_parameters_at_1024() -> None:
    output = load("position-wise-feed-forward").run()
    assert output["hidden_size"] == 4096
    assert output["parameters"] == 8 * 1024**2 + 5 * 1024


@given(st.integers(1, 64), st.integers(1, 8))
def test_parameters_equal_a_module(d: int, expansion: int) -> None:
    module = torch.nn.Sequential(torch.nn.Linear(d, expansion * d), torch.nn.Linear(expansion * d, d))
    counted = position_wise_feed_forward(WORDS, d_model=d, expansion=expansion)["parameters"]
    assert counted == sum(p.numel() for p in module.parameters())


def test_tokens_do_not_meet() -> None:
    output = position_wise_feed_forward(WORDS, activation="gelu")
    assert output["leak"] == 0
    alone = position_wise_feed_forward(WORDS[2:3], activation="gelu")["output"][0]
    np.testing.assert_allclose(output["output"][2], alone)
    assert 0 < output["active_share"] < 1


@pytest.mark.parametrize("bad", [{"d_model": 0}, {"expansion": 0}, {"activation": "swish"}, {"embeddings": []}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("position-wise-feed-forward").run(bad)
