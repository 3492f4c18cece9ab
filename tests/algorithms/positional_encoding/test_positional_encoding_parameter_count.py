from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.positional_encoding.positional_encoding_parameter_count import positional_encoding_parameter_count
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(1, 64), st.integers(1, 8), st.integers(1, 8), st.integers(1, 5), st.integers(1, 3))
def test_equals_the_sizes_of_modules(N: int, d_head: int, heads: int, k: int, layers: int) -> None:
    output = positional_encoding_parameter_count(N, d_head * heads, heads, k, layers)
    assert output["learned_absolute"] == torch.nn.Embedding(N, d_head * heads).weight.numel()
    shaw = [torch.nn.Embedding(2 * k + 1, d_head).weight.numel() for _ in range(2 * layers)]
    assert output["relative_shaw"] == sum(shaw)
    assert output["relative_bias"] == torch.nn.Embedding(2 * k + 1, heads).weight.numel()
    assert output["sinusoidal"] == output["rotary"] == output["alibi"] == 0


def test_gpt2_table_and_order() -> None:
    output = load("positional-encoding-parameter-count").run()
    assert output["learned_absolute"] == 786_432 > output["relative_shaw"] > output["rotary"]


@pytest.mark.parametrize("bad", [{"heads": 7}, {"max_length": 0}, {"dim": -1}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("positional-encoding-parameter-count").run(bad)
