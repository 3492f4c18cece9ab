from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics.pairwise import rbf_kernel as their_kernel
from sklearn.svm import SVC

from algorithms.registry import load
from algorithms.support_vector_machines.rbf_kernel_svm import rbf_kernel, rbf_kernel_svm
from algorithms.toy_data import two_moons
from core.errors import InputError


@given(st.integers(0, 1000), st.floats(0.01, 5))
def test_kernel_equals_sklearn_and_is_positive_semi_definite(seed: int, gamma: float) -> None:
    A = np.random.default_rng(seed).standard_normal((8, 3))
    K = rbf_kernel(A, A, gamma)
    np.testing.assert_allclose(K, their_kernel(A, gamma=gamma), atol=1e-12)
    np.testing.assert_array_equal(np.diag(K), 1)
    assert np.linalg.eigvalsh(K)[0] > -1e-10


def test_scores_equal_sklearn_on_moons() -> None:
    X, y = two_moons(80, 0.2, seed=0)
    theirs = SVC(kernel="rbf", gamma=1.0, C=2.0, tol=1e-6).fit(X, y)
    ours = rbf_kernel_svm(X.tolist(), y.tolist(), gamma=1.0, C=2.0)
    np.testing.assert_allclose(ours["scores"], theirs.decision_function(X)[:50], atol=2e-3)
    assert ours["training_accuracy"] == pytest.approx(theirs.score(X, y))
    assert ours["n_support_vectors"] == pytest.approx(len(theirs.support_), abs=2)


def test_a_ring_defeats_the_line_but_not_the_kernel() -> None:
    output = rbf_kernel_svm(n=120)
    assert output["training_accuracy"] == 1
    assert output["test_accuracy"] > 0.95
    assert output["linear_accuracy"] < 0.8
    assert output["smallest_eigenvalue"] > -1e-9


def test_support_vectors_grow_with_noisy_data_and_with_gamma() -> None:
    counts = []
    for n in (40, 160):
        X, y = two_moons(n, 0.4, seed=0)
        counts.append(rbf_kernel_svm(X.tolist(), y.tolist())["n_support_vectors"])
    assert counts[1] > 2 * counts[0]
    assert rbf_kernel_svm(gamma=1000.0)["n_support_vectors"] == 80  # every point its own bump


@pytest.mark.parametrize("bad", [{"gamma": 0}, {"X": [[1.0], [2.0]]}, {"X": [[1.0], [2.0]], "y": [1.0, 1.0]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("rbf-kernel-svm").run(bad)
