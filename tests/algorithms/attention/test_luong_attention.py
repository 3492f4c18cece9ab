from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.attention.luong_attention import luong_attention
from algorithms.registry import load
from core.errors import InputError

STATE, MEMORY = [1.0, 2.0], [[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]


def test_dot_golden() -> None:
    # scores 1, 2, 3: e, e^2, e^3 = 2.71828, 7.38906, 20.08554, sum 30.19288
    output = luong_attention(STATE, MEMORY)
    p = np.array([2.71828, 7.38906, 20.08554]) / 30.19288
    np.testing.assert_allclose(output["weights"], p, atol=1e-6)
    np.testing.assert_allclose(output["context"], [p[0] + p[2], p[1] + p[2]], atol=1e-6)


def test_general_is_bilinear() -> None:
    general = [luong_attention(s, MEMORY, "general")["scores"] for s in ([1.0, 0.0], [0.0, 1.0], [1.0, 2.0])]
    np.testing.assert_allclose(general[2], general[0] + 2 * general[1])
    doubled = luong_attention(STATE, (2 * np.array(MEMORY)).tolist(), "general")["scores"]
    np.testing.assert_allclose(doubled, 2 * general[2])


def test_concat_is_additive_attention_on_the_joined_vector() -> None:
    rng = np.random.default_rng(3)
    rng.standard_normal((2, 4))  # W_c comes first
    W, v = rng.standard_normal((2, 4)) / 2, rng.standard_normal(2)
    slow = [v @ np.tanh(W @ np.concatenate([STATE, h])) for h in MEMORY]
    np.testing.assert_allclose(luong_attention(STATE, MEMORY, "concat", seed=3)["scores"], slow)


def test_attentional_state_combines_context_then_state() -> None:
    output = luong_attention(STATE, MEMORY)
    W_c = np.random.default_rng(0).standard_normal((2, 4)) / 2
    joined = np.concatenate([output["context"], STATE])
    np.testing.assert_allclose(output["attentional_state"], np.tanh(W_c @ joined))


@given(st.sampled_from(["dot", "general", "concat"]), st.permutations([0, 1, 2]))
def test_order_of_the_memory_only_permutes(score: str, order: list[int]) -> None:
    a = luong_attention(STATE, MEMORY, score)  # type: ignore[arg-type]
    b = luong_attention(STATE, [MEMORY[i] for i in order], score)  # type: ignore[arg-type]
    np.testing.assert_allclose(b["weights"], a["weights"][order])
    np.testing.assert_allclose(b["context"], a["context"])


@pytest.mark.parametrize("bad", [{"decoder_state": [1.0]}, {"score": "cosine"}, {"encoder_states": []}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("luong-attention").run(bad)
