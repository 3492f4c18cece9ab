from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.convolution_and_vision.nt_xent_loss import nt_xent, nt_xent_loss
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(1, 6), st.floats(0.05, 5), st.integers(0, 99))
def test_equals_a_torch_formulation(n: int, temperature: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    a, b = rng.normal(size=(n, 4)), rng.normal(size=(n, 4))
    z = torch.nn.functional.normalize(torch.cat([torch.tensor(a), torch.tensor(b)]), dim=1)
    similarities = (z @ z.T / temperature).masked_fill(torch.eye(2 * n, dtype=torch.bool), float("-inf"))
    expected = torch.nn.functional.cross_entropy(similarities, torch.arange(2 * n).roll(n))
    assert nt_xent(a, b, temperature)[0] == pytest.approx(expected.item(), abs=1e-9)


@pytest.mark.parametrize("n", [1, 2, 5, 32])
def test_equal_similarities_give_the_log_of_the_candidates(n: int) -> None:
    output = nt_xent_loss([[1.0, 2.0]] * n, [[1.0, 2.0]] * n)
    assert output["loss"] == pytest.approx(np.log(2 * n - 1))
    assert output["uniform_loss"] == pytest.approx(np.log(2 * n - 1))


@given(st.integers(0, 99), st.floats(0.1, 10))
def test_is_symmetric_and_ignores_the_length_of_embeddings(seed: int, scale: float) -> None:
    rng = np.random.default_rng(seed)
    a, b = rng.normal(size=(4, 3)), rng.normal(size=(4, 3))
    loss = nt_xent(a, b, 0.5)[0]
    assert nt_xent(b, a, 0.5)[0] == pytest.approx(loss)
    assert nt_xent(scale * a, b, 0.5)[0] == pytest.approx(loss)


def test_matching_views_beat_shuffled_ones() -> None:
    output = load("nt-xent-loss").run()
    assert output["accuracy"] == 1
    assert output["loss"] < output["uniform_loss"] < output["shuffled_loss"]
    assert output["positive_similarity"] > 0.9 > output["negative_similarity"]


@pytest.mark.parametrize("bad", [{"view_b": [[1.0]]}, {"view_a": [[0.0, 0.0]] * 3}, {"temperature": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("nt-xent-loss").run(bad)
