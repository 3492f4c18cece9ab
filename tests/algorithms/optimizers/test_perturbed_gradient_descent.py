from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import check_grad

from algorithms.optimizers.perturbed_gradient_descent import perturbed_gradient_descent, slope, surface
from algorithms.registry import load
from core.errors import InputError


@given(st.floats(-2, 2), st.floats(-2, 2))
def test_slope_is_the_gradient(x: float, y: float) -> None:
    assert check_grad(surface, slope, np.array([x, y])) < 1e-5


@pytest.mark.parametrize("seed", range(5))
def test_from_the_exact_saddle_only_noise_leaves(seed: int) -> None:
    output = perturbed_gradient_descent([0.0, 0.0], seed=seed)
    assert output["plain_end"].tolist() == [0, 0]
    assert output["plain_on_saddle"]
    assert output["perturbed_value"] == pytest.approx(-1, abs=0.02)
    assert abs(output["perturbed_end"][1]) == pytest.approx(np.sqrt(2), abs=0.1)


def test_descent_along_the_axis_is_caught_by_the_saddle() -> None:
    output = load("perturbed-gradient-descent").run()
    assert output["plain_value"] == pytest.approx(0, abs=1e-12)
    assert 5 < output["escape_step"] < 200


def test_without_noise_both_runs_are_one() -> None:
    output = perturbed_gradient_descent([1.0, 0.1], noise=0.0)
    assert output["plain_end"].tolist() == output["perturbed_end"].tolist()
    assert perturbed_gradient_descent(noise=0.0)["escape_step"] is None


@pytest.mark.parametrize("bad", [{"start": [0.0]}, {"noise": -1}, {"learning_rate": 5}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("perturbed-gradient-descent").run(bad)
