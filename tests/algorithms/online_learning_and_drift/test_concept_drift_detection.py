from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.online_learning_and_drift.concept_drift_detection import (
    concept_drift_detection,
    ddm,
    page_hinkley,
)
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(0, 1000), st.integers(1, 40))
def test_ddm_equals_the_slow_rule(seed: int, warm_up: int) -> None:
    rng = np.random.default_rng(seed)
    errors = (rng.random(120) < np.repeat([0.2, 0.6], 60)).astype(float)
    best = (math.inf, 0.0, 0.0)
    warning = alarm = None
    for t in range(warm_up, 121):
        p = errors[:t].mean()
        s = math.sqrt(p * (1 - p) / t)
        if p + s < best[0]:
            best = (p + s, p, s)
        if p + s > best[1] + 3 * best[2]:
            alarm = t - 1
            break
        if warning is None and p + s > best[1] + 2 * best[2]:
            warning = t - 1
    assert ddm(errors, warm_up)[:2] == (warning, alarm)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60), st.floats(0, 0.2), st.floats(0.5, 5))
def test_page_hinkley_equals_the_slow_rule(values: list[float], delta: float, threshold: float) -> None:
    sums = [0.0]
    alarm = None
    for t in range(1, len(values) + 1):
        sums.append(sums[-1] + values[t - 1] - np.mean(values[:t]) - delta)
        if sums[-1] - min(sums) > threshold + 1e-9:
            alarm = t - 1
            break
    found, _ = page_hinkley(np.array(values), delta, threshold + 1e-9, 1)
    assert found == alarm


@pytest.mark.parametrize("method", ["DDM", "Page-Hinkley"])
def test_alarm_comes_soon_after_the_change_and_seldom_before(method: str) -> None:
    runs = [concept_drift_detection(method, seed=s) for s in range(20)]
    delays = [r["delay"] for r in runs if r["delay"] is not None and r["delay"] >= 0]
    assert len(delays) >= 14 and np.median(delays) < 120
    assert np.mean([r["false_alarm_rate"] for r in runs]) < 0.2


def test_a_stream_that_gets_better_raises_no_page_hinkley_alarm() -> None:
    assert concept_drift_detection("Page-Hinkley", error_before=0.4, error_after=0.1)["alarm"] is None


def test_given_errors() -> None:
    r = concept_drift_detection("DDM", errors=[0.0, 1.0] * 20 + [1.0] * 30, warm_up=30, change_at=30)
    assert (r["warning"], r["alarm"], r["delay"]) == (47, 59, None)


@pytest.mark.parametrize("bad", [{"errors": [0.5]}, {"change_at": 5}, {"threshold": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("concept-drift-detection").run(bad)
