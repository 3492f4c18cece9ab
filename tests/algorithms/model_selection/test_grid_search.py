from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom
from sklearn.linear_model import Ridge

from algorithms.model_selection.bias_variance_decomposition import polynomial_features
from algorithms.model_selection.grid_search import best_of_null_models, grid_search, ridge_error
from algorithms.registry import load
from core.errors import InputError


@settings(max_examples=8)
@given(st.lists(st.integers(1, 9), min_size=1, max_size=5), st.integers(2, 10))
def test_fits_are_the_product_times_the_folds(sizes: list[int], folds: int) -> None:
    output = grid_search(sizes, folds)
    assert output["combinations"] == np.prod(sizes)
    assert output["fits"] == folds * np.prod(sizes)
    assert output["fits_done"] == 45 * folds


def test_the_best_of_100_null_models_looks_good() -> None:
    # E max of 100 binomials: sum over k of 1 - F(k)^100
    expected = sum(1 - binom.cdf(k, 100, 0.5) ** 100 for k in range(100)) / 100
    found = best_of_null_models(100, 100, 4000, np.random.default_rng(0))
    assert found == pytest.approx(expected, abs=0.002)
    assert found == pytest.approx(0.624, abs=0.003)
    assert best_of_null_models(1, 100, 4000, np.random.default_rng(0)) == pytest.approx(0.5, abs=0.003)


def test_ridge_equals_sklearn() -> None:
    rng = np.random.default_rng(0)
    x, y, q, t = rng.random(20), rng.standard_normal(20), rng.random(5), rng.standard_normal(5)
    model = Ridge(0.3, fit_intercept=False).fit(polynomial_features(x, 4), y)
    expected = np.mean((model.predict(polynomial_features(q, 4)) - t) ** 2)
    assert ridge_error(x, y, q, t, 4, 0.3) == pytest.approx(expected)


def test_the_search_finds_a_good_combination() -> None:
    output = grid_search([9, 5])
    assert output["best_cv_error"] < 0.5 * output["worst_cv_error"]
    assert output["best_test_error"] < 0.2
    assert output["best"]["degree"] >= 3


@pytest.mark.parametrize("bad", [{"grid_sizes": []}, {"grid_sizes": [0]}, {"folds": 1}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("grid-search").run(bad)
