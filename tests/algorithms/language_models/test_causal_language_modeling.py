from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.language_models.causal_language_modeling import causal_language_modeling, loss_and_gradients, shifted
from algorithms.registry import load
from core.errors import InputError


@given(st.lists(st.integers(0, 9), min_size=2, max_size=12), st.integers(1, 4))
def test_labels_are_the_input_shifted_by_one(tokens: list[int], window: int) -> None:
    X, y = shifted(tokens, window)
    assert y.tolist() == tokens[1:]
    for t in range(len(tokens) - 1):
        seen = tokens[max(0, t - window + 1) : t + 1]
        assert X[t].tolist() == [-1] * (window - len(seen)) + seen


def test_gradients_equal_autograd() -> None:
    rng = np.random.default_rng(0)
    shapes = {"E": (5, 3), "W1": (6, 4), "b1": (4,), "W2": (4, 4), "b2": (4,)}
    theta = {k: rng.standard_normal(s) for k, s in shapes.items()}
    X, y = shifted([0, 3, 1, 2, 0, 1], 2)
    T = {k: torch.tensor(v, requires_grad=True) for k, v in theta.items()}
    H = torch.tanh(T["E"][torch.tensor(X)].flatten(1) @ T["W1"] + T["b1"])
    expected = torch.nn.functional.cross_entropy(H @ T["W2"] + T["b2"], torch.tensor(y))
    expected.backward()
    loss, gradients = loss_and_gradients(theta, X, y)
    assert loss == pytest.approx(expected.item())
    for name, tensor in T.items():
        np.testing.assert_allclose(gradients[name], tensor.grad, atol=1e-10)


@pytest.mark.parametrize("seed", range(3))
def test_learns_more_than_word_frequencies(seed: int) -> None:
    output = load("causal-language-modeling").run({"seed": seed})
    # the best model without context reaches the unigram entropy; with a window of 3 the text is nearly determined
    assert output["loss_before"] > output["unigram_entropy"] > 1.5
    assert output["loss_after"] < 0.3
    assert output["next_token"] == "sat"


def test_the_order_of_the_context_matters() -> None:
    text = "a b x b a y a b x b a y a b x b a y"
    assert causal_language_modeling(text, window=2, prompt="a b")["next_token"] == "x"
    assert causal_language_modeling(text, window=2, prompt="b a")["next_token"] == "y"


@pytest.mark.parametrize("bad", [{"text": "one"}, {"text": "   "}, {"window": 0}, {"steps": 1001}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("causal-language-modeling").run(bad)
