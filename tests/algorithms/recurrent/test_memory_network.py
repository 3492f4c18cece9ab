from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.recurrent.memory_network import address, memory_network, write
from algorithms.registry import load
from core.errors import InputError

MEMORY = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.6, 0.8]]


@given(st.integers(1, 6), st.integers(1, 5), st.floats(0, 50))
def test_addressing_equals_torch(N: int, m: int, beta: float) -> None:
    rng = np.random.default_rng(N * 10 + m)
    M, k = rng.standard_normal((N, m)), rng.standard_normal(m)
    cosine = torch.cosine_similarity(torch.tensor(M), torch.tensor(k)[None], dim=1)
    np.testing.assert_allclose(address(M, k, beta), torch.softmax(beta * cosine, 0), atol=1e-10)


def test_a_peaked_key_reads_back_the_stored_row_and_a_flat_one_the_mean() -> None:
    peaked = memory_network(MEMORY, [0.0, 3.0, 4.0], sharpness=1e4)
    np.testing.assert_allclose(peaked["read_vector"], MEMORY[2])
    assert peaked["best_row"] == 2
    assert peaked["entropy"] == pytest.approx(0, abs=1e-9)
    flat = memory_network(MEMORY, [0.0, 1.0, 0.0], sharpness=0.0)
    np.testing.assert_allclose(flat["read_vector"], np.mean(MEMORY, axis=0))
    assert flat["entropy"] == pytest.approx(np.log(3))


def test_writing_then_reading() -> None:
    output = memory_network(MEMORY, [1.0, 0.0, 0.0], sharpness=1e4, add=[7.0, 8.0, 9.0])
    np.testing.assert_allclose(output["memory_after"], [[7, 8, 9], *MEMORY[1:]])
    half = memory_network(MEMORY, [1.0, 0.0, 0.0], sharpness=1e4, add=[0.0, 0.0, 0.0], erase=[0.5, 0.0, 0.0])
    np.testing.assert_allclose(half["memory_after"], [[0.5, 0, 0], *MEMORY[1:]])
    assert memory_network(MEMORY, [1.0, 0.0, 0.0])["memory_after"].tolist() == MEMORY


def test_soft_writing_touches_every_row() -> None:
    # w = (.25, .75), erase all, add 4: 2 * .75 + 1, 2 * .25 + 3
    np.testing.assert_allclose(
        write(np.full((2, 1), 2.0), np.array([0.25, 0.75]), np.ones(1), np.array([4.0])), [[2.5], [3.5]]
    )


def test_a_zero_key_reads_uniformly() -> None:
    np.testing.assert_allclose(memory_network(MEMORY, [0.0, 0.0, 0.0])["read_weights"], [1 / 3] * 3)


@pytest.mark.parametrize(
    "bad", [{"key": [1.0]}, {"add": [1.0]}, {"erase": [2.0, 0, 0]}, {"memory": []}, {"sharpness": -1}]
)
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("memory-network").run(bad)
