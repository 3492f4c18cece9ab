from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import GPT2Config, GPT2LMHeadModel

from algorithms.registry import load
from algorithms.transformers.transformer_parameter_count import transformer_parameter_count
from core.errors import InputError


@pytest.mark.parametrize(
    ("layers", "d", "total"),
    [(12, 768, 124_439_808), (24, 1024, 354_823_168), (36, 1280, 774_030_080), (48, 1600, 1_557_611_200)],
)
def test_gpt2_sizes(layers: int, d: int, total: int) -> None:
    output = transformer_parameter_count(layers, d)
    assert output["parameters"] == total == layers * (12 * d * d + 13 * d) + (50257 + 1024 + 2) * d
    assert sum(output["parts"].values()) == total
    assert output["is_small"]


def test_gpt3_is_about_175_billion() -> None:
    output = transformer_parameter_count(96, 12288, 50257, 2048)
    assert output["parameters"] / 1e9 == pytest.approx(174.6, abs=0.05)
    assert not output["is_small"]


@settings(max_examples=8)
@given(st.integers(1, 3), st.sampled_from([4, 8]), st.integers(1, 50), st.integers(1, 20))
def test_equals_transformers(layers: int, d: int, V: int, T: int) -> None:
    config = GPT2Config(vocab_size=V, n_positions=T, n_embd=d, n_layer=layers, n_head=2, bos_token_id=0, eos_token_id=0)
    with torch.device("meta"):
        model = GPT2LMHeadModel(config)
    counted = sum(p.numel() for p in model.transformer.parameters())
    assert transformer_parameter_count(layers, d, V, T)["parameters"] == counted
    untied = transformer_parameter_count(layers, d, V, T, tied=False)["parameters"]
    assert untied == counted + model.lm_head.weight.numel()


def test_depth_counts_linearly() -> None:
    a, b, c = (transformer_parameter_count(L, 64)["parameters"] for L in (1, 2, 3))
    assert c - b == b - a == transformer_parameter_count(1, 64)["per_layer"]


def test_memory_and_compute() -> None:
    output = transformer_parameter_count(12, 768)
    assert output["gibibytes_fp16"] == pytest.approx(124_439_808 * 2 / 1024**3)
    assert output["training_operations_per_token"] == 6 * 124_439_808


@pytest.mark.parametrize("bad", [{"layers": -1}, {"d_model": 0}, {"vocabulary": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("transformer-parameter-count").run(bad)
