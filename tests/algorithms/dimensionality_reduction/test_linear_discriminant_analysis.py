from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import multivariate_normal
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from algorithms.dimensionality_reduction.linear_discriminant_analysis import (
    linear_discriminant_analysis,
    scatter_matrices,
)
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(0, 1000), st.integers(2, 4))
def test_directions_equal_sklearn_and_classes_the_bayes_rule(seed: int, K: int) -> None:
    rng = np.random.default_rng(seed)
    y = np.repeat(np.arange(K), [8, 12, 10, 9][:K])
    X = rng.standard_normal((len(y), 3)) + 2 * rng.standard_normal((K, 3))[y]
    theirs = LinearDiscriminantAnalysis().fit(X, y)
    ours = linear_discriminant_analysis(X.tolist(), y.tolist())
    W, _ = scatter_matrices(X, y)
    bayes = [
        np.log(np.mean(y == c)) + multivariate_normal(X[y == c].mean(axis=0), W / (len(y) - K)).logpdf(X)
        for c in range(K)
    ]
    np.testing.assert_array_equal(ours["predictions"], np.argmax(bayes, axis=0))
    assert len(ours["directions"]) == K - 1  # never more than K - 1
    for mine, other in zip(ours["projected"].T, theirs.transform(X).T, strict=True):
        assert abs(np.corrcoef(mine, other)[0, 1]) == pytest.approx(1)


def test_two_class_direction_is_within_inverse_times_mean_difference() -> None:
    # textbook example: S_W^-1 (m1 - m2) is proportional to (0.9088, 0.4173)
    example = load("linear-discriminant-analysis").example
    X, y = np.array(example["X"], dtype=float), np.array(example["y"])
    W, B = scatter_matrices(X, y)
    w = np.linalg.solve(W, X[y == 1].mean(axis=0) - X[y == 0].mean(axis=0))
    output = load("linear-discriminant-analysis").run()
    assert output["directions"][0] == pytest.approx(w / np.linalg.norm(w))
    assert output["directions"][0] == pytest.approx([0.9088, 0.4173], abs=1e-3)
    np.testing.assert_allclose(W + B, (X - X.mean(axis=0)).T @ (X - X.mean(axis=0)))


@given(st.integers(0, 1000))
def test_predictions_survive_an_invertible_linear_map(seed: int) -> None:
    rng = np.random.default_rng(seed)
    X, y = rng.standard_normal((20, 2)), np.repeat([0, 1], 10)
    X[y == 1] += 2
    before = linear_discriminant_analysis(X.tolist(), y.tolist())
    after = linear_discriminant_analysis((X @ [[2.0, 1.0], [0.0, 0.5]] + 7).tolist(), y.tolist())
    assert before["predictions"].tolist() == after["predictions"].tolist()
    np.testing.assert_allclose(before["separation"], after["separation"], rtol=1e-6)


def test_labels_matter_where_spread_does_not() -> None:
    # the large spread is along x0, the classes differ along x1 only
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1], 40)
    X = rng.standard_normal((80, 2)) * [10, 0.5] + np.outer(y, [0, 3])
    assert abs(linear_discriminant_analysis(X.tolist(), y.tolist())["directions"][0][1]) > 0.99


@pytest.mark.parametrize("bad", [{"y": [1] * 10}, {"X": [[1.0, 1.0]] * 10}, {"y": [1, 2]}, {"shrinkage": 2}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("linear-discriminant-analysis").run(bad)
