from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.attention.synthesizer_attention import synthesizer_attention
from algorithms.registry import load
from algorithms.toy_data import WORDS
from core.errors import InputError

OTHER = [[2.0, -1.0, 0.5], *WORDS[1:]]


def test_random_weights_ignore_the_input_and_dense_ones_do_not() -> None:
    for variant, same in (("random", True), ("dense", False)):
        a, b = (synthesizer_attention(X, variant)["weights"] for X in (WORDS, OTHER))  # type: ignore[arg-type]
        assert np.array_equal(a, b) is same


def test_a_dense_row_depends_on_its_own_token_alone() -> None:
    a, b = (synthesizer_attention(X)["weights"] for X in (WORDS, OTHER))
    assert np.array_equal(a[1:], b[1:])
    assert np.abs(a[0] - b[0]).max() > 1e-3


def test_dense_weights_equal_the_network_by_hand() -> None:
    rng = np.random.default_rng(5)
    W_1, W_2 = rng.standard_normal((3, 8)) / 3**0.5, rng.standard_normal((8, 4)) / 8**0.5
    x = np.array(WORDS[2])
    e = np.exp(np.where(x @ W_1 > 0, x @ W_1, 0) @ W_2)
    output = synthesizer_attention(WORDS, seed=5)
    np.testing.assert_allclose(output["weights"][2], e / e.sum())
    assert output["parameters"] == 3 * 8 + 8 * 4


@given(st.sampled_from(["dense", "random"]), st.integers(0, 50))
def test_output_is_a_mixture_of_the_tokens(variant: str, seed: int) -> None:
    output = synthesizer_attention(WORDS, variant, seed=seed)  # type: ignore[arg-type]
    np.testing.assert_allclose(output["weights"].sum(axis=1), 1)
    np.testing.assert_allclose(output["output"], output["weights"] @ np.array(WORDS))


@pytest.mark.parametrize("bad", [{"variant": "dot"}, {"hidden": 0}, {"embeddings": []}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("synthesizer-attention").run(bad)
