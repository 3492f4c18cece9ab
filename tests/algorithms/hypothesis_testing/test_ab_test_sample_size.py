from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import power_proportions_2indep, samplesize_proportions_2indep_onetail

from algorithms.hypothesis_testing.ab_test import ab_test
from algorithms.hypothesis_testing.ab_test_sample_size import ab_test_sample_size, power_at, sample_size_a
from algorithms.registry import load
from core.errors import InputError


@given(st.floats(0.05, 0.5), st.floats(0.05, 0.3), st.floats(0.01, 0.2), st.floats(0.6, 0.95))
def test_equals_statsmodels(baseline: float, effect: float, alpha: float, power: float) -> None:
    expected = samplesize_proportions_2indep_onetail(effect, baseline, power, alpha=alpha)
    assert sample_size_a(baseline, baseline + effect, alpha, power, 1.0) == pytest.approx(expected, rel=1e-6)
    oracle = power_proportions_2indep(effect, baseline, 500, alpha=alpha, return_results=False)
    # the oracle adds the chance of a significant result in the wrong direction
    assert power_at(500, baseline, baseline + effect, alpha, 1.0) == pytest.approx(oracle, abs=0.01)


@given(st.floats(0.05, 0.5), st.floats(0.05, 0.3), st.floats(0.2, 5))
def test_power_and_size_invert_each_other(baseline: float, effect: float, ratio: float) -> None:
    n = sample_size_a(baseline, baseline + effect, 0.05, 0.8, ratio)
    assert power_at(n, baseline, baseline + effect, 0.05, ratio) == pytest.approx(0.8)
    assert power_at(2 * n, baseline, baseline + effect, 0.05, ratio) > 0.8


def test_golden_and_power_by_simulation() -> None:
    output = ab_test_sample_size(0.10, 0.02)
    assert (output["n_a"], output["n_b"]) == (3841, 3841)
    x = np.random.default_rng(0).binomial(3841, [0.10, 0.12], size=(1500, 2))
    found = np.mean([ab_test(int(a), 3841, int(b), 3841)["reject"] for a, b in x])
    assert found == pytest.approx(output["achieved_power"], abs=0.03)


def test_equal_split_needs_the_smallest_total_and_half_the_effect_four_times_the_users() -> None:
    assert ab_test_sample_size(0.1, 0.02, ratio=9)["total"] > 2.5 * ab_test_sample_size(0.1, 0.02)["total"]
    assert ab_test_sample_size(0.1, 0.02, ratio=0.5)["total"] > ab_test_sample_size(0.1, 0.02)["total"]
    assert ab_test_sample_size(0.5, 0.01)["n_a"] == pytest.approx(4 * ab_test_sample_size(0.5, 0.02)["n_a"], rel=0.01)


@pytest.mark.parametrize("bad", [{"effect": 0}, {"baseline": 0.99}, {"power": 1}, {"baseline": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("ab-test-sample-size").run(bad)
