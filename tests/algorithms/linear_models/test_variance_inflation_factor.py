from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.outliers_influence import variance_inflation_factor as oracle

from algorithms.linear_models.variance_inflation_factor import variance_inflation_factor as vif
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(0, 1000), st.integers(2, 5))
def test_equals_statsmodels_and_the_inverse_correlation_matrix(seed: int, d: int) -> None:
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((25, d)) @ rng.standard_normal((d, d)) + 10
    output = vif(X.tolist())
    design = sm.add_constant(X)
    expected = [oracle(design, j) for j in range(1, d + 1)]
    np.testing.assert_allclose(output["vif"], expected, rtol=1e-5)
    np.testing.assert_allclose(output["vif"], np.diag(np.linalg.inv(np.corrcoef(X.T))), rtol=1e-5)
    assert output["largest_vif"] == output["vif"].max()
    assert output["above_10"].tolist() == [j for j in range(d) if expected[j] > 10]


def test_a_sum_is_infinite_with_modest_pairwise_correlations() -> None:
    X = np.random.default_rng(0).standard_normal((400, 9))
    with_sum = np.column_stack([X, X.sum(axis=1)])
    output = vif(with_sum.tolist())
    assert np.isinf(output["vif"]).all()
    assert output["largest_pairwise_correlation"] < 0.5  # 1 / sqrt(9) in the population
    assert (output["tolerance"] == 0).all()


def test_orthogonal_features_have_one() -> None:
    output = vif([[1, 1], [1, -1], [-1, 1], [-1, -1]])
    assert output["vif"].tolist() == pytest.approx([1, 1])
    assert output["largest_pairwise_correlation"] == pytest.approx(0, abs=1e-12)


def test_a_correlation_of_08() -> None:
    # r = 4 / 5 between both columns: 1 / (1 - .64)
    assert vif([[1, 1], [2, 3], [3, 2], [4, 4]])["vif"][0] == pytest.approx(1 / (1 - 0.64))


@pytest.mark.parametrize("bad", [{"X": [[1], [2], [3]]}, {"X": [[1, 5], [2, 5], [3, 5]]}, {"X": [[1, 2, 3]] * 3}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("variance-inflation-factor").run(bad)
