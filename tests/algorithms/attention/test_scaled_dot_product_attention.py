from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.attention.scaled_dot_product_attention import attend, attend_backward, scaled_dot_product_attention
from algorithms.registry import load
from algorithms.toy_data import WORDS
from core.errors import InputError


@given(st.integers(1, 6), st.integers(1, 6), st.integers(1, 5), st.integers(0, 99))
def test_equals_torch(n: int, m: int, d: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    Q, K, V = rng.standard_normal((n, d)), rng.standard_normal((m, d)), rng.standard_normal((m, 3))
    output = scaled_dot_product_attention(Q.tolist(), K.tolist(), V.tolist())
    expected = torch.nn.functional.scaled_dot_product_attention(*(torch.tensor(a) for a in (Q, K, V)))
    np.testing.assert_allclose(output["output"], expected, atol=1e-12)
    np.testing.assert_allclose(output["weights"].sum(axis=1), 1)


def test_gradients_equal_autograd() -> None:
    rng = np.random.default_rng(0)
    arrays = [rng.standard_normal(s) for s in ((4, 3), (5, 3), (5, 2))]
    dO = rng.standard_normal((4, 2))
    tensors = [torch.tensor(a, requires_grad=True) for a in arrays]
    torch.nn.functional.scaled_dot_product_attention(*tensors).backward(torch.tensor(dO))
    for mine, tensor in zip(attend_backward(*arrays, dO), tensors, strict=True):
        np.testing.assert_allclose(mine, tensor.grad, atol=1e-12)


def test_golden_of_four_words() -> None:
    # scores of row 1 / sqrt(3): .4033/1.73205, .5009/1.73205, .5965/..., ... -> softmax .2276 .2419 .2571 .2733
    output = scaled_dot_product_attention(WORDS)
    np.testing.assert_allclose(output["scores"][0, 0], (0.11**2 + 0.32**2 + 0.53**2) / 3**0.5)
    np.testing.assert_allclose(output["weights"][0], [0.2276, 0.2419, 0.2571, 0.2733], atol=6e-5)
    np.testing.assert_allclose(output["output"][0], [0.2834, 0.4934, 0.7034], atol=6e-5)


def test_uniform_scores_give_the_mean_and_unscaled_differs() -> None:
    uniform = scaled_dot_product_attention(WORDS, scores="uniform")
    np.testing.assert_allclose(uniform["output"], np.tile(np.mean(WORDS, axis=0), (4, 1)))
    unscaled = scaled_dot_product_attention(WORDS, scores="unscaled")
    np.testing.assert_allclose(unscaled["scores"], np.array(WORDS) @ np.array(WORDS).T)


def test_other_weights_give_the_same_output() -> None:
    output = scaled_dot_product_attention(WORDS)
    other = output["alternative_weights"]
    assert np.abs(other - output["weights"][0]).max() > 0.1
    assert other.min() >= 0
    np.testing.assert_allclose(other.sum(), 1)
    np.testing.assert_allclose(other @ np.array(WORDS), output["output"][0])
    assert scaled_dot_product_attention([[1.0, 0.0], [0.0, 1.0]])["alternative_weights"] is None


def test_masked_positions_weigh_nothing() -> None:
    _, P = attend(np.ones((2, 2)), np.ones((3, 2)), np.ones((3, 1)), np.array([True, False, True]))
    np.testing.assert_allclose(P, [[0.5, 0, 0.5]] * 2)


@pytest.mark.parametrize(
    "bad",
    [
        {"embeddings": []},
        {"embeddings": [[1, 2], [3]]},
        {"keys": [[1.0]]},
        {"values": [[1.0]]},
        {"embeddings": [[0.0]] * 17},
        {"scores": "cosine"},
    ],
)
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("scaled-dot-product-attention").run(bad)
