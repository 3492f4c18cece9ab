from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from algorithms.registry import load
from algorithms.statistics.sampling_bias import sampling_bias, weighted_mean
from core.errors import InputError


def test_bias_stays_as_the_sample_grows_and_weighting_repairs_it() -> None:
    output = sampling_bias(1.0)
    expected = output["expected_naive_mean"]
    assert expected > 54
    assert output["naive_means"][-1] == pytest.approx(expected, abs=0.2)
    assert abs(output["naive_means"][-1] - 50) > 4  # 100,000 answers and still wrong
    assert output["weighted_means"][-1] == pytest.approx(50, abs=0.2)
    assert output["random_means"][-1] == pytest.approx(50, abs=0.15)


def test_expected_mean_equals_the_integral() -> None:
    def inclusion(z: float) -> float:
        return float(1 / (1 + np.exp(1 - z)))

    top = integrate.quad(lambda z: (50 + 10 * z) * inclusion(z) * stats.norm.pdf(z), -8, 8)[0]
    bottom = integrate.quad(lambda z: inclusion(z) * stats.norm.pdf(z), -8, 8)[0]
    assert sampling_bias(1.0)["expected_naive_mean"] == pytest.approx(top / bottom, abs=0.05)


@pytest.mark.parametrize(("strength", "sign"), [(-2.0, -1), (0.0, 0), (2.0, 1)])
def test_direction(strength: float, sign: int) -> None:
    shift = sampling_bias(strength)["expected_naive_mean"] - 50
    assert np.sign(round(shift)) == sign


@given(st.lists(st.tuples(st.floats(-9, 9), st.floats(0.1, 1)), min_size=1, max_size=20))
def test_weighted_mean_equals_numpy(rows: list[tuple[float, float]]) -> None:
    y, pi = np.array(rows).T
    assert weighted_mean(y, pi) == pytest.approx(np.average(y, weights=1 / pi), abs=1e-9)


@pytest.mark.parametrize("bad", [{"selection_strength": 9}, {"seed": -1}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("sampling-bias").run(bad)
