from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.registry import load
from algorithms.transformers.transformer_decoder_layer import DecoderWeights, decoder_layer, transformer_decoder_layer
from core.errors import InputError


@given(st.integers(1, 5), st.integers(1, 5), st.sampled_from([1, 2, 4]))
def test_equals_torch(n: int, m: int, heads: int) -> None:
    rng = np.random.default_rng(n * 10 + m)
    Y, X, W = rng.standard_normal((n, 4)), rng.standard_normal((m, 4)), DecoderWeights.random(4, rng)
    layer = torch.nn.TransformerDecoderLayer(4, heads, 16, dropout=0.0, batch_first=True).double()
    with torch.no_grad():
        for module, w in ((layer.self_attn, W.self_attention), (layer.multihead_attn, W.cross_attention)):
            module.in_proj_weight.copy_(torch.tensor(np.concatenate([w.Q.T, w.K.T, w.V.T])))
            module.out_proj.weight.copy_(torch.tensor(w.O.T))
        layer.linear1.weight.copy_(torch.tensor(W.ffn.W1.T))
        layer.linear2.weight.copy_(torch.tensor(W.ffn.W2.T))
        for name, parameter in layer.named_parameters():
            if "bias" in name:
                parameter.zero_()
    mask = torch.triu(torch.ones(n, n, dtype=torch.bool), 1)
    expected = layer(torch.tensor(Y)[None], torch.tensor(X)[None], tgt_mask=mask)[0].detach()
    output, P_self, P_cross = decoder_layer(Y, X, W, heads)
    np.testing.assert_allclose(output, expected, atol=1e-10)
    assert P_self.shape == (heads, n, n)
    assert P_cross.shape == (heads, n, m)
    assert (np.triu(P_self, 1) == 0).all()


def test_reads_the_past_and_the_memory_only() -> None:
    output = load("transformer-decoder-layer").run()
    assert output["future_leak"] == 0
    assert output["memory_effect"] > 0.01
    np.testing.assert_allclose(np.array(output["cross_weights"]).sum(axis=-1), 1)


def test_parameters_equal_the_module() -> None:
    layer = torch.nn.TransformerDecoderLayer(6, 2, 24)
    counted = transformer_decoder_layer([[1.0] * 6], [[1.0] * 6])["parameters"]
    assert counted == sum(p.numel() for p in layer.parameters())


@pytest.mark.parametrize("bad", [{"heads": 3}, {"memory": [[1.0]]}, {"targets": []}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("transformer-decoder-layer").run(bad)
