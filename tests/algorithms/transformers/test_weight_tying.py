from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.registry import load
from algorithms.transformers.weight_tying import tied_loss_and_gradient, weight_tying
from core.errors import InputError


@given(st.integers(2, 6), st.integers(1, 5), st.data())
def test_gradient_sums_both_uses(V: int, d: int, data: st.DataObject) -> None:
    token, target = data.draw(st.integers(0, V - 1)), data.draw(st.integers(0, V - 1))
    E = np.random.default_rng(V + d).standard_normal((V, d))
    T = torch.tensor(E, requires_grad=True)
    expected = torch.nn.functional.cross_entropy((T @ T[token])[None], torch.tensor([target]))
    expected.backward()
    loss, gradient = tied_loss_and_gradient(E, token, target)
    assert loss == pytest.approx(expected.item())
    np.testing.assert_allclose(gradient, T.grad, atol=1e-12)


def test_gpt2_saves_a_vocabulary_matrix() -> None:
    output = load("weight-tying").run()
    assert output["saved"] == 50257 * 768 == output["parameters_untied"] - output["parameters_tied"]


def test_transpose_is_not_the_inverse_and_the_model_learns() -> None:
    output = weight_tying(steps=200)
    assert output["inverse_error"] > 0.3
    # 12 tokens: guessing costs ln 12 = 2.48
    assert output["loss_after"] < output["loss_before"] - 0.5
    assert weight_tying(steps=0)["loss_after"] == output["loss_before"]


@pytest.mark.parametrize("bad", [{"vocabulary": 0}, {"toy_dim": 65}, {"steps": -1}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("weight-tying").run(bad)
