from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.attention.additive_attention import additive_attention, additive_scores
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(1, 5), st.integers(1, 4), st.integers(1, 4), st.integers(1, 5))
def test_scores_equal_the_slow_loop(T: int, d_s: int, d_h: int, a: int) -> None:
    rng = np.random.default_rng(T + 10 * d_s + 100 * d_h)
    s, H = rng.standard_normal(d_s), rng.standard_normal((T, d_h))
    W, U, v = rng.standard_normal((a, d_s)), rng.standard_normal((a, d_h)), rng.standard_normal(a)
    slow = [sum(v[k] * np.tanh(W[k] @ s + U[k] @ h) for k in range(a)) for h in H]
    np.testing.assert_allclose(additive_scores(s, H, W, U, v), slow, atol=1e-12)


def test_context_is_the_weighted_mean_and_scores_are_bounded() -> None:
    H = [[1.0, 0.0, 2.0], [0.0, 1.0, 4.0]]
    output = additive_attention([0.3, -0.2], H)
    e = np.exp(output["scores"])
    np.testing.assert_allclose(output["weights"], e / e.sum())
    np.testing.assert_allclose(output["context"], output["weights"] @ np.array(H))
    assert output["weights"][0] != pytest.approx(0.5, abs=0.05)
    far = additive_attention([100.0, -100.0], H)
    assert np.abs(far["scores"]).max() <= far["score_bound"]


def test_parameters_of_the_example() -> None:
    # attention size 4, decoder state 2, encoder state 3: W 4*2, U 4*3, v 4
    assert load("additive-attention").run()["parameters"] == 24


def test_the_decoder_state_matters_through_the_tanh() -> None:
    H = [[1.0, 0.0], [0.0, 1.0], [0.3, 0.3]]
    a, b = additive_attention([0.0], H)["weights"], additive_attention([2.0], H)["weights"]
    assert np.abs(a - b).max() > 0.01


@pytest.mark.parametrize("bad", [{"decoder_state": []}, {"attention_size": 0}, {"encoder_states": [[1], [1, 2]]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("additive-attention").run(bad)
