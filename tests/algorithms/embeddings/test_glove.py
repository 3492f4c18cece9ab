from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.embeddings.glove import cooccurrences, glove, objective, weight
from algorithms.embeddings.word2vec import ANIMALS_AND_FOOD
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(1, 4), st.integers(1, 3), st.integers(0, 99))
def test_objective_equals_the_formula_and_autograd(V: int, d: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    X = rng.integers(0, 4, size=(V, V)) * 1.5
    theta = {
        "W": rng.standard_normal((V, d)),
        "C": rng.standard_normal((V, d)),
        "b": rng.standard_normal(V),
        "c": rng.standard_normal(V),
    }
    T = {k: torch.tensor(v, requires_grad=True) for k, v in theta.items()}
    expected = torch.zeros((), dtype=torch.float64)
    for i in range(V):
        for j in range(V):
            if X[i, j] > 0:
                f = min(1.0, (X[i, j] / 2) ** 0.75)
                expected = expected + f * (T["W"][i] @ T["C"][j] + T["b"][i] + T["c"][j] - np.log(X[i, j])) ** 2
    loss, gradients = objective(theta, X, 2.0)
    assert loss == pytest.approx(expected.item())
    if expected.requires_grad:
        expected.backward()
        for name, tensor in T.items():
            np.testing.assert_allclose(gradients[name], tensor.grad, atol=1e-9)


def test_counts_by_hand() -> None:
    X = cooccurrences([["a", "b", "a"], ["b"]], ["a", "b"], 2)
    # a-b at distance 1 twice; a-a at distance 2: half, both ways
    np.testing.assert_allclose(X, [[1, 2], [2, 0]])
    np.testing.assert_allclose(cooccurrences([["a", "b", "a"]], ["a", "b"], 1), [[0, 2], [2, 0]])
    np.testing.assert_allclose(weight(np.array([0.0, 5.0, 10.0, 99.0]), 10.0), [0, 0.5**0.75, 1, 1])


@pytest.mark.parametrize("seed", range(3))
def test_fits_the_logarithms_of_the_counts(seed: int) -> None:
    output = glove(ANIMALS_AND_FOOD, "cat", seed=seed)
    assert output["loss_after"] < 0.01 * output["loss_before"]
    assert output["fit_error"] < 0.05
    assert output["losses"][-1] < output["losses"][0]


@pytest.mark.parametrize("seed", range(3))
def test_words_that_share_contexts_end_up_close(seed: int) -> None:
    assert next(iter(load("glove").run({"seed": seed})["neighbours"])) == "dog"
    assert set(list(load("glove").run({"word": "bread", "seed": seed})["neighbours"])[:2]) == {"cheese", "rice"}


@pytest.mark.parametrize("bad", [{"word": "zebra"}, {"corpus": ["cat"]}, {"x_max": 0}, {"dim": 17}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("glove").run(bad)
