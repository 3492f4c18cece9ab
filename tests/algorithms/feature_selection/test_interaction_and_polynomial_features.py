from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.preprocessing import PolynomialFeatures

from algorithms.feature_selection.interaction_and_polynomial_features import (
    expand,
    interaction_and_polynomial_features,
)
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(1, 5), st.integers(1, 3), st.booleans())
def test_equals_sklearn(p: int, degree: int, only: bool) -> None:
    X = np.random.default_rng(p).standard_normal((4, p))
    theirs = PolynomialFeatures(degree, interaction_only=only, include_bias=False).fit_transform(X)
    np.testing.assert_allclose(expand(X, degree, only)[0], theirs)
    output = interaction_and_polynomial_features(X.tolist(), None, degree, only)
    assert output["n_columns"] == output["n_columns_formula"] == theirs.shape[1]


@pytest.mark.parametrize("p", [1, 3, 10])
def test_degree_two_has_p_plus_p_times_p_plus_one_half_columns(p: int) -> None:
    assert interaction_and_polynomial_features([[1.0] * p, [2.0] * p])["n_columns"] == p + p * (p + 1) // 2


def test_xor_becomes_linear_and_a_parabola_too() -> None:
    xor = load("interaction-and-polynomial-features").run({"interactions_only": True})
    assert xor["r2_before"] == pytest.approx(0)
    assert xor["r2_after"] == pytest.approx(1)
    parabola = interaction_and_polynomial_features([[-2], [-1], [0], [1], [2]], [4, 1, 0, 1, 4])
    assert parabola["r2_before"] == pytest.approx(0)
    assert parabola["r2_after"] == pytest.approx(1)


@pytest.mark.parametrize("bad", [{"degree": 4}, {"y": [1.0, 2.0]}, {"X": [[1, 2], [3]]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("interaction-and-polynomial-features").run(bad)
