from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from algorithms.ensembles.ensemble_variance_reduction import ensemble_variance_reduction, majority_accuracy
from algorithms.registry import load
from core.errors import InputError


def test_three_voters_of_70_percent() -> None:
    # 0.7^3 + 3 * 0.7^2 * 0.3 = 0.343 + 0.441
    assert ensemble_variance_reduction(3, p=0.7)["majority_accuracy"] == pytest.approx(0.784)


@given(st.integers(1, 101), st.floats(0, 1))
def test_majority_equals_scipy(M: int, p: float) -> None:
    tie = binom.pmf(M // 2, M, p) / 2 if M % 2 == 0 else 0
    assert majority_accuracy(M, p) == pytest.approx(binom.sf(M // 2, M, p) + tie, abs=1e-9)
    assert majority_accuracy(M, 1 - p) == pytest.approx(1 - majority_accuracy(M, p), abs=1e-9)


def test_a_crowd_amplifies_what_it_starts_with() -> None:
    assert majority_accuracy(501, 0.55) > 0.98
    assert majority_accuracy(501, 0.45) < 0.02


@pytest.mark.parametrize(("M", "rho", "expected"), [(10, 0.0, 0.4), (10, 1.0, 4.0), (10, 0.5, 2.2), (1, 0.3, 4.0)])
def test_variance_by_formula_and_by_simulation(M: int, rho: float, expected: float) -> None:
    output = ensemble_variance_reduction(M, variance=4.0, correlation=rho)
    assert output["variance_of_mean"] == pytest.approx(expected)
    # the standard error of a variance from 4,000 draws is about 2.2%
    assert output["simulated_variance"] == pytest.approx(expected, rel=0.1)
    assert output["floor"] == 4 * rho


def test_a_shared_bias_stays() -> None:
    assert ensemble_variance_reduction(400, bias=3.0)["simulated_bias"] == pytest.approx(3, abs=0.05)


@pytest.mark.parametrize("bad", [{"p": 1.1}, {"n_models": 0}, {"correlation": -0.1}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("ensemble-variance-reduction").run(bad)
