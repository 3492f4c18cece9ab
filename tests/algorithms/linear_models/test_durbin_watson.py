from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.stattools import durbin_watson as oracle

from algorithms.linear_models.durbin_watson import durbin_watson
from algorithms.registry import load
from core.errors import InputError


@given(st.lists(st.integers(-50, 50), min_size=3, max_size=40).filter(any), st.floats(0.1, 1e6))
def test_equals_statsmodels_and_has_no_units(e: list[int], scale: float) -> None:
    output = durbin_watson([float(v) for v in e])
    assert output["durbin_watson"] == pytest.approx(oracle(np.array(e, dtype=float)))
    assert 0 <= output["durbin_watson"] <= 4
    assert durbin_watson([scale * v for v in e])["durbin_watson"] == pytest.approx(output["durbin_watson"])


@pytest.mark.parametrize(
    ("rho", "verdict"),
    [(0.0, "no sign of autocorrelation"), (0.7, "positive autocorrelation"), (-0.7, "negative autocorrelation")],
)
def test_ar1_residuals(rho: float, verdict: str) -> None:
    noise = np.random.default_rng(0).standard_normal(4000)
    e = [noise[0]]
    for v in noise[1:]:
        e.append(rho * e[-1] + v)
    output = durbin_watson(e)
    assert output["durbin_watson"] == pytest.approx(2 * (1 - rho), abs=0.1)
    assert output["approximation"] == pytest.approx(output["durbin_watson"], abs=0.01)
    assert output["lag_1_autocorrelation"] == pytest.approx(rho, abs=0.05)
    assert output["verdict"] == verdict


def test_goldens() -> None:
    assert durbin_watson([1, -1, 1, -1])["durbin_watson"] == 3  # 3 * 4 / 4
    assert durbin_watson([5, 5, 5])["durbin_watson"] == 0


@pytest.mark.parametrize("bad", [{"residuals": [1.0, 2.0]}, {"residuals": [0.0] * 5}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("durbin-watson").run(bad)
