from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.registry import load
from algorithms.text_generation_metrics.perplexity import perplexity
from core.errors import InputError


@given(st.integers(1, 500), st.integers(1, 30))
def test_a_uniform_model_has_the_perplexity_of_its_vocabulary(v: int, n: int) -> None:
    np.testing.assert_allclose(perplexity([1 / v] * n)["perplexity"], v, rtol=1e-12)


@given(st.lists(st.floats(1e-6, 1), min_size=1, max_size=20))
def test_equals_the_exponential_of_the_cross_entropy_of_torch(p: list[float]) -> None:
    expected = torch.nn.functional.nll_loss(
        torch.log(torch.tensor([[x] for x in p], dtype=torch.float64)), torch.zeros(len(p), dtype=torch.long)
    ).item()
    output = perplexity(p)
    np.testing.assert_allclose(output["mean_negative_log_likelihood"], expected, atol=1e-12)
    np.testing.assert_allclose(output["perplexity"], np.prod(p) ** (-1 / len(p)), rtol=1e-9)
    np.testing.assert_allclose(2 ** output["bits_per_token"], output["perplexity"], rtol=1e-9)


def test_is_not_the_mean_of_the_sentence_perplexities() -> None:
    first, second = [0.5, 0.5], [0.125, 0.125]
    pooled = perplexity(first + second)["perplexity"]
    assert pooled == pytest.approx(4)  # sqrt(2 * 8)
    assert (perplexity(first)["perplexity"] + perplexity(second)["perplexity"]) / 2 == pytest.approx(5)


@pytest.mark.parametrize("bad", [[], [0.0], [1.5], [0.5] * 5000])
def test_bad_input_is_refused(bad: list[float]) -> None:
    with pytest.raises(InputError):
        load("perplexity").run({"probabilities": bad})
