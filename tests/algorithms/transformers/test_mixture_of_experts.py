from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.registry import load
from algorithms.transformers.mixture_of_experts import balance_loss, mixture_of_experts, switch_layer
from algorithms.transformers.position_wise_feed_forward import FeedForward, feed_forward
from core.errors import InputError


def test_output_is_the_gate_times_the_chosen_expert() -> None:
    rng = np.random.default_rng(0)
    X, W_r = rng.standard_normal((10, 4)), rng.standard_normal((4, 3))
    experts = [FeedForward.random(4, 16, rng) for _ in range(3)]
    output, P, chosen, processed = switch_layer(X, W_r, experts, capacity=10)
    assert processed.all()
    for x, y, p, i in zip(X, output, P, chosen, strict=True):
        z = np.exp(x @ W_r)
        assert i == int(np.argmax(z))
        np.testing.assert_allclose(y, z[i] / z.sum() * feed_forward(x[None], experts[i])[0])
        assert p[i] == p.max()


def test_overflow_is_dropped_in_order() -> None:
    X = np.ones((5, 2))
    expert = FeedForward.random(2, 8, np.random.default_rng(0))
    output, _, _, processed = switch_layer(X, np.zeros((2, 1)), [expert], capacity=3)
    assert processed.tolist() == [True] * 3 + [False] * 2
    assert (output[3:] == 0).all()


@given(st.integers(1, 64), st.integers(1, 8), st.floats(0.1, 4), st.integers(0, 50))
def test_tokens_are_conserved(n: int, N: int, factor: float, seed: int) -> None:
    output = mixture_of_experts(n, N, 4, factor, seed)
    counts = output["tokens_per_expert"]
    assert counts.sum() == n
    assert output["dropped"] == np.maximum(counts - output["capacity"], 0).sum()


def test_parameters_grow_and_operations_hardly() -> None:
    few, many = mixture_of_experts(experts=2, d_model=32), mixture_of_experts(experts=16, d_model=32)
    assert many["parameters"] == 8 * few["parameters"] == 16 * 8 * 32**2
    assert many["operations_per_token"] < 1.1 * few["operations_per_token"]
    assert many["operations_dense"] == 8 * few["operations_dense"]


def test_balance_loss_by_hand() -> None:
    # all tokens to expert 0 with probability .9: 2 (1 * .9 + 0 * .1) = 1.8
    assert balance_loss(np.array([[0.9, 0.1]] * 3), np.array([0, 0, 0])) == pytest.approx(1.8)


@pytest.mark.parametrize("bad", [{"experts": 0}, {"tokens": 257}, {"capacity_factor": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("mixture-of-experts").run(bad)
