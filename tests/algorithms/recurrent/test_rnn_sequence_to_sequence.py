from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import Ridge

from algorithms.recurrent.recurrent_neural_network import Cell, run_rnn
from algorithms.recurrent.rnn_sequence_to_sequence import (
    V,
    decode,
    encode,
    encoder,
    readout,
    rnn_sequence_to_sequence,
)
from algorithms.registry import load
from core.errors import InputError


def test_the_bottleneck_loses_long_sources() -> None:
    output = load("rnn-sequence-to-sequence").run()
    accuracy = output["token_accuracy"]
    assert accuracy[0] == accuracy[1] == 1  # 2 and 5 tokens of 6 kinds fit into 32 numbers
    assert accuracy[1] > accuracy[2] > accuracy[3] > output["guessing"]
    assert output["first_token_accuracy"][3] < accuracy[3]  # the oldest token fades first
    assert output["sequence_accuracy"][3] < 0.05
    assert output["context_shapes"] == [[32]] * 4


def test_a_larger_context_holds_more() -> None:
    small, large = (rnn_sequence_to_sequence([10], context_size=h)["token_accuracy"][0] for h in (8, 64))
    assert large > small + 0.2


@given(st.integers(1, 5), st.integers(2, 6))
def test_encoding_is_the_last_state_of_the_recurrence(T: int, h: int) -> None:
    rng = np.random.default_rng(T)
    cell, tokens = encoder(h, rng), rng.integers(V, size=(3, T))
    for row, context in zip(tokens, encode(tokens, cell), strict=True):
        np.testing.assert_allclose(context, run_rnn(np.eye(V)[row], cell)[-1])


def test_readout_equals_ridge_regression_on_centred_data() -> None:
    rng = np.random.default_rng(0)
    C, tokens = rng.standard_normal((60, 4)), rng.integers(V, size=(60, 2))
    B = readout(C, tokens)
    X = np.column_stack([C, np.ones(60)])
    expected = Ridge(alpha=1e-4, fit_intercept=False).fit(X, np.eye(V)[tokens].reshape(60, -1)).coef_.T
    np.testing.assert_allclose(B.reshape(5, -1), expected, atol=1e-8)
    assert decode(C, B).shape == (60, 2)
    assert isinstance(encoder(3, rng), Cell)


@pytest.mark.parametrize("bad", [{"lengths": []}, {"lengths": [31]}, {"context_size": 1}, {"examples": 10}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("rnn-sequence-to-sequence").run(bad)
