from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.optimizers.flat_vs_sharp_minima import flat_vs_sharp_minima, largest_eigenvalue
from algorithms.registry import load
from core.errors import InputError


@given(st.floats(5, 100), st.floats(0.1, 4), st.floats(0.01, 0.2), st.floats(0, 0.2))
def test_numbers_follow_from_the_parabolas(sharp: float, flat: float, radius: float, shift: float) -> None:
    output = flat_vs_sharp_minima(sharp, flat, radius, shift)
    for name, curvature in [("sharp", sharp), ("flat", flat)]:
        row = output[name]
        assert row["training_loss"] == 0
        assert row["curvature"] == pytest.approx(curvature, rel=1e-3)
        assert row["worst_in_ball"] == pytest.approx(0.5 * curvature * radius**2)
        assert row["test_loss"] == pytest.approx(0.5 * curvature * shift**2, abs=1e-12)


def test_rewriting_the_weight_changes_the_sharpness_of_the_same_function() -> None:
    output = load("flat-vs-sharp-minima").run()
    assert output["rescaled_curvature"] == pytest.approx(100 * output["flat"]["curvature"], rel=1e-3)


def test_power_iteration_equals_the_eigenvalue_of_a_random_matrix() -> None:
    A = np.random.default_rng(0).normal(size=(5, 5))
    H = A @ A.T
    value = largest_eigenvalue(lambda v: H @ v, np.zeros(5), 300)
    assert value == pytest.approx(np.linalg.eigvalsh(H)[-1], rel=1e-6)


@pytest.mark.parametrize("bad", [{"flat_curvature": 60}, {"radius": 0}, {"shift": -1}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("flat-vs-sharp-minima").run(bad)
