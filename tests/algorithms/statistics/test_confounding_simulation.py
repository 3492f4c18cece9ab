from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.registry import load
from algorithms.statistics.confounding_simulation import confounding_simulation, partial_correlation
from core.errors import InputError


@given(st.floats(-3, 3), st.floats(-3, 3), st.integers(0, 50))
@settings(max_examples=25, deadline=None)
def test_correlation_comes_from_the_common_cause_only(a: float, b: float, seed: int) -> None:
    output = confounding_simulation(a, b, seed=seed)
    tolerance = 5 * output["standard_error"]
    assert output["correlation"] == pytest.approx(output["expected_correlation"], abs=tolerance)
    assert abs(output["partial_correlation"]) < tolerance
    assert abs(output["correlation_if_randomised"]) < tolerance


def test_ice_cream_example() -> None:
    output = load("confounding-simulation").run()
    assert output["expected_correlation"] == pytest.approx(0.5)  # 1 / (sqrt 2 * sqrt 2)
    assert output["correlation"] > 0.4


def test_partial_correlation_is_the_correlation_of_residuals() -> None:
    x, y, z = np.random.default_rng(0).standard_normal((3, 200)) + np.random.default_rng(1).standard_normal(200)
    residuals = [v - np.polyval(np.polyfit(z, v, 1), z) for v in (x, y)]
    r = np.corrcoef([x, y, z])
    assert partial_correlation(r[0, 1], r[0, 2], r[1, 2]) == pytest.approx(np.corrcoef(residuals)[0, 1])


def test_no_common_cause_no_correlation() -> None:
    assert confounding_simulation(0, 2)["expected_correlation"] == 0


@pytest.mark.parametrize("bad", [{"effect_on_x": 99}, {"noise": 0}, {"n": 5}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("confounding-simulation").run(bad)
