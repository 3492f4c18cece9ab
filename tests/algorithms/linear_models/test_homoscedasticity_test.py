from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.diagnostic import het_breuschpagan

from algorithms.linear_models.homoscedasticity_test import homoscedasticity_test
from algorithms.registry import load
from algorithms.toy_data import linear_data
from core.errors import InputError


@given(st.integers(0, 1000), st.integers(1, 3))
def test_equals_statsmodels(seed: int, d: int) -> None:
    X, y = linear_data(np.ones(d), 0.0, 50, 1.0, seed)
    output = homoscedasticity_test(X=X.tolist(), y=y.tolist())
    design = sm.add_constant(X)
    lm, p, _, _ = het_breuschpagan(sm.OLS(y, design).fit().resid, design)
    assert output["lm"] == pytest.approx(lm)
    assert output["p_value"] == pytest.approx(p)
    assert output["degrees_of_freedom"] == d


def test_rejects_growing_noise_and_keeps_its_level() -> None:
    growing = homoscedasticity_test("growing")
    assert growing["reject"]
    assert growing["sd_upper_half"] > 1.5 * growing["sd_lower_half"]
    rejected = [homoscedasticity_test("constant", seed=s)["reject"] for s in range(300)]
    assert np.mean(rejected) == pytest.approx(0.05, abs=0.04)


@pytest.mark.parametrize(
    "bad", [{"noise": "loud"}, {"X": [[1], [2]]}, {"X": [[1], [2], [3], [4]], "y": [1, 2, 3, 4]}, {"n": 10**6}]
)
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("homoscedasticity-test").run(bad)
