from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.language_models.language_model_chain_rule import language_model_chain_rule
from algorithms.registry import load
from core.errors import InputError


@given(st.lists(st.floats(0.01, 1), min_size=1, max_size=20))
def test_product_and_perplexity(p: list[float]) -> None:
    output = language_model_chain_rule(p, 2, 2)
    assert output["probability"] == pytest.approx(np.prod(p))
    assert output["perplexity"] == pytest.approx(np.prod(p) ** (-1 / len(p)))
    assert output["bits_per_word"] == pytest.approx(-np.log2(p).mean(), abs=1e-12)


def test_example_by_hand() -> None:
    output = load("language-model-chain-rule").run()
    assert output["probability"] == pytest.approx(0.2 * 0.5 * 0.1 * 0.4)


@given(st.integers(1, 4), st.integers(1, 3), st.integers(0, 50))
def test_products_of_conditionals_are_the_joint(V: int, n: int, seed: int) -> None:
    output = language_model_chain_rule([1.0], V, n, seed)
    assert output["sum_over_sequences"] == pytest.approx(1)
    assert output["largest_error"] < 1e-12


def test_long_texts_do_not_underflow_and_zero_is_impossible() -> None:
    output = language_model_chain_rule([0.01] * 1000)
    assert output["log_probability"] == pytest.approx(1000 * math.log(0.01))
    assert output["perplexity"] == pytest.approx(100)
    impossible = language_model_chain_rule([0.5, 0.0])
    assert (impossible["probability"], impossible["perplexity"]) == (0, math.inf)


@pytest.mark.parametrize("bad", [{"conditionals": []}, {"conditionals": [1.5]}, {"vocabulary": 7}, {"length": 5}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("language-model-chain-rule").run(bad)
