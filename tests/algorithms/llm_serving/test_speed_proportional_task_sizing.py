from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from algorithms.llm_serving.speed_proportional_task_sizing import speed_proportional_task_sizing as split
from algorithms.registry import load
from core.errors import InputError

SPEEDS = st.lists(st.floats(0.1, 10), min_size=1, max_size=6)


@given(SPEEDS)
def test_makespan_is_the_optimum_of_the_linear_program(speeds: list[float]) -> None:
    n = len(speeds)
    # minimise T subject to w_i / s_i <= T and sum w = 100
    upper = np.hstack([np.diag(1 / np.array(speeds)), -np.ones((n, 1))])
    best = linprog([0] * n + [1], upper, np.zeros(n), [[1] * n + [0]], [100])
    r = split(100, speeds)
    assert r["makespan"] == pytest.approx(best.fun, rel=1e-6)
    assert r["sizes"] / np.array(speeds) == pytest.approx([r["makespan"]] * n)


@given(SPEEDS, st.integers(1, 1000))
def test_whole_sizes_keep_the_total_and_stay_within_one(speeds: list[float], total: int) -> None:
    r = split(total, speeds)
    assert r["whole_sizes"].sum() == total
    assert np.abs(r["whole_sizes"] - r["sizes"]).max() < 1 + 1e-9
    assert r["whole_makespan"] >= r["makespan"] - 1e-9


def test_golden() -> None:
    # equal shares of 100/3 at speed 1 take 33.33 s; 100 / 8 = 12.5 s
    r = load("speed-proportional-task-sizing").run()
    assert r["sizes"] == [12.5, 25, 62.5] and r["makespan"] == 12.5
    assert r["equal_makespan"] == pytest.approx(100 / 3) and r["speedup"] == pytest.approx(8 / 3)
    assert r["whole_sizes"] == [13, 25, 62]


@pytest.mark.parametrize("bad", [{"speeds": [0, 1]}, {"speeds": []}, {"total_work": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("speed-proportional-task-sizing").run(bad)
