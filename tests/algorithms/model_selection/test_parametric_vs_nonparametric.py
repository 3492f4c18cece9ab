from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import KMeans
from sklearn.linear_model import LinearRegression
from sklearn.neighbors import KernelDensity, KNeighborsRegressor

from algorithms.model_selection.parametric_vs_nonparametric import parametric_vs_nonparametric, stored_numbers
from algorithms.registry import load
from core.errors import InputError


@pytest.mark.parametrize("n", [10, 20])
def test_counts_are_those_of_fitted_sklearn_models(n: int) -> None:
    X, y = np.random.default_rng(0).standard_normal((n, 4)), np.arange(n)
    line = LinearRegression().fit(X, y)
    stored = stored_numbers(n, 4, 3)
    assert stored["linear_regression"] == line.coef_.size + 1
    assert stored["k_means"] == KMeans(3, n_init=1, random_state=0).fit(X).cluster_centers_.size
    assert stored["k_nearest_neighbors"] == KNeighborsRegressor().fit(X, y)._fit_X.size
    assert stored["kernel_density_estimation"] == np.asarray(KernelDensity().fit(X).tree_.data).size


@settings(max_examples=10)
@given(st.integers(20, 200), st.integers(1, 5), st.integers(1, 9))
def test_doubling_the_data_doubles_only_the_nonparametric_models(n: int, d: int, k: int) -> None:
    growth = parametric_vs_nonparametric(n, d, k)["growth"]
    assert growth["linear_regression"] == growth["k_means"] == 1
    assert growth["k_nearest_neighbors"] == growth["kernel_density_estimation"] == 2
    assert growth["gaussian_process_weights"] == 2
    assert growth["tree_leaves"] > 1.2


@pytest.mark.parametrize("bad", [{"n": 1}, {"d": 0}, {"k": 1000}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("parametric-vs-nonparametric").run(bad)
