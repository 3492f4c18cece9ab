from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.attention.cross_attention import cross_attention
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(1, 5), st.integers(1, 6))
def test_weights_have_one_row_a_decoder_position(T_dec: int, T_enc: int) -> None:
    rng = np.random.default_rng(T_dec * 10 + T_enc)
    output = cross_attention(rng.standard_normal((T_dec, 3)).tolist(), rng.standard_normal((T_enc, 2)).tolist())
    assert output["weights"].shape == (T_dec, T_enc)
    np.testing.assert_allclose(output["weights"].sum(axis=1), 1)


def test_equals_the_slow_loop() -> None:
    entry = load("cross-attention")
    Y, X = (np.array(entry.example[k]) for k in ("decoder_states", "encoder_states"))
    output = cross_attention(Y.tolist(), X.tolist())
    for i, y in enumerate(Y):
        q = y @ output["W_Q"]
        e = [np.exp(q @ (x @ output["W_K"]) / 2) for x in X]  # d_k = 4, its root is 2
        context = sum(w * (x @ output["W_V"]) for w, x in zip(e, X, strict=True)) / sum(e)
        np.testing.assert_allclose(output["context"][i], context)


def test_queries_come_from_the_decoder_only() -> None:
    encoder = [[1.0, 2.0], [0.5, -1.0], [0.0, 1.0]]
    alone = cross_attention([[1.0, 0.0]], encoder)["context"][0]
    beside = cross_attention([[1.0, 0.0], [-4.0, 3.0]], encoder)["context"][0]
    np.testing.assert_allclose(alone, beside)


@pytest.mark.parametrize("bad", [{"d_k": 0}, {"encoder_states": []}, {"decoder_states": [[1], [1, 2]]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("cross-attention").run(bad)
