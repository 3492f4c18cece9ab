from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.svm import SVC

from algorithms.registry import load
from algorithms.support_vector_machines.support_vector_machine import support_vector_machine
from algorithms.toy_data import gaussian_blobs
from core.errors import InputError

X, Y = gaussian_blobs(np.array([[0.0, 0], [2, 2]]), 30, 1.0, seed=0)


@pytest.mark.parametrize("C", [0.01, 1.0, 10.0])
def test_equals_sklearn_on_overlapping_blobs(C: float) -> None:
    theirs = SVC(kernel="linear", C=C, tol=1e-8).fit(X, Y)
    ours = support_vector_machine(X.tolist(), Y.tolist(), C)
    np.testing.assert_allclose(ours["w"], theirs.coef_[0], atol=1e-4)
    assert ours["b"] == pytest.approx(theirs.intercept_[0], abs=1e-3)
    assert set(ours["support_vectors"]) == set(theirs.support_[:50].tolist())
    assert ours["training_accuracy"] == pytest.approx(theirs.score(X, Y))
    assert ours["objective"] < ours["objective_at_zero"]


def test_margin_is_the_distance_between_the_nearest_points() -> None:
    # classes at x <= 0 and x >= 4: the street is 4 wide, w = 2 / 4, b = -1
    output = support_vector_machine([[0, 0], [-3, 5], [4, 0], [9, 9]], [0, 0, 1, 1], C=1e4)
    assert output["margin_width"] == pytest.approx(4, abs=1e-3)
    np.testing.assert_allclose(output["w"], [0.5, 0], atol=1e-3)
    assert output["b"] == pytest.approx(-1, abs=1e-3)
    assert output["hinge_loss"] == pytest.approx(0, abs=1e-3)


def test_only_support_vectors_matter() -> None:
    rows, labels = [[0, 0], [-3, 5], [4, 0], [9, 9]], [0, 0, 1, 1]
    before = support_vector_machine(rows, labels, C=1e4)
    assert 1 not in before["support_vectors"]
    rows[1] = [-300, 7]
    np.testing.assert_allclose(support_vector_machine(rows, labels, C=1e4)["w"], before["w"], atol=1e-4)


@settings(max_examples=15)
@given(st.integers(0, 1000))
def test_no_small_move_lowers_the_primal_objective(seed: int) -> None:
    rng = np.random.default_rng(seed)
    A, y = rng.standard_normal((16, 2)), np.repeat([-1.0, 1.0], 8)
    output = support_vector_machine(A.tolist(), y.tolist())
    for _ in range(20):
        dw, db = 0.05 * rng.standard_normal(2), 0.05 * rng.standard_normal()
        w = output["w"] + dw
        moved = w @ w / 2 + np.maximum(0, 1 - y * (A @ w + output["b"] + db)).sum()
        assert moved >= output["objective"] - 1e-4


def test_it_depends_on_the_scale_of_the_features() -> None:
    plain = support_vector_machine(X.tolist(), Y.tolist(), 0.01)
    scaled = support_vector_machine((X * [100, 1]).tolist(), Y.tolist(), 0.01)
    assert not np.allclose(scaled["w"] * [100, 1], plain["w"], rtol=0.1)


@pytest.mark.parametrize("bad", [{"y": [1, 1, 1, 1, 1, 1]}, {"y": [1, 2, 3, 1, 2, 3]}, {"C": 0}, {"y": [1, 2]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("support-vector-machine").run(bad)
