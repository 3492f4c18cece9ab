from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.recurrent.lstm import lstm, lstm_step, run_lstm
from algorithms.recurrent.recurrent_neural_network import WAVE, Cell
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(1, 6), st.integers(1, 3), st.integers(1, 4))
def test_equals_torch(T: int, d: int, h: int) -> None:
    rng = np.random.default_rng(T * 10 + h)
    X, cell = rng.standard_normal((T, d)), Cell.random(d, h, 4, rng)
    module = torch.nn.LSTM(d, h).double()
    with torch.no_grad():
        for parameter, w in zip(module.parameters(), (cell.W, cell.U, cell.b, np.zeros(4 * h)), strict=True):
            parameter.copy_(torch.tensor(w))
        expected, (_, c) = module(torch.tensor(X))
    states, cells, _ = run_lstm(X, cell)
    np.testing.assert_allclose(states, expected, atol=1e-12)
    np.testing.assert_allclose(cells[-1], c[0], atol=1e-12)
    assert np.abs(states).max() < 1


def test_parameter_counts() -> None:
    output = load("lstm").run()
    assert output["parameters"] == 2480
    assert output["parameters_two_biases"] == 2560 == sum(p.numel() for p in torch.nn.LSTM(10, 20).parameters())


def test_open_forget_and_closed_input_gates_keep_the_cell_state_and_its_gradient() -> None:
    X = np.random.default_rng(0).standard_normal((30, 2))
    cell = Cell.random(2, 3, 4, np.random.default_rng(1))
    keep = Cell(cell.W, cell.U, cell.b + np.repeat([-1000.0, 1000.0, 0, 0], 3))
    first = np.array([0.7, -0.2, 2.0])
    h, c = np.zeros(3), first
    for x in X:
        h, c, _ = lstm_step(x, h, c, keep)
    assert np.array_equal(c, first)
    output = lstm(X.tolist(), 3, forget_bias=1000.0, input_bias=-1000.0)
    assert (output["cell_gradient"] == 1).all()
    assert (output["cell_states"] == 0).all()


def test_the_gradient_shrinks_as_the_product_of_forget_gates() -> None:
    longer = WAVE * 6
    one, half = (lstm(longer, forget_bias=b) for b in (8.0, 0.0))
    assert one["cell_gradient"].min() > 0.9
    assert half["cell_gradient"].max() < 1e-3
    short = lstm(WAVE[:1])
    assert (short["cell_gradient"] == 1).all()
    assert 0 < short["mean_gates"]["forget"] < 1
    _, _, gates = run_lstm(np.array(WAVE), Cell.random(2, 4, 4, np.random.default_rng(0)))
    np.testing.assert_allclose(lstm(WAVE, forget_bias=0.0)["cell_gradient"], gates[1:, 1].prod(axis=0))


@pytest.mark.parametrize("bad", [{"sequence": []}, {"hidden_size": 0}, {"forget_bias": 1e9}, {"count_hidden": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("lstm").run(bad)
