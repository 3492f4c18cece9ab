from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.decomposition import FastICA

from algorithms.dimensionality_reduction.independent_component_analysis import (
    fast_ica,
    independent_component_analysis,
    match_sources,
)
from algorithms.registry import load
from core.errors import InputError


@settings(max_examples=15)
@given(st.integers(0, 1000), st.floats(0, np.pi), st.floats(0.5, 3))
def test_unmixes_any_well_conditioned_mixture(seed: int, angle: float, scale: float) -> None:
    mixing = [[np.cos(angle), -scale * np.sin(angle)], [np.sin(angle), scale * np.cos(angle)]]
    output = independent_component_analysis(mixing=mixing, seed=seed)
    assert min(output["match"]) > 0.99


def test_equals_sklearn_on_uniform_sources() -> None:
    rng = np.random.default_rng(0)
    X = rng.uniform(-1, 1, (2000, 2)) @ [[1.0, 0.4], [0.5, 1.0]]
    theirs = FastICA(2, fun="logcosh", whiten="unit-variance", random_state=0, tol=1e-9, max_iter=500).fit_transform(X)
    np.testing.assert_allclose(match_sources(fast_ica(X, rng)[0], theirs), 1, atol=1e-4)


def test_estimates_are_white_and_better_than_pca() -> None:
    output = independent_component_analysis("uniform")
    assert min(output["match"]) > 0.98 > max(output["match_of_pca"])
    np.testing.assert_allclose(output["excess_kurtosis"], [-1.2, -1.2], atol=0.1)  # that of a uniform variable


def test_gaussian_sources_stay_mixed() -> None:
    worst = [min(independent_component_analysis("Gaussian", seed=s)["match"]) for s in range(8)]
    assert np.mean(worst) < 0.95


@pytest.mark.parametrize("bad", [{"mixing": [[1.0, 1.0], [1.0, 1.0]]}, {"mixing": [[1.0]]}, {"n": 5}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("independent-component-analysis").run(bad)
