from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from algorithms.optimizers.gradient_descent_local_minimum import double_well, gradient_descent_local_minimum
from algorithms.registry import load
from core.errors import InputError


def test_minima_equal_scipy() -> None:
    output = gradient_descent_local_minimum(runs=1, steps=10)
    left = minimize_scalar(lambda x: float(double_well(np.array(x), 0.3)), bounds=(-2, 0), method="bounded").x
    right = minimize_scalar(lambda x: float(double_well(np.array(x), 0.3)), bounds=(0.2, 2), method="bounded").x
    np.testing.assert_allclose(output["minima"], [left, right], atol=1e-4)
    assert output["global_minimum"] == pytest.approx(left, abs=1e-4)


def test_plain_descent_stays_and_noise_crosses() -> None:
    output = load("gradient-descent-local-minimum").run()
    assert output["plain_end"] == pytest.approx(output["minima"][1], abs=1e-6)
    assert not output["plain_reaches_global"]
    assert output["noisy_share_at_global"] > 0.7


def test_the_start_decides_without_noise() -> None:
    assert gradient_descent_local_minimum(start=-0.5, runs=1)["plain_reaches_global"]


def test_weak_noise_does_not_cross() -> None:
    assert gradient_descent_local_minimum(noise=1.0, runs=20)["noisy_share_at_global"] == 0


@pytest.mark.parametrize("bad", [{"learning_rate": 1.0}, {"steps": 10**6}, {"start": 50}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("gradient-descent-local-minimum").run(bad)
