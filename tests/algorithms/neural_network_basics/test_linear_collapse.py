from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.neural_network_basics.linear_collapse import collapse, linear_collapse, run
from algorithms.registry import load
from core.errors import InputError


@given(st.lists(st.integers(1, 6), min_size=3, max_size=6), st.integers(0, 99))
def test_the_chain_equals_the_single_layer(sizes: list[int], seed: int) -> None:
    output = linear_collapse(sizes, seed)
    assert output["linear_difference"] < 1e-9
    assert output["rank"] <= output["rank_bound"] == min(sizes)
    assert output["collapsed_shape"] == [sizes[-1], sizes[0]]


def test_formula_of_two_layers() -> None:
    rng = np.random.default_rng(0)
    W1, b1, W2, b2 = rng.normal(size=(3, 4)), rng.normal(size=3), rng.normal(size=(2, 3)), rng.normal(size=2)
    W, b = collapse([(W1, b1), (W2, b2)])
    np.testing.assert_allclose(W, W2 @ W1)
    np.testing.assert_allclose(b, W2 @ b1 + b2)
    x = rng.normal(size=(1, 4))
    np.testing.assert_allclose(run(x, [(W1, b1), (W2, b2)], nonlinear=False)[0], W2 @ (W1 @ x[0] + b1) + b2)


def test_a_non_linearity_makes_the_difference() -> None:
    output = load("linear-collapse").run()
    assert output["relu_difference"] > 0.1
    assert output["xor_linear_mse"] == pytest.approx(0.25)
    assert output["xor_relu_mse"] == 0
    assert output["chain_parameters"] > output["collapsed_parameters"] == 10


@pytest.mark.parametrize("bad", [{"layer_sizes": [3, 2]}, {"layer_sizes": [3, 1000, 2]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("linear-collapse").run(bad)
