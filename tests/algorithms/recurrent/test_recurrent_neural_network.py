from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.recurrent.recurrent_neural_network import Cell, recurrent_neural_network, run_rnn
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(1, 6), st.integers(1, 3), st.integers(1, 4), st.booleans())
def test_equals_torch(T: int, d: int, h: int, bidirectional: bool) -> None:
    X = np.random.default_rng(T).standard_normal((T, d))
    rng = np.random.default_rng(5)
    cells = [Cell.random(d, h, 1, rng) for _ in range(2 if bidirectional else 1)]
    module = torch.nn.RNN(d, h, bidirectional=bidirectional).double()
    with torch.no_grad():
        for cell, suffix in zip(cells, ("", "_reverse"), strict=False):
            getattr(module, f"weight_ih_l0{suffix}").copy_(torch.tensor(cell.W))
            getattr(module, f"weight_hh_l0{suffix}").copy_(torch.tensor(cell.U))
            getattr(module, f"bias_ih_l0{suffix}").copy_(torch.tensor(cell.b))
            getattr(module, f"bias_hh_l0{suffix}").zero_()
        expected, _ = module(torch.tensor(X))
    output = recurrent_neural_network(X.tolist(), h, bidirectional, seed=5)
    np.testing.assert_allclose(output["states"], expected, atol=1e-12)
    assert output["states"].shape == (T, 2 * h if bidirectional else h)


def test_backward_half_is_forward_on_the_reversed_input() -> None:
    X = np.random.default_rng(0).standard_normal((5, 2))
    rng = np.random.default_rng(0)
    second = [Cell.random(2, 3, 1, rng) for _ in range(2)][1]
    states = recurrent_neural_network(X.tolist(), 3, bidirectional=True)["states"]
    np.testing.assert_allclose(states[:, 3:], run_rnn(X[::-1], second)[::-1])


def test_parameters_do_not_depend_on_the_length() -> None:
    short, long = (recurrent_neural_network([[1.0, 0.0]] * T, 4)["parameters"] for T in (1, 50))
    assert short == long == 4 * (2 + 4) + 4
    assert load("recurrent-neural-network").run()["parameters"] == 2 * short


def test_the_past_matters_and_the_future_does_not() -> None:
    X = [[1.0], [2.0], [3.0]]
    a = recurrent_neural_network(X)["states"]
    later = recurrent_neural_network([*X[:2], [9.0]])["states"]
    earlier = recurrent_neural_network([[9.0], *X[1:]])["states"]
    np.testing.assert_allclose(a[:2], later[:2])
    assert np.abs(a[2] - earlier[2]).max() > 1e-3


@pytest.mark.parametrize("bad", [{"sequence": []}, {"sequence": [[1], [1, 2]]}, {"hidden_size": 17}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("recurrent-neural-network").run(bad)
