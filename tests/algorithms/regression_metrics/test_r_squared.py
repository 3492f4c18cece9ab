from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from algorithms.registry import load
from algorithms.regression_metrics.r_squared import r_squared
from core.errors import InputError

PAIRS = st.lists(st.tuples(st.integers(-50, 50), st.integers(-50, 50)), min_size=2, max_size=30).filter(
    lambda pairs: len({y for y, _ in pairs}) > 1
)


@given(PAIRS)
def test_equals_sklearn(pairs: list[tuple[int, int]]) -> None:
    y, p = [float(a) for a, _ in pairs], [float(b) for _, b in pairs]
    assert r_squared(y, p)["r2"] == pytest.approx(metrics.r2_score(y, p))


def test_goldens() -> None:
    output = r_squared([3, -0.5, 2, 7], [2.5, 0, 2, 8])
    assert output["r2"] == pytest.approx(0.9486, abs=5e-5)
    assert (output["ss_res"], output["ss_tot"]) == (1.5, 29.1875)  # mean 2.875
    assert r_squared([1, 2, 3], [2, 2, 2])["r2"] == 0
    assert r_squared([1, 2, 3], [3, 2, 1])["r2"] == -3  # SS_res 8, SS_tot 2


def test_adjusted_equals_statsmodels() -> None:
    import statsmodels.api as sm

    rng = np.random.default_rng(0)
    X = rng.standard_normal((20, 3))
    y = X[:, 0] + rng.standard_normal(20)
    fit = sm.OLS(y, sm.add_constant(X)).fit()
    output = r_squared(y.tolist(), fit.fittedvalues.tolist(), features=3)
    assert output["r2"] == pytest.approx(fit.rsquared)
    assert output["adjusted_r2"] == pytest.approx(fit.rsquared_adj)


def test_adjusted_needs_more_samples_than_features() -> None:
    assert r_squared([1, 2, 3], [1, 2, 2], features=2)["adjusted_r2"] is None


@pytest.mark.parametrize("bad", [{"y_true": [2.0] * 4}, {"y_true": [1.0, 2.0]}, {"features": -1}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("r-squared").run(bad)
