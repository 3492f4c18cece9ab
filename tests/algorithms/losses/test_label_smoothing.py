from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.losses.label_smoothing import label_smoothing, smooth
from algorithms.registry import load
from core.errors import InputError

LOGITS = st.lists(st.floats(-10, 10), min_size=2, max_size=8)


@given(LOGITS, st.floats(0, 1))
def test_equals_torch(logits: list[float], smoothing: float) -> None:
    z = torch.tensor([logits], dtype=torch.float64, requires_grad=True)
    loss = torch.nn.functional.cross_entropy(z, torch.tensor([1]), label_smoothing=smoothing)
    (gradient,) = torch.autograd.grad(loss, z)
    output = label_smoothing(logits, 1, smoothing)
    assert output["loss"] == pytest.approx(loss.item(), abs=1e-9)
    np.testing.assert_allclose(output["gradient"], gradient[0], atol=1e-9)
    assert output["loss"] >= output["lowest_possible_loss"] - 1e-9


@given(st.integers(2, 20), st.floats(0, 0.9))
def test_the_two_forms_agree_after_rescaling(classes: int, smoothing: float) -> None:
    target = smooth(0, classes, smoothing)
    assert target.sum() == pytest.approx(1)
    # uniform over all with a is uniform over the others with a (K - 1) / K
    np.testing.assert_allclose(target, smooth(0, classes, smoothing * (classes - 1) / classes, "others"), atol=1e-12)


def test_goldens() -> None:
    np.testing.assert_allclose(smooth(2, 4, 0.1), [0.025, 0.025, 0.925, 0.025])
    np.testing.assert_allclose(smooth(2, 4, 0.1, "others"), [0.1 / 3, 0.1 / 3, 0.9, 0.1 / 3])


def test_logits_of_the_target_reach_the_lowest_loss() -> None:
    logits = np.log(smooth(1, 3, 0.3)).tolist()
    output = label_smoothing(logits, 1, 0.3)
    assert output["loss"] == pytest.approx(output["lowest_possible_loss"])
    assert output["hard_loss"] < output["loss"]


@pytest.mark.parametrize("bad", [{"logits": [1.0]}, {"label": 4}, {"smoothing": 1.1}, {"over": "none"}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("label-smoothing").run(bad)
