from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.recurrent.mamba_selective_state_space import (
    mamba_selective_state_space,
    parallel_scan,
    selective_parameters,
    sequential_scan,
)
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(1, 40), st.integers(1, 4), st.integers(0, 99))
def test_parallel_scan_equals_the_recurrence_and_its_closed_form(T: int, N: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    a, b = rng.uniform(0, 1, (T, N)), rng.standard_normal((T, N))
    states, rounds = parallel_scan(a, b)
    np.testing.assert_allclose(states, sequential_scan(a, b), atol=1e-12)
    closed = sum(b[s] * a[s + 1 :].prod(axis=0) for s in range(T))
    np.testing.assert_allclose(states[-1], closed, atol=1e-12)
    assert rounds == int(np.ceil(np.log2(T))) if T > 1 else rounds == 0


def test_output_by_the_slow_loop() -> None:
    x = np.array([1.0, -0.5, 2.0])
    rng = np.random.default_rng(0)
    w_B, b_B, w_C, b_C = rng.standard_normal((4, 4))
    w_delta = rng.standard_normal()
    h, ys = np.zeros(4), []
    for value in x:
        delta = np.log(1 + np.exp(w_delta * value))
        h = np.exp(-delta * np.array([1, 2, 3, 4])) * h + delta * (w_B * value + b_B) * value
        ys.append((w_C * value + b_C) @ h)
    output = mamba_selective_state_space(x.tolist())
    np.testing.assert_allclose(output["y"], ys)
    np.testing.assert_allclose(output["last_state"], h)


def test_a_step_of_zero_skips_the_input_and_a_large_one_forgets() -> None:
    signal = [1.0, -2.0, 0.5, 1.0]
    ignored = mamba_selective_state_space(signal, delta_bias=-50.0)
    assert np.abs(ignored["last_state"]).max() < 1e-15
    a, b = (mamba_selective_state_space([first, 0.3], delta_bias=50.0)["last_state"] for first in (1.0, -7.0))
    np.testing.assert_allclose(a, b, atol=1e-12)


def test_cost_is_linear_and_factors_decay() -> None:
    short, long = (mamba_selective_state_space([0.5] * T) for T in (64, 128))
    assert long["operations"] == 2 * short["operations"] == 2 * 128 * 4
    assert long["attention_scores"] == 4 * short["attention_scores"]
    assert (short["parallel_rounds"], long["parallel_rounds"]) == (6, 7)
    a, _, _, delta = selective_parameters(np.ones(5), 3, np.random.default_rng(0), 0.0)
    assert ((a > 0) & (a < 1)).all()
    np.testing.assert_allclose(np.log(a[0]) / delta[0], [-1, -2, -3])


@pytest.mark.parametrize("bad", [{"signal": []}, {"signal": [1e6]}, {"state_size": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("mamba-selective-state-space").run(bad)
