from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

from algorithms.activations.sparsemax import sparsemax
from algorithms.registry import load
from core.errors import InputError

SCORES = st.lists(st.floats(-5, 5), min_size=1, max_size=6)


def test_goldens() -> None:
    assert sparsemax([1, 2, 3])["probabilities"].tolist() == [0, 0, 1]
    assert sparsemax([1, 2, 3])["support"] == 1
    np.testing.assert_allclose(sparsemax([0.1, 0.2, 0.3])["probabilities"], [0.23333, 0.33333, 0.43333], atol=1e-5)


def test_equals_a_general_solver_of_the_projection() -> None:
    rng = np.random.default_rng(0)
    for _ in range(5):
        z = rng.normal(size=5)
        solved = minimize(
            lambda p, z=z: ((p - z) ** 2).sum(),
            np.full(5, 0.2),
            method="SLSQP",
            bounds=[(0, 1)] * 5,
            constraints={"type": "eq", "fun": lambda p: p.sum() - 1},
            options={"ftol": 1e-14},
        )
        np.testing.assert_allclose(sparsemax(z.tolist())["probabilities"], solved.x, atol=1e-5)


@given(SCORES, st.floats(-100, 100))
def test_is_a_distribution_that_ignores_a_shift(scores: list[float], shift: float) -> None:
    output = sparsemax(scores)
    p = output["probabilities"]
    assert p.min() >= 0
    assert p.sum() == pytest.approx(1)
    np.testing.assert_allclose(sparsemax([s + shift for s in scores])["probabilities"], p, atol=1e-9)
    np.testing.assert_allclose(p, np.maximum(np.array(scores) - output["threshold"], 0), atol=1e-9)


@pytest.mark.parametrize("bad", [[], ["a"], [float("nan")]])
def test_bad_input_is_refused(bad: list[object]) -> None:
    with pytest.raises(InputError):
        load("sparsemax").run({"scores": bad})
