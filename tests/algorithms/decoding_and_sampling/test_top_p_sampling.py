from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from transformers import TopPLogitsWarper

from algorithms.decoding_and_sampling.top_p_sampling import nucleus, top_p_sampling
from algorithms.registry import load
from core.errors import InputError

P = [0.5, 0.3, 0.15, 0.05]


@given(st.integers(2, 10), st.floats(0.05, 0.99), st.integers(0, 99))
def test_equals_transformers(V: int, threshold: float, seed: int) -> None:
    p = np.random.default_rng(seed).dirichlet(np.ones(V))
    scores = TopPLogitsWarper(threshold)(torch.zeros(1, 1, dtype=torch.long), torch.log(torch.tensor(p))[None])
    np.testing.assert_allclose(
        top_p_sampling(p.tolist(), threshold)["probabilities"], torch.softmax(scores[0], 0), atol=1e-9
    )


@given(st.integers(1, 10), st.floats(0.01, 1), st.integers(0, 99))
def test_the_nucleus_is_the_smallest_that_reaches_p(V: int, threshold: float, seed: int) -> None:
    p = np.random.default_rng(seed).dirichlet(np.ones(V))
    kept = nucleus(p, threshold)
    assert p[kept].sum() >= threshold - 1e-9
    assert p[kept[:-1]].sum() < threshold
    assert p[kept].min() >= np.delete(p, kept).max(initial=0)


def test_three_of_four() -> None:
    output = load("top-p-sampling").run()
    assert output["probabilities"] == pytest.approx([0.5 / 0.95, 0.3 / 0.95, 0.15 / 0.95, 0])
    np.testing.assert_allclose(output["probabilities"], [0.526, 0.316, 0.158, 0], atol=5e-4)
    assert output["kept"] == [0, 1, 2]
    assert output["nucleus_mass"] == pytest.approx(0.95)
    np.testing.assert_allclose(output["frequencies"], [0.526, 0.316, 0.158, 0], atol=0.06)


def test_borders() -> None:
    assert top_p_sampling(P, 1.0)["kept"].tolist() == [0, 1, 2, 3]
    assert top_p_sampling(P, 0.8)["kept"].tolist() == [0, 1]  # .5 + .3 reaches .8 in spite of rounding
    assert top_p_sampling(P, 0.01)["kept"].tolist() == [0]


@pytest.mark.parametrize("bad", [{"p": 0}, {"p": 1.1}, {"probabilities": [0.5]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("top-p-sampling").run(bad)
