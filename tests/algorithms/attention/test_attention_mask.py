from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.attention.attention_mask import attention_mask
from algorithms.attention.scaled_dot_product_attention import scaled_dot_product_attention
from algorithms.registry import load
from algorithms.toy_data import WORDS
from core.errors import InputError


@given(st.integers(1, 8), st.integers(1, 5), st.integers(0, 99))
def test_causal_equals_torch(n: int, d: int, seed: int) -> None:
    X = np.random.default_rng(seed).standard_normal((n, d))
    x = torch.tensor(X)[None]
    expected = torch.nn.functional.scaled_dot_product_attention(x, x, x, is_causal=True)[0]
    np.testing.assert_allclose(attention_mask(X.tolist())["output"], expected, atol=1e-12)


def test_golden_of_the_second_word() -> None:
    P = attention_mask(WORDS)["weights"]
    np.testing.assert_allclose(P[1], [0.4795, 0.5205, 0, 0], atol=6e-5)
    assert (np.triu(P, 1) == 0).all()


def test_a_later_token_changes_no_earlier_output() -> None:
    changed = [*WORDS[:3], [9.0, -9.0, 9.0]]
    for kind, same in (("causal", True), ("bidirectional", False)):
        a, b = (attention_mask(x, kind)["output"][:3] for x in (WORDS, changed))  # type: ignore[arg-type]
        assert np.array_equal(a, b) is same


def test_padding_equals_the_unpadded_sequence() -> None:
    padded = attention_mask([*WORDS, [5.0, 5.0, 5.0]], "padding", real_tokens=4)
    np.testing.assert_allclose(padded["output"][:4], scaled_dot_product_attention(WORDS)["output"])
    assert padded["attention_mask"].tolist() == [1, 1, 1, 1, 0]
    assert (padded["weights"][:, 4] == 0).all()


@pytest.mark.parametrize("bad", [{"kind": "padding", "real_tokens": 5}, {"real_tokens": 0}, {"kind": "future"}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("attention-mask").run(bad)
