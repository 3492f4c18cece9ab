from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.attention.attention_complexity import attention_complexity, rnn_gradient_norms
from algorithms.registry import load
from core.errors import InputError


@pytest.mark.parametrize(("n", "ratio"), [(128, 0.25), (512, 1.0), (4096, 8.0)])
def test_ratio_to_a_recurrent_layer_at_512(n: int, ratio: float) -> None:
    output = attention_complexity(n, 512)
    assert output["attention_to_rnn"] == ratio == output["attention_operations"] / output["rnn_operations"]


def test_stated_numbers() -> None:
    assert attention_complexity(512, 1000)["attention_operations"] == 262_144_000
    assert attention_complexity(30, 1000)["score_entries"] == 900
    assert attention_complexity(4096)["score_matrix_mib"] == 32  # 4096² · 2 bytes = 2^25


@given(st.integers(1, 10_000), st.integers(1, 2_000))
def test_doubling_the_length(n: int, d: int) -> None:
    one, two = attention_complexity(n, d), attention_complexity(2 * n, d)
    assert two["score_entries"] == 4 * one["score_entries"]
    assert two["projection_operations"] == 2 * one["projection_operations"]
    assert two["attention_parameters"] == one["attention_parameters"] == 4 * d * d
    assert two["fully_connected_parameters"] == 4 * one["fully_connected_parameters"]
    assert two["path_length"] == {"attention": 1, "rnn": 2 * n}


def test_gradient_of_the_recurrent_network_fades_and_is_right() -> None:
    norms = rnn_gradient_norms(80, seed=0)
    assert norms[79] < norms[39] / 3 < norms[0] / 9
    rng = np.random.default_rng(0)
    W, h0 = rng.standard_normal((16, 16)) / 4, rng.standard_normal(16)

    def after_two(h: np.ndarray) -> np.ndarray:
        return np.tanh(W @ np.tanh(W @ h))

    J = np.stack([(after_two(h0 + 1e-6 * e) - after_two(h0 - 1e-6 * e)) / 2e-6 for e in np.eye(16)], axis=1)
    assert norms[1] == pytest.approx(np.linalg.norm(J, 2), rel=1e-6)


@pytest.mark.parametrize("bad", [{"n": 0}, {"n": 10**12}, {"d": -1}, {"bytes_per_number": 16}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("attention-complexity").run(bad)
