from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.embeddings.token_embedding_lookup import embedding_gradient, token_embedding_lookup
from algorithms.registry import load
from core.errors import InputError


@given(st.lists(st.integers(0, 63), min_size=1, max_size=12), st.integers(1, 5))
def test_lookup_and_gradient_equal_torch(tokens: list[int], d: int) -> None:
    output = token_embedding_lookup(tokens, toy_dim=d)
    E = np.random.default_rng(0).standard_normal((64, d)) / np.sqrt(d)
    table = torch.nn.Embedding.from_pretrained(torch.tensor(E), freeze=False)
    looked_up = table(torch.tensor(tokens))
    np.testing.assert_allclose(output["vectors"], looked_up.detach())
    assert output["one_hot_error"] < 1e-15
    dX = np.random.default_rng(1).standard_normal((len(tokens), d))
    looked_up.backward(torch.tensor(dX))
    np.testing.assert_allclose(embedding_gradient(np.array(tokens), dX, 64), table.weight.grad, atol=1e-12)
    assert output["rows_with_gradient"] == len(set(tokens))


def test_parameters_of_gpt2_and_distance_of_one_hot_vectors() -> None:
    output = load("token-embedding-lookup").run()
    assert output["parameters"] == 50257 * 768
    assert output["one_hot_distance"] == pytest.approx(np.linalg.norm(np.eye(5)[1] - np.eye(5)[4]))
    assert output["vectors"][0] == output["vectors"][2] != output["vectors"][1]


@pytest.mark.parametrize("bad", [{"tokens": []}, {"tokens": [64]}, {"vocabulary": 0}, {"toy_dim": 17}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("token-embedding-lookup").run(bad)
