from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.quantization_and_compression.knowledge_distillation import knowledge_distillation
from algorithms.registry import load
from core.errors import InputError

LOGITS = st.lists(st.floats(-5, 5), min_size=4, max_size=4)


@given(LOGITS, LOGITS, st.floats(0.5, 10), st.floats(0, 1), st.integers(0, 3))
def test_loss_and_gradient_equal_torch(t: list[float], s: list[float], T: float, alpha: float, label: int) -> None:
    tt = torch.tensor([t], dtype=torch.float64)
    ts = torch.tensor([s], dtype=torch.float64, requires_grad=True)
    kl = torch.nn.functional.kl_div(
        torch.log_softmax(ts / T, 1), torch.log_softmax(tt / T, 1), reduction="batchmean", log_target=True
    )
    hard = torch.nn.functional.cross_entropy(ts, torch.tensor([label]))
    loss = alpha * T**2 * kl + (1 - alpha) * hard
    loss.backward()
    output = knowledge_distillation(t, s, label, T, alpha)
    assert output["loss"] == pytest.approx(loss.item(), abs=1e-9)
    assert output["kl"] == pytest.approx(kl.item(), abs=1e-12)
    assert ts.grad is not None
    np.testing.assert_allclose(output["gradient"], ts.grad[0], atol=1e-9)


def test_descent_on_the_soft_part_alone_copies_the_teacher() -> None:
    output = knowledge_distillation([4.0, 2.0, -1.0], [-1.0, 0.0, 3.0], temperature=2.0, alpha=1.0)
    assert output["loss"] > 1
    assert output["loss_after_descent"] < 1e-3 * output["loss"]


def test_t_squared_keeps_the_gradient_of_the_soft_part_in_size() -> None:
    norms = [
        np.linalg.norm(knowledge_distillation([1.0, 0.0], [0.0, 1.0], 0, T, 1.0)["gradient"]) for T in (10.0, 100.0)
    ]
    assert norms[1] == pytest.approx(norms[0], rel=0.01)


@pytest.mark.parametrize("bad", [{"teacher_logits": [1.0, 2.0]}, {"label": 3}, {"temperature": 0}, {"alpha": 2}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("knowledge-distillation").run(bad)
