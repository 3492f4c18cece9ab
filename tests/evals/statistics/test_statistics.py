"""Intervals, tests and corrections against scipy, statsmodels, enumeration and simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import permutation_test, ttest_rel
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import TTestPower

from core.errors import InputError
from evals.statistics.intervals import mean_interval, ratio_interval
from evals.statistics.paired import cohen_d, compare_paired, detectable_difference, holm, randomisation_p

VALUES = st.lists(st.floats(0, 1), min_size=2, max_size=40)


def by_query(values):
    return {str(number): float(value) for number, value in enumerate(values)}


@given(VALUES)
def test_an_interval_holds_its_mean_and_stays_in_range(values):
    found = mean_interval(values, resamples=500)
    assert found.value == pytest.approx(np.mean(values))
    assert min(values) - 1e-12 <= found.low <= found.high <= max(values) + 1e-12


def test_an_interval_is_about_two_standard_errors_wide():
    values = np.random.default_rng(1).normal(0.5, 0.1, 400)
    found = mean_interval(values.tolist())
    error = values.std(ddof=1) / 20
    assert found.high - found.low == pytest.approx(2 * 1.96 * error, rel=0.06)


def test_intervals_cover():
    rng = np.random.default_rng(2)
    hits = 0
    for _ in range(200):
        found = mean_interval((rng.random(40) < 0.3).astype(float).tolist(), resamples=400)
        hits += found.low <= 0.3 <= found.high
    assert 175 <= hits <= 200  # 95 % of 200 is 190, a percentile interval of 40 coins a little under


def test_the_same_values_give_the_same_interval():
    assert mean_interval([0.1, 0.5, 0.9]) == mean_interval([0.1, 0.5, 0.9])


@pytest.mark.parametrize("values", [[], [float("nan")], [float("inf"), 1.0]])
def test_no_interval_of_nothing(values):
    with pytest.raises(InputError):
        mean_interval(values)


def test_ratio():
    found = ratio_interval([2.0, 2.1, 1.9] * 20, [1.0, 1.05, 0.95] * 20)
    assert found.value == pytest.approx(2.0)
    assert 1.9 < found.low < 2.0 < found.high < 2.1
    with pytest.raises(InputError, match="zero"):
        ratio_interval([1.0], [0.0])


@given(st.lists(st.integers(-3, 3), min_size=1, max_size=9))
def test_few_differences_are_tested_exactly(values):
    differences = np.array(values, dtype=float)
    if len(values) > 1:
        oracle = permutation_test(
            (differences, np.zeros(len(values))),
            lambda a, b: np.mean(a - b),
            permutation_type="samples",
            n_resamples=np.inf,
        ).pvalue
        assert randomisation_p(differences) == pytest.approx(oracle)


def test_many_differences_agree_with_the_t_test():
    differences = np.random.default_rng(3).normal(0.02, 0.1, 150)
    oracle = ttest_rel(differences, np.zeros(150)).pvalue
    assert randomisation_p(differences) == pytest.approx(oracle, abs=0.01)


def test_p_is_uniform_where_nothing_differs():
    rng = np.random.default_rng(4)
    values = [randomisation_p(rng.normal(0, 1, 30), permutations=199) for _ in range(200)]
    assert 0.02 <= np.mean(np.array(values) <= 0.1) <= 0.18


def test_no_difference_is_no_evidence():
    assert randomisation_p(np.zeros(5)) == 1.0


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_equals_statsmodels(p_values):
    assert holm(p_values) == pytest.approx(multipletests(p_values, method="holm")[1].tolist())


def test_holm_refuses_what_is_no_p():
    with pytest.raises(InputError):
        holm([1.2])


def test_effect_and_detectable_difference():
    differences = np.array([0.0, 1.0, 2.0, 1.0])
    assert cohen_d(differences) == pytest.approx(1.0 / math.sqrt(2 / 3))
    assert cohen_d(np.zeros(3)) == 0.0
    sample = np.random.default_rng(5).normal(0, 0.2, 300)
    needed = TTestPower().solve_power(nobs=300, alpha=0.05, power=0.8) * sample.std(ddof=1)
    assert detectable_difference(sample) == pytest.approx(needed, rel=0.01)


def test_a_comparison_has_a_sign():
    a = by_query([0.1] * 20)
    b = by_query([0.1 + 0.01 * (i % 3) for i in range(20)])
    up, down = compare_paired(a, b), compare_paired(b, a)
    assert up.difference > 0 > down.difference
    assert up.difference == pytest.approx(-down.difference)
    assert (up.wins, up.ties, up.losses) == (down.losses, down.ties, down.wins) == (13, 7, 0)
    assert up.p == down.p < 0.01


def test_systems_must_share_their_queries():
    with pytest.raises(InputError, match="only"):
        compare_paired({"1": 0.0}, {"2": 0.0})
