from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.recurrent.gru import gru, gru_step, run_gru
from algorithms.recurrent.recurrent_neural_network import WAVE, Cell
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(1, 6), st.integers(1, 3), st.integers(1, 4))
def test_equals_torch(T: int, d: int, h: int) -> None:
    rng = np.random.default_rng(T * 10 + h)
    X, cell, c_n = rng.standard_normal((T, d)), Cell.random(d, h, 3, rng), rng.standard_normal(h)
    module = torch.nn.GRU(d, h).double()
    hidden_bias = np.concatenate([np.zeros(2 * h), c_n])
    with torch.no_grad():
        for parameter, w in zip(module.parameters(), (cell.W, cell.U, cell.b, hidden_bias), strict=True):
            parameter.copy_(torch.tensor(w))
        expected, _ = module(torch.tensor(X))
    states, gates = run_gru(X, cell, c_n)
    np.testing.assert_allclose(states, expected, atol=1e-12)
    assert np.abs(states).max() < 1
    assert gates.shape == (T, 3, h)


def test_parameter_counts() -> None:
    output = load("gru").run()
    assert output["parameters"] == 1860
    assert output["parameters_two_biases"] == sum(p.numel() for p in torch.nn.GRU(10, 20).parameters())


def test_an_update_gate_of_one_copies_the_state() -> None:
    cell = Cell.random(2, 3, 3, np.random.default_rng(0))
    keep = Cell(cell.W, cell.U, cell.b + np.repeat([0.0, 1000.0, 0.0], 3))
    h = np.array([0.3, -0.9, 0.1])
    new, _ = gru_step(np.array([5.0, -5.0]), h, keep, np.zeros(3))
    assert np.array_equal(new, h)
    assert gru(WAVE, update_bias=1000.0)["copy_share"] == 1
    assert gru(WAVE, update_bias=-1000.0)["copy_share"] == 0
    assert gru(WAVE, update_bias=2.0)["mean_gates"]["update"] > gru(WAVE)["mean_gates"]["update"]


@pytest.mark.parametrize("bad", [{"sequence": []}, {"hidden_size": 0}, {"update_bias": 1e9}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("gru").run(bad)
