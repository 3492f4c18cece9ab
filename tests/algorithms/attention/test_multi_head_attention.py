from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.attention.multi_head_attention import HeadWeights, multi_head, multi_head_attention
from algorithms.attention.scaled_dot_product_attention import attend
from algorithms.registry import load
from core.errors import InputError


@given(st.sampled_from([1, 2, 4]), st.integers(1, 5), st.booleans())
def test_equals_torch_module(heads: int, n: int, causal: bool) -> None:
    rng = np.random.default_rng(n)
    d = 8
    X, W = rng.standard_normal((n, d)), HeadWeights.random(d, rng)
    module = torch.nn.MultiheadAttention(d, heads, bias=False, batch_first=True).double()
    with torch.no_grad():
        module.in_proj_weight.copy_(torch.tensor(np.concatenate([W.Q.T, W.K.T, W.V.T])))
        module.out_proj.weight.copy_(torch.tensor(W.O.T))
    x = torch.tensor(X)[None]
    hidden = torch.triu(torch.ones(n, n, dtype=torch.bool), 1) if causal else None
    expected, weights = module(x, x, x, attn_mask=hidden, average_attn_weights=False)
    mask = np.tril(np.ones((n, n), dtype=bool)) if causal else None
    output, P = multi_head(X, X, W, heads, mask)
    np.testing.assert_allclose(output, expected[0].detach(), atol=1e-12)
    np.testing.assert_allclose(P, weights[0].detach(), atol=1e-12)


def test_one_head_is_single_attention() -> None:
    rng = np.random.default_rng(1)
    X, W = rng.standard_normal((3, 4)), HeadWeights.random(4, rng)
    single, _ = attend(X @ W.Q, X @ W.K, X @ W.V)
    np.testing.assert_allclose(multi_head(X, X, W, 1)[0], single @ W.O)


def test_parameters_do_not_depend_on_the_heads() -> None:
    X = np.random.default_rng(0).standard_normal((3, 16)).tolist()
    counts = [multi_head_attention(X, heads=h)["parameters"] for h in (1, 4, 8)]
    assert counts == [4 * 16 * 16] * 3
    assert multi_head_attention(X, heads=8)["d_head"] == 2


def test_causal_weights_are_lower_triangular() -> None:
    P = np.array(load("multi-head-attention").run({"causal": True})["weights"])
    assert (np.triu(P, 1) == 0).all()
    np.testing.assert_allclose(P.sum(axis=-1), 1)


@pytest.mark.parametrize("bad", [{"heads": 3}, {"heads": 0}, {"embeddings": [[]]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("multi-head-attention").run(bad)
