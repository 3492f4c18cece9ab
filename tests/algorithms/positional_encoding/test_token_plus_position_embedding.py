from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.positional_encoding.token_plus_position_embedding import token_plus_position_embedding
from algorithms.registry import load
from core.errors import InputError


def test_four_words() -> None:
    expected = [[0.11, 0.32, 0.53], [0.22, 0.43, 0.64], [0.33, 0.54, 0.75], [0.44, 0.65, 0.86]]
    np.testing.assert_allclose(load("token-plus-position-embedding").run()["inputs"], expected)


def test_three_words_with_toy_positions() -> None:
    sums = token_plus_position_embedding(
        [[0.1, 0.3, 0.7], [0.2, 0.5, 1.2], [0.1, 1.2, 1.0]], [[0.0, 1.0, 0.0], [0.8, 0.5, 0.0], [0.9, -0.4, 0.0]]
    )["inputs"]
    np.testing.assert_allclose(sums, [[0.1, 1.3, 0.7], [1.0, 1.0, 1.2], [1.0, 0.8, 1.0]])


def test_default_is_sinusoidal_and_scaling_touches_tokens_only() -> None:
    plain = token_plus_position_embedding([[1.0, 2.0, 3.0, 4.0]] * 2)
    np.testing.assert_allclose(plain["position_encodings"][1], [np.sin(1), np.cos(1), np.sin(0.01), np.cos(0.01)])
    scaled = token_plus_position_embedding([[1.0, 2.0, 3.0, 4.0]] * 2, scale_embeddings=True)
    np.testing.assert_allclose(scaled["inputs"] - plain["inputs"], [[1, 2, 3, 4]] * 2)  # root of 4 is 2


@given(st.integers(1, 8), st.integers(1, 8))
def test_the_same_word_differs_by_its_place_only(n: int, d: int) -> None:
    output = token_plus_position_embedding([[0.5] * d] * n)
    np.testing.assert_allclose(output["inputs"] - output["position_encodings"], 0.5)
    assert ((output["position_share"] >= 0) & (output["position_share"] <= 1)).all()


def test_share_of_zero_vectors_is_zero() -> None:
    assert token_plus_position_embedding([[3.0]], [[1.0]])["position_share"].tolist() == [0.25]
    assert token_plus_position_embedding([[0.0]], [[0.0]])["position_share"].tolist() == [0.0]


@pytest.mark.parametrize("bad", [{"position_encodings": [[0.0]]}, {"token_embeddings": []}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("token-plus-position-embedding").run(bad)
