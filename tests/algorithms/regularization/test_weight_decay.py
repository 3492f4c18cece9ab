from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.registry import load
from algorithms.regularization.weight_decay import weight_decay
from core.errors import InputError


@pytest.mark.parametrize(
    ("key", "make"),
    [
        ("sgd_l2", lambda w: torch.optim.SGD([w], lr=0.01, weight_decay=0.1)),
        ("adam_l2", lambda w: torch.optim.Adam([w], lr=0.01, weight_decay=0.1)),
        ("adam_decay", lambda w: torch.optim.AdamW([w], lr=0.01, weight_decay=0.1)),
    ],
)
def test_equals_torch(key: str, make: object) -> None:
    w = torch.tensor([1.0, -2.0], dtype=torch.float64, requires_grad=True)
    optimizer = make(w)  # type: ignore[operator]
    for t in range(30):
        w.grad = torch.tensor([5.0, 0.01], dtype=torch.float64) * (1 if t % 2 == 0 else -1)
        optimizer.step()
    output = weight_decay([1.0, -2.0], [5.0, 0.01], 0.01, 0.1, 30)
    np.testing.assert_allclose(output[key], w.detach(), rtol=1e-8)


@given(st.floats(0.001, 0.5), st.floats(0, 1), st.integers(1, 60))
def test_decay_and_penalty_agree_under_sgd_only(rate: float, decay: float, steps: int) -> None:
    output = weight_decay([1.0, -0.5], [3.0, 0.2], rate, decay, steps)
    assert output["sgd_difference"] < 1e-9


def test_adam_hardly_shrinks_weights_with_large_gradients_by_a_penalty() -> None:
    output = load("weight-decay").run()
    # decoupled: both shrink alike, by (1 - 0.001)^50 = 0.951, but for the noise
    assert output["adam_decay"][0] == pytest.approx(output["adam_decay"][1], abs=1e-6)
    assert abs(output["adam_l2"][0] - output["adam_l2"][1]) > 0.05
    assert output["adam_difference"] > 0.01


@given(st.floats(0.001, 1), st.floats(0, 1))
def test_without_gradient_the_norm_falls_by_a_fixed_factor(rate: float, decay: float) -> None:
    output = weight_decay([3.0, 4.0], [0.0, 0.0], rate, decay, 10)
    np.testing.assert_allclose(output["norms_without_gradient"], 5 * (1 - rate * decay) ** np.arange(11), atol=1e-12)
    assert output["shrink_factor"] == pytest.approx(1 - rate * decay)


@pytest.mark.parametrize("bad", [{"weights": [1.0]}, {"decay": -1}, {"steps": 10**6}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("weight-decay").run(bad)
