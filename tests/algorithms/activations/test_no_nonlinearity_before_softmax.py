from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.activations.no_nonlinearity_before_softmax import no_nonlinearity_before_softmax
from algorithms.registry import load
from core.errors import InputError


@given(st.lists(st.floats(-10, 10).filter(lambda v: v != 0), min_size=2, max_size=8))
def test_probabilities_and_gradients_equal_torch(logits: list[float]) -> None:
    output = no_nonlinearity_before_softmax(logits, label=1)
    for clip, key in [(False, "without_relu"), (True, "with_relu")]:
        z = torch.tensor([logits], dtype=torch.float64, requires_grad=True)
        scores = torch.relu(z) if clip else z
        loss = torch.nn.functional.cross_entropy(scores, torch.tensor([1]))
        (gradient,) = torch.autograd.grad(loss, z)
        np.testing.assert_allclose(output[key], torch.softmax(scores, -1).detach()[0], atol=1e-12)
        np.testing.assert_allclose(output[f"gradient_{key}"], gradient[0], atol=1e-12)


def test_all_negative_logits_become_one_and_learn_nothing() -> None:
    output = no_nonlinearity_before_softmax([-1.0, -3.0, -0.5, -9.0], label=2)
    assert output["with_relu"].tolist() == [0.25] * 4
    assert output["distinct_without_relu"] == 4
    assert output["distinct_with_relu"] == 1
    assert not output["gradient_with_relu"].any()
    assert output["gradient_without_relu"][2] < -0.4
    assert output["entropy_with_relu"] == pytest.approx(np.log(4))
    assert output["entropy_without_relu"] < 0.9


def test_positive_logits_are_untouched() -> None:
    output = no_nonlinearity_before_softmax([1.0, 3.0])
    assert output["with_relu"].tolist() == output["without_relu"].tolist()


@pytest.mark.parametrize("bad", [{"logits": [1.0]}, {"label": 4}, {"label": -1}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("no-nonlinearity-before-softmax").run(bad)
