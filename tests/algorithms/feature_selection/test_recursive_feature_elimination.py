from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_selection import RFE
from sklearn.linear_model import Ridge
from sklearn.preprocessing import StandardScaler

from algorithms.feature_selection.recursive_feature_elimination import recursive_feature_elimination
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(0, 1000), st.integers(1, 5), st.integers(1, 3))
def test_equals_sklearn(seed: int, k: int, step: int) -> None:
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((30, 6)) * [1, 10, 0.1, 1, 1, 5]
    y = X @ rng.standard_normal(6) + rng.standard_normal(30)
    scaled = StandardScaler().fit_transform(X)
    theirs = RFE(Ridge(alpha=1e-3), n_features_to_select=k, step=step).fit(scaled, y)
    ours = recursive_feature_elimination(X.tolist(), y.tolist(), k, step)
    assert ours["ranking"] == theirs.ranking_.tolist()
    np.testing.assert_allclose(ours["weights"], theirs.estimator_.coef_)


def test_every_feature_is_ranked_once_with_p_minus_k_refits() -> None:
    output = load("recursive-feature-elimination").run()
    assert sorted(output["ranking"]) == [1, 2, 3]
    assert output["refits"] == 2
    assert sorted(output["selected"] + output["eliminated"]) == [0, 1, 2]


def test_without_scaling_the_unit_decides() -> None:
    rng = np.random.default_rng(0)
    Z = rng.standard_normal((50, 2))
    y = Z @ [3.0, 1.0]
    X = Z * [1000.0, 1.0]  # the important feature is measured in small units, so its weight is small
    assert recursive_feature_elimination(X.tolist(), y.tolist(), 1)["selected"] == [0]
    assert recursive_feature_elimination(X.tolist(), y.tolist(), 1, standardize=False)["selected"] == [1]


@pytest.mark.parametrize("bad", [{"k": 4}, {"step": 0}, {"y": [1.0, 2.0]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("recursive-feature-elimination").run(bad)
