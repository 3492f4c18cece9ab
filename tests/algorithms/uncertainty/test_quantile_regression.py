from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from sklearn.metrics import mean_pinball_loss

from algorithms.registry import load
from algorithms.uncertainty.quantile_regression import fit, noisy_line, pinball, quantile_regression
from core.errors import InputError

LEVELS = st.floats(0.05, 0.95)
VALUES = st.lists(st.floats(-50, 50), min_size=1, max_size=15)


@given(VALUES, LEVELS, st.floats(-60, 60))
def test_loss_equals_sklearn_and_the_empirical_quantile_minimises_it(
    values: list[float], q: float, other: float
) -> None:
    y = np.array(values)
    assert pinball(y, other, q) == pytest.approx(mean_pinball_loss(y, np.full(len(y), other), alpha=q))
    r = quantile_regression(values, q, [0.5], n=20)
    assert r["minimizer"] in values and r["loss"] <= pinball(y, other, q) + 1e-9


@given(LEVELS, st.integers(0, 100))
@settings(max_examples=8)
def test_line_reaches_the_optimum_of_the_linear_program(q: float, seed: int) -> None:
    x, y = noisy_line(40, seed)
    X = np.stack([np.ones(40), x], axis=1)
    cost = np.concatenate([np.zeros(2), np.full(40, q / 40), np.full(40, (1 - q) / 40)])
    equal = np.hstack([X, np.eye(40), -np.eye(40)])
    best = linprog(cost, A_eq=equal, b_eq=y, bounds=[(None, None)] * 2 + [(0, None)] * 80).fun
    assert pinball(y, X @ fit(X, y, q), q) == pytest.approx(best, rel=2e-3)


def test_lines_cover_what_they_promise() -> None:
    r = load("quantile-regression").run()
    assert r["coverage"] == pytest.approx([0.1, 0.5, 0.9], abs=0.03) and r["crossings"] < 0.01
    # true quantiles: 1 + 2x + (0.2 + x) z_q with z = -1.2816, 0, 1.2816
    assert r["coefficients"][1] == pytest.approx([1, 2], abs=0.1)
    assert r["coefficients"][2] == pytest.approx([1.256, 3.282], abs=0.25)
    assert (r["minimizer"], r["loss"]) == (3, pytest.approx(10.1))


@pytest.mark.parametrize("bad", [{"quantile": 0}, {"quantiles": [1.0]}, {"values": []}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("quantile-regression").run(bad)
