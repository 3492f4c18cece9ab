from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.lr_schedules.learning_rate_effect import learning_rate_effect
from algorithms.registry import load
from core.errors import InputError


@given(st.floats(0.01, 2), st.floats(0.1, 5), st.integers(1, 50))
def test_ends_follow_the_closed_form(rate: float, curvature: float, steps: int) -> None:
    output = learning_rate_effect([rate], curvature, steps)
    factor = abs(1 - 2 * rate * curvature)
    assert output["ends"][0] == pytest.approx(factor**steps, rel=1e-6, abs=1e-12)
    assert (output["behaviours"][0] == "diverges") == (factor > 1)
    assert output["threshold"] == pytest.approx(1 / curvature)


def test_x_squared_diverges_above_one() -> None:
    output = learning_rate_effect([0.999, 1.001], steps=1000)
    assert output["ends"][0] < 1 < output["ends"][1]
    assert output["behaviours"] == ["oscillates", "diverges"]


def test_the_rate_scales_the_update_not_the_gradient() -> None:
    output = learning_rate_effect([0.1, 0.2, 0.4], curvature=1.5)
    assert output["gradient_at_start"] == 3
    np.testing.assert_allclose(output["first_updates"], [0.3, 0.6, 1.2])


def test_linear_scaling_rule() -> None:
    output = learning_rate_effect(learning_rate=3e-4, batch_size=256, new_batch_size=1024)
    assert output["scaled_learning_rate"] == pytest.approx(1.2e-3)
    assert output["square_root_scaled_learning_rate"] == pytest.approx(6e-4)


@pytest.mark.parametrize("seed", range(4))
def test_range_test_finds_a_rate_below_divergence(seed: int) -> None:
    output = load("learning-rate-effect").run({"seed": seed})
    losses = np.array(output["range_test_losses"])
    assert losses.min() < 0.1 * losses[0]
    assert losses[-1] > losses[0]
    # the Hessian is about the identity, so that descent diverges above a rate of 2
    assert 0.01 < output["steepest_rate"] < 2


@pytest.mark.parametrize("bad", [{"learning_rates": []}, {"learning_rates": [-1.0]}, {"steps": 10**6}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("learning-rate-effect").run(bad)
