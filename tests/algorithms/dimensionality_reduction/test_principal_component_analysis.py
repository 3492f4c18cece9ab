from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.decomposition import PCA

from algorithms.dimensionality_reduction.principal_component_analysis import principal_component_analysis
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(0, 1000), st.integers(1, 4))
def test_equals_sklearn_up_to_signs(seed: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((12, 4)) @ rng.standard_normal((4, 4)) + 5
    theirs = PCA(k).fit(X)
    ours = principal_component_analysis(X.tolist(), k)
    np.testing.assert_allclose(ours["explained_variance"][:k], theirs.explained_variance_)
    np.testing.assert_allclose(ours["explained_variance_ratio"][:k], theirs.explained_variance_ratio_)
    np.testing.assert_allclose(np.abs(ours["scores"]), np.abs(theirs.transform(X)), atol=1e-8)


@given(st.integers(0, 1000))
def test_scores_are_uncorrelated_and_the_loss_is_the_discarded_variance(seed: int) -> None:
    X = np.random.default_rng(seed).standard_normal((20, 5))
    output = principal_component_analysis(X.tolist(), 3)
    C = np.cov(output["scores"].T)
    np.testing.assert_allclose(C, np.diag(output["explained_variance"][:3]), atol=1e-9)
    assert output["reconstruction_error"] == pytest.approx(output["lost_variance"])
    assert output["total_variance"] == pytest.approx(X.var(axis=0, ddof=1).sum())
    V = output["components"]
    np.testing.assert_allclose(np.cov(X.T) @ V.T, V.T * output["explained_variance"][:3], atol=1e-9)


def test_textbook_golden() -> None:
    # ten points of Smith's tutorial: eigenvalues 1.2840 and 0.0491, first axis (0.6779, 0.7352)
    output = load("principal-component-analysis").run()
    assert output["explained_variance"] == pytest.approx([1.28402771, 0.04908340])
    assert output["components"][0] == pytest.approx([0.6778734, 0.7351787])
    assert output["scores"][0] == pytest.approx([0.82797019])


def test_scaling_is_a_choice_that_changes_the_result() -> None:
    X = np.random.default_rng(0).standard_normal((30, 2)) * [100, 1]
    raw = principal_component_analysis(X.tolist(), 1)
    scaled = principal_component_analysis(X.tolist(), 1, standardize=True)
    assert raw["explained_variance_ratio"][0] > 0.99
    assert scaled["explained_variance_ratio"][0] < 0.8
    assert scaled["total_variance"] == pytest.approx(2)


def test_one_outlier_turns_the_first_axis() -> None:
    X = [[float(v), 0.0] for v in range(10)]
    assert abs(principal_component_analysis(X, 1)["components"][0][0]) == pytest.approx(1)
    assert abs(principal_component_analysis([*X, [5.0, 500.0]], 1)["components"][0][0]) < 0.1


@pytest.mark.parametrize(
    "bad", [{"n_components": 3}, {"X": [[1.0]]}, {"X": [[1.0, 2.0], [1.0, 3.0]], "standardize": True}]
)
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("principal-component-analysis").run(bad)
