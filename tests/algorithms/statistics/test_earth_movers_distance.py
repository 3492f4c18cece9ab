from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from algorithms.registry import load
from algorithms.statistics.earth_movers_distance import earth_movers_distance as emd
from core.errors import InputError

SAMPLE = st.lists(st.floats(-50, 50), min_size=1, max_size=20)


@given(SAMPLE, SAMPLE, st.data())
def test_equals_scipy(x: list[float], y: list[float], data: st.DataObject) -> None:
    assert emd(x, y)["distance"] == pytest.approx(stats.wasserstein_distance(x, y), abs=1e-9)
    mass = data.draw(st.lists(st.floats(0.1, 5), min_size=len(x), max_size=len(x)))
    expected = stats.wasserstein_distance(x, y, u_weights=mass)
    assert emd(x, y, x_mass=mass)["distance"] == pytest.approx(expected, abs=1e-9)


@given(SAMPLE, st.floats(-20, 20))
def test_shift_costs_its_size(x: list[float], c: float) -> None:
    output = emd(x, [v + c for v in x])
    assert output["distance"] == pytest.approx(abs(c), abs=1e-9)
    assert output["mean_difference"] == pytest.approx(c, abs=1e-9)


@given(SAMPLE, st.data())
def test_equal_sizes_compare_sorted_values(x: list[float], data: st.DataObject) -> None:
    y = data.draw(st.lists(st.floats(-50, 50), min_size=len(x), max_size=len(x)))
    output = emd(x, y)
    assert output["distance"] == pytest.approx(np.abs(np.sort(x) - np.sort(y)).mean(), abs=1e-9)
    assert output["distance"] == pytest.approx(emd(y, x)["distance"], abs=1e-9)
    assert abs(output["mean_difference"]) <= output["distance"] + 1e-9


def test_golden() -> None:
    assert emd([0, 1, 3], [5, 6, 8])["distance"] == 5
    assert emd([0], [0, 10], y_mass=[3, 1])["distance"] == 2.5


@pytest.mark.parametrize("bad", [{"x": []}, {"x_mass": [1.0]}, {"y_mass": [0.0, 0.0, 0.0]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("earth-movers-distance").run(bad)
