from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from transformers import GPT2Config, GPT2Model

from algorithms.registry import load
from algorithms.transformers.decoder_only_transformer import StackWeights, decoder_only_transformer, stack
from core.errors import InputError


def test_stack_equals_gpt2() -> None:
    W = StackWeights.random(64, 8, 32, layers=2, seed=1)
    config = GPT2Config(
        vocab_size=64,
        n_positions=32,
        n_embd=8,
        n_layer=2,
        n_head=2,
        activation_function="gelu",
        attn_implementation="eager",
    )
    model = GPT2Model(config).double().eval()
    with torch.no_grad():
        model.wte.weight.copy_(torch.tensor(W.E))
        model.wpe.weight.copy_(torch.tensor(W.P))
        for block, layer in zip(model.h, W.layers, strict=True):
            qkv = np.concatenate([layer.attention.Q, layer.attention.K, layer.attention.V], axis=1)
            block.attn.c_attn.weight.copy_(torch.tensor(qkv))
            block.attn.c_proj.weight.copy_(torch.tensor(layer.attention.O))
            block.mlp.c_fc.weight.copy_(torch.tensor(layer.ffn.W1))
            block.mlp.c_proj.weight.copy_(torch.tensor(layer.ffn.W2))
        expected = model(torch.tensor([[3, 1, 4, 1, 5]])).last_hidden_state[0]
    np.testing.assert_allclose(stack([3, 1, 4, 1, 5], W, 2, causal=True)[0], expected, atol=1e-9)


@given(st.lists(st.integers(0, 63), min_size=1, max_size=8), st.integers(0, 20))
def test_is_causal(tokens: list[int], seed: int) -> None:
    output = decoder_only_transformer(tokens, new_tokens=0, seed=seed)
    assert output["future_leak"] == 0
    assert (np.triu(output["attention"], 1) == 0).all()
    assert output["generated"] == []


def test_generation_is_greedy_and_extends() -> None:
    short, long = (decoder_only_transformer([3, 1, 4], new_tokens=n)["generated"] for n in (2, 5))
    assert long[:2] == short
    assert short[0] == decoder_only_transformer([3, 1, 4])["top_tokens"][-1]
    assert long[3] == decoder_only_transformer([3, 1, 4, *long[:3]])["top_tokens"][-1]


@pytest.mark.parametrize("bad", [{"tokens": []}, {"tokens": [64]}, {"heads": 3}, {"new_tokens": 17}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("decoder-only-transformer").run(bad)
