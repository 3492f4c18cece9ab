from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.classification_metrics.cost_based_threshold import cost_based_threshold, expected_cost
from algorithms.registry import load
from core.errors import InputError

COSTS = st.floats(0.1, 100)


@given(COSTS, COSTS, st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_no_other_threshold_is_cheaper(cost_fp: float, cost_fn: float, p: list[float]) -> None:
    output = cost_based_threshold(cost_fp, cost_fn, p)
    for t in [0.0, *p, 1.1]:
        assert output["expected_cost"] <= expected_cost(np.array(p), t, cost_fp, cost_fn) + 1e-9
    assert output["expected_cost_all_positive"] == pytest.approx(expected_cost(np.array(p), 0.0, cost_fp, cost_fn))
    assert output["expected_cost_all_negative"] == pytest.approx(expected_cost(np.array(p), 1.1, cost_fp, cost_fn))


def test_golden() -> None:
    output = cost_based_threshold(cost_fp=1, cost_fn=9, probabilities=[0.05, 0.3, 0.8])
    assert output["threshold"] == 0.1
    assert output["decisions"].tolist() == [0, 1, 1]
    assert output["expected_cost"] == pytest.approx((0.05 * 9 + 0.7 + 0.2) / 3)
    assert output["expected_cost_at_half"] == pytest.approx((0.05 * 9 + 0.3 * 9 + 0.2) / 3)


def test_expensive_misses_lower_and_false_alarms_raise_the_threshold() -> None:
    assert cost_based_threshold(1, 1, [0.5])["threshold"] == 0.5
    assert cost_based_threshold(1, 99, [0.5])["threshold"] == pytest.approx(0.01)
    assert cost_based_threshold(99, 1, [0.5])["threshold"] == pytest.approx(0.99)


def test_expected_cost_is_the_simulated_cost_of_calibrated_outcomes() -> None:
    rng = np.random.default_rng(1)
    p = np.linspace(0.01, 0.99, 50)
    y = rng.random((4000, 50)) < p
    called = p >= cost_based_threshold(1, 4, p.tolist())["threshold"]
    simulated = (y & ~called).mean() * 4 + (~y & called).mean() * 1
    assert simulated == pytest.approx(cost_based_threshold(1, 4, p.tolist())["expected_cost"], rel=0.02)


@pytest.mark.parametrize("bad", [{"cost_fp": 0}, {"cost_fn": -1}, {"probabilities": [1.2]}, {"probabilities": []}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("cost-based-threshold").run(bad)
