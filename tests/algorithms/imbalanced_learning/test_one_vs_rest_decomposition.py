from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier

from algorithms.imbalanced_learning.one_vs_rest_decomposition import fit_one_vs_rest, one_vs_rest_decomposition
from algorithms.registry import load
from algorithms.toy_data import gaussian_blobs
from core.errors import InputError

X, Y = gaussian_blobs(np.array([[0.0, 0], [3, 0], [0, 3], [3, 3]]), 20, 1.0, seed=0)


@pytest.mark.parametrize("balanced", [False, True])
def test_coefficients_equal_sklearn(balanced: bool) -> None:
    base = LogisticRegression(C=1 / 0.5, tol=1e-10, max_iter=1000, class_weight="balanced" if balanced else None)
    theirs = OneVsRestClassifier(base).fit(X, Y)
    ours = fit_one_vs_rest(X, Y, 4, 0.5, balanced)
    expected = [[*e.intercept_, *e.coef_[0]] for e in theirs.estimators_]
    np.testing.assert_allclose(ours, expected, atol=1e-4)


def test_k_problems_and_the_largest_score_wins() -> None:
    output = one_vs_rest_decomposition(X.tolist(), (10 * Y).tolist())
    assert output["n_problems"] == 4
    np.testing.assert_allclose(output["positive_shares"], 0.25)  # each problem is 1 : 3 although the classes are even
    chosen = output["classes"][output["scores"].argmax(axis=1)]
    assert output["predictions"].tolist() == chosen.tolist()
    assert output["training_accuracy"] > 0.85 > output["majority_share"] == 0.25
    assert not np.allclose(output["score_sums"], 1)


def test_a_class_in_the_middle_is_lost_to_lines() -> None:
    x = [[v] for v in (-3.0, -2.9, -2.8, 0.0, 0.1, -0.1, 2.8, 2.9, 3.0)]
    output = one_vs_rest_decomposition(x, [0, 0, 0, 1, 1, 1, 2, 2, 2], l2=0.001)
    scores = np.array(output["scores"])
    np.testing.assert_allclose(scores[:, 1], 1 / 3, atol=0.02)  # the middle class gets its share everywhere


@settings(max_examples=10)
@given(st.permutations(range(3)))
def test_renaming_the_classes_renames_the_answers(names: list[int]) -> None:
    rows = Y < 3
    plain = one_vs_rest_decomposition(X[rows].tolist(), Y[rows].tolist())["predictions"]
    renamed = one_vs_rest_decomposition(X[rows].tolist(), [names[c] for c in Y[rows]])["predictions"]
    assert [names[c] for c in plain] == renamed.tolist()


@pytest.mark.parametrize("bad", [{"y": [1] * 9}, {"y": [0, 1]}, {"X_new": [[1.0], [2.0]]}, {"l2": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("one-vs-rest-decomposition").run(bad)
