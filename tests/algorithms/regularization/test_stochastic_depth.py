from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.registry import load
from algorithms.regularization.stochastic_depth import forward, stochastic_depth, survival_probabilities
from core.errors import InputError


@given(st.integers(1, 30), st.floats(0.05, 1))
def test_linear_rule_ends_at_the_last_probability(layers: int, last: float) -> None:
    p = survival_probabilities(layers, last, "linear")
    assert p[-1] == pytest.approx(last)
    assert np.all(np.diff(p) <= 1e-12)
    # Σ 1 - l/L (1 - p_L) = L - (L + 1) / 2 · (1 - p_L)
    assert p.sum() == pytest.approx(layers - (layers + 1) / 2 * (1 - last))


def test_forward_equals_a_product_of_matrices_and_dropped_blocks_are_the_identity() -> None:
    rng = np.random.default_rng(0)
    W, x = rng.normal(size=(3, 4, 4)), rng.normal(size=4)
    eye = np.eye(4)
    kept = (eye + W[2]) @ (eye + W[0]) @ x
    np.testing.assert_allclose(forward(x, W, np.array([[1.0, 0.0, 1.0]]))[0], kept)
    np.testing.assert_allclose(forward(x, W, np.zeros((1, 3)))[0], x)


def test_scaled_evaluation_is_the_expectation_over_all_masks() -> None:
    rng = np.random.default_rng(1)
    W, x, p = rng.normal(size=(3, 2, 2)), rng.normal(size=2), np.array([0.9, 0.6, 0.3])
    expected = np.zeros(2)
    for mask in np.ndindex(2, 2, 2):
        gates = np.array(mask, dtype=float)
        expected += np.prod(np.where(gates == 1, p, 1 - p)) * forward(x, W, gates[None])[0]
    np.testing.assert_allclose(forward(x, W, p[None])[0], expected)


def test_example_agrees_within_its_standard_errors() -> None:
    output = load("stochastic-depth").run()
    gap = np.abs(np.array(output["mean_training_output"]) - output["evaluation_output"])
    assert np.all(gap < 4 * np.array(output["standard_errors"]))
    assert output["expected_depth"] == pytest.approx(7.25)
    assert output["measured_depth"] == pytest.approx(7.25, abs=0.1)


def test_survival_one_keeps_every_block() -> None:
    output = stochastic_depth(6, 1.0, draws=3)
    np.testing.assert_allclose(output["mean_training_output"], output["evaluation_output"])
    assert output["measured_depth"] == 6


@pytest.mark.parametrize("bad", [{"layers": 0}, {"last_survival": 0}, {"rule": "cosine"}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("stochastic-depth").run(bad)
