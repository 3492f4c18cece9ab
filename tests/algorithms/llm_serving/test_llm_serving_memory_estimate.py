from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.llm_serving.llm_serving_memory_estimate import llm_serving_memory_estimate as estimate
from algorithms.registry import load
from core.errors import InputError


@pytest.mark.parametrize(
    ("billions", "bits", "expected"),
    [(7, 16, 16.8), (7, 8, 8.4), (7, 4, 4.2), (7, 32, 33.6), (70, 16, 168), (70, 4, 42)],
)
def test_worked_examples(billions: float, bits: float, expected: float) -> None:
    assert estimate(billions, bits)["memory_gb"] == pytest.approx(expected)


@given(st.floats(0.1, 1000), st.floats(1, 64), st.floats(1, 3))
def test_both_forms_of_the_formula_agree(billions: float, bits: float, overhead: float) -> None:
    assert estimate(billions, bits, overhead)["memory_gb"] == pytest.approx(billions * bits / 8 * overhead)


def test_cache_equals_the_bytes_of_real_tensors() -> None:
    shape = (2, 3, 5, 7, 11, 13)  # key and value, layers, batch, heads, tokens, head dimension
    cache = torch.empty(shape, dtype=torch.float16)
    r = estimate(1, 16, layers=3, batch_size=5, kv_heads=7, context_tokens=11, head_dim=13)
    assert r["kv_cache_gb"] * 1e9 == pytest.approx(cache.nbytes)
    assert r["total_gb"] == pytest.approx(r["memory_gb"] + r["kv_cache_gb"])


def test_many_long_requests_outgrow_the_weights() -> None:
    assert not estimate(7, 16, batch_size=1)["kv_cache_exceeds_weights"]
    assert estimate(7, 16, batch_size=16)["kv_cache_exceeds_weights"]


@pytest.mark.parametrize("bad", [{"bits": 0}, {"parameters_billion": 0}, {"overhead": 0.5}, {"layers": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("llm-serving-memory-estimate").run(bad)
