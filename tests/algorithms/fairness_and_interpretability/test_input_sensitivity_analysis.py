from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.fairness_and_interpretability.input_sensitivity_analysis import (
    finite_differences,
    input_sensitivity_analysis,
)
from algorithms.registry import load
from core.errors import InputError

PAIR = st.integers(2, 4).flatmap(lambda p: st.tuples(*[st.lists(st.floats(-3, 3), min_size=p, max_size=p)] * 2))


@given(PAIR, st.floats(-2, 2), st.sampled_from(["linear", "logistic"]))
def test_gradient_equals_torch(pair: tuple[list[float], list[float]], interaction: float, link: str) -> None:
    x, w = pair
    X = torch.tensor(x, requires_grad=True, dtype=torch.float64)
    z = X @ torch.tensor(w, dtype=torch.float64) + 0.1 + interaction * X[0] * X[1]
    (torch.sigmoid(z) if link == "logistic" else z).backward()
    r = input_sensitivity_analysis(x, w, 0.1, interaction, link)
    np.testing.assert_allclose(r["gradient"], X.grad, atol=1e-7)
    np.testing.assert_allclose(r["gradient_forward"], X.grad, atol=1e-3)


@given(PAIR, st.floats(-5, 5))
def test_linear_model_moves_by_weight_times_change(pair: tuple[list[float], list[float]], delta: float) -> None:
    x, w = pair
    r = input_sensitivity_analysis(x, w, delta=delta)
    np.testing.assert_allclose(r["changes"], np.array(w) * delta, atol=1e-9)
    assert r["interaction_effect"] == pytest.approx(0, abs=1e-9)


def test_interaction_shows_only_jointly() -> None:
    r = input_sensitivity_analysis([0.0, 0.0], [1.0, 1.0], interaction=2.0, delta=0.5)
    assert r["changes"] == pytest.approx([0.5, 0.5]) and r["interaction_effect"] == pytest.approx(2 * 0.25)


def test_central_differences_are_exact_for_parabolas_and_forward_ones_are_not() -> None:
    central, forward = finite_differences(lambda X: X[:, 0] ** 2 + X[:, 1], np.array([3.0, 1.0]), 0.1)
    assert central == pytest.approx([6, 1]) and forward == pytest.approx([6.1, 1])


def test_elasticity() -> None:
    # f = 0.5 - 2 - 2 = -3.5: 0.5 * 1 / -3.5, -1 * 2 / -3.5, 2 * -1 / -3.5
    r = load("input-sensitivity-analysis").run()
    assert r["elasticity"] == pytest.approx([-1 / 7, 4 / 7, 4 / 7], abs=1e-6) and r["ranking"] == [2, 1, 0]
    assert input_sensitivity_analysis([0.0], [1.0])["elasticity"] is None


@pytest.mark.parametrize("bad", [{"weights": [1.0]}, {"h": 0}, {"x": []}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("input-sensitivity-analysis").run(bad)
