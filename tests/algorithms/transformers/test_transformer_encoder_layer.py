from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.registry import load
from algorithms.transformers.transformer_encoder_layer import LayerWeights, encoder_layer, transformer_encoder_layer
from core.errors import InputError


def torch_layer(W: LayerWeights, d: int, heads: int, norm: str, activation: str) -> torch.nn.TransformerEncoderLayer:
    layer = torch.nn.TransformerEncoderLayer(
        d, heads, 4 * d, dropout=0.0, activation=activation, batch_first=True, norm_first=norm == "pre"
    ).double()
    with torch.no_grad():
        layer.self_attn.in_proj_weight.copy_(
            torch.tensor(np.concatenate([W.attention.Q.T, W.attention.K.T, W.attention.V.T]))
        )
        layer.self_attn.out_proj.weight.copy_(torch.tensor(W.attention.O.T))
        layer.linear1.weight.copy_(torch.tensor(W.ffn.W1.T))
        layer.linear2.weight.copy_(torch.tensor(W.ffn.W2.T))
        for bias in (
            layer.self_attn.in_proj_bias,
            layer.self_attn.out_proj.bias,
            layer.linear1.bias,
            layer.linear2.bias,
        ):
            bias.zero_()
    return layer


@pytest.mark.parametrize("norm", ["post", "pre"])
@pytest.mark.parametrize("activation", ["relu", "gelu"])
@pytest.mark.parametrize("heads", [1, 2])
def test_equals_torch(norm: str, activation: str, heads: int) -> None:
    rng = np.random.default_rng(0)
    X, W = rng.standard_normal((5, 4)), LayerWeights.random(4, rng)
    expected = torch_layer(W, 4, heads, norm, activation)(torch.tensor(X)[None])[0].detach()
    output, P = encoder_layer(X, W, heads, norm=norm, activation=activation)
    np.testing.assert_allclose(output, expected, atol=1e-10)
    assert P.shape == (heads, 5, 5)


@given(st.integers(1, 6), st.sampled_from([2, 4, 6]))
def test_keeps_the_shape_and_normalises(n: int, d: int) -> None:
    X = np.random.default_rng(n).standard_normal((n, d)).tolist()
    output = transformer_encoder_layer(X, heads=2)
    assert output["output"].shape == (n, d)
    np.testing.assert_allclose(output["means"], 0, atol=1e-9)
    np.testing.assert_allclose(output["deviations"], 1, atol=1e-3)


def test_parameters_equal_the_module() -> None:
    layer = torch.nn.TransformerEncoderLayer(4, 2, 16)
    assert load("transformer-encoder-layer").run()["parameters"] == sum(p.numel() for p in layer.parameters())


def test_permuting_tokens_permutes_outputs() -> None:
    X = np.random.default_rng(3).standard_normal((4, 4))
    a = transformer_encoder_layer(X.tolist())["output"]
    b = transformer_encoder_layer(X[[2, 0, 3, 1]].tolist())["output"]
    np.testing.assert_allclose(b, a[[2, 0, 3, 1]], atol=1e-10)


@pytest.mark.parametrize("bad", [{"heads": 3}, {"embeddings": [[1.0]], "heads": 1}, {"norm": "none"}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("transformer-encoder-layer").run(bad)
