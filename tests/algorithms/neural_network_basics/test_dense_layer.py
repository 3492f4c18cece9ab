from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.neural_network_basics.dense_layer import dense_layer
from algorithms.registry import load
from core.errors import InputError

FUNCTIONS = {
    "identity": lambda z: z,
    "relu": torch.relu,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "gelu": torch.nn.functional.gelu,
    "softmax": lambda z: torch.softmax(z, -1),
}


@given(st.integers(1, 6), st.integers(1, 5), st.integers(1, 4), st.sampled_from(sorted(FUNCTIONS)), st.integers(0, 99))
def test_equals_torch(n: int, n_in: int, n_out: int, activation: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    X, W, b = rng.normal(size=(n, n_in)), rng.normal(size=(n_out, n_in)), rng.normal(size=n_out)
    z = torch.nn.functional.linear(torch.tensor(X), torch.tensor(W), torch.tensor(b))
    output = load("dense-layer").run(
        {"inputs": X.tolist(), "weights": W.tolist(), "bias": b.tolist(), "activation": activation}
    )
    np.testing.assert_allclose(output["z"], z, atol=1e-12)
    np.testing.assert_allclose(output["a"], FUNCTIONS[activation](z), atol=1e-9)
    assert output["parameters"] == n_in * n_out + n_out
    assert output["multiply_adds"] == n * n_in * n_out


def test_golden() -> None:
    # (0.5 - 0.4 - 0.1 + 0.1, 0.3 + 1.6 + 0.5 - 0.4)
    output = load("dense-layer").run()
    np.testing.assert_allclose(output["z"], [[0.1, 2.0]])
    assert output["parameters"] == 8


def test_without_bias_zero_maps_to_zero() -> None:
    output = dense_layer([[0.0, 0.0]], [[1.0, 2.0]], activation="identity")
    assert output["z"].tolist() == [[0]]
    assert output["parameters"] == 2


@pytest.mark.parametrize("bad", [{"inputs": [[1.0]]}, {"bias": [1.0]}, {"activation": "swish"}, {"weights": []}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("dense-layer").run(bad)
