from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from algorithms.model_selection.seed_stability_testing import seed_stability_testing, spread
from algorithms.registry import load
from core.errors import InputError


@given(st.lists(st.integers(0, 100), min_size=2, max_size=20, unique=True))
def test_summary_equals_scipy(values: list[int]) -> None:
    scores = np.array(values, dtype=float)
    mean, sd, half = spread(scores)
    low, high = stats.t.interval(0.95, len(values) - 1, loc=scores.mean(), scale=stats.sem(scores))
    assert (mean - half, mean + half) == pytest.approx((low, high))
    assert sd == pytest.approx(stats.tstd(scores))


def test_given_scores() -> None:
    # mean 0.812, squared deviations 4 + 484 + 784 + 144 + 64 = 1480 (in 1e-6), sd = sqrt(1480e-6 / 4)
    output = seed_stability_testing([0.81, 0.79, 0.84, 0.80, 0.82], runs=2)
    assert output["mean"] == pytest.approx(0.812)
    assert output["standard_deviation"] == pytest.approx(np.sqrt(1480e-6 / 4))
    assert output["best_minus_mean"] == pytest.approx(0.028)


def test_a_fixed_seed_has_no_spread_and_more_trees_less() -> None:
    few, many = seed_stability_testing(n_trees=1, runs=10), seed_stability_testing(n_trees=15, runs=10)
    assert few["fixed_seed_spread"] == many["fixed_seed_spread"] == 0
    assert few["standard_deviation"] > many["standard_deviation"] > 0
    assert len(few["forest_scores"]) == 10


def test_resampling_the_data_adds_variation() -> None:
    same, fresh = (seed_stability_testing(n_trees=15, n=40, runs=10, resample_data=flag) for flag in (False, True))
    assert fresh["standard_deviation"] > same["standard_deviation"]


@pytest.mark.parametrize("bad", [{"scores": [1.0]}, {"runs": 1}, {"n_trees": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("seed-stability-testing").run(bad)
