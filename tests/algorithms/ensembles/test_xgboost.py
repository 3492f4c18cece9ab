from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.ensembles.xgboost import derivatives, grow_newton, structure_gain, xgboost
from algorithms.registry import load
from algorithms.toy_data import two_moons
from algorithms.trees.decision_tree import leaves
from core.errors import InputError

SUMS = st.tuples(st.floats(-20, 20), st.floats(0.5, 20), st.floats(-20, 20), st.floats(0.5, 20))


@given(SUMS, st.floats(0, 5), st.floats(0, 5))
def test_gain_is_the_drop_of_the_regularised_objective(sums: tuple[float, ...], l2: float, gamma: float) -> None:
    GL, HL, GR, HR = sums

    def minimum(G: float, H: float) -> float:
        w = -G / (H + l2)
        return G * w + 0.5 * (H + l2) * w**2

    expected = minimum(GL + GR, HL + HR) - minimum(GL, HL) - minimum(GR, HR) - gamma
    assert float(structure_gain(GL, HL, GR, HR, l2, gamma)) == pytest.approx(expected, abs=1e-8)


def test_golden_first_tree() -> None:
    # y = 1, 1, 5, 5 from 0: g = -1, -1, -5, -5 and h = 1; G = -12, H = 4; lambda = 1
    # gain = 0.5 * (4 / 3 + 100 / 3 - 144 / 5) = 2.9333; weights 2 / 3 and 10 / 3
    output = xgboost([[1], [2], [3], [4]], [1, 1, 5, 5], n_rounds=1, max_depth=1, learning_rate=1.0)
    assert output["first_tree_gain"] == pytest.approx(2.93333333)
    assert output["first_tree_leaf_weights"] == pytest.approx([2 / 3, 10 / 3])
    assert output["first_tree_threshold"] == 2.5
    assert output["loss_before"] == pytest.approx((1 + 1 + 25 + 25) / 8)


def test_gamma_prunes_and_lambda_shrinks() -> None:
    X, y = [[1], [2], [3], [4]], [1, 1, 5, 5]
    pruned = xgboost(X, y, n_rounds=1, max_depth=1, gamma=3.0)
    assert pruned["first_tree_gain"] is None
    assert pruned["first_tree_leaf_weights"] == pytest.approx([12 / 5])
    weights = [max(np.abs(xgboost(X, y, n_rounds=1, reg_lambda=l2)["first_tree_leaf_weights"])) for l2 in (0, 1, 10)]
    assert weights[0] == 5
    assert weights[0] > weights[1] > weights[2]


def test_min_child_weight_forbids_small_children() -> None:
    X, g = np.arange(6.0)[:, None], np.array([-9.0, 1, 1, 1, 1, 1])
    tree = grow_newton(X, g, np.ones(6), 3, 0.0, 0.0, 3.0)
    assert [leaf.weight for leaf in leaves(tree)] == [3, 3]


def test_derivatives_match_finite_differences() -> None:
    y, F, e = np.array([0.0, 1.0]), np.array([0.7, -0.4]), 1e-4
    for objective in ("squared", "logistic"):
        _, g, h = derivatives(y, F, objective)
        for i in range(2):
            step = np.eye(2)[i] * e
            up, mid, down = (2 * derivatives(y, F + s, objective)[0] for s in (step, 0 * step, -step))
            assert g[i] == pytest.approx((up - down) / (2 * e), abs=1e-6)
            assert h[i] == pytest.approx((up - 2 * mid + down) / e**2, abs=1e-5)


def test_learns_moons() -> None:
    X, y = two_moons(120, 0.1, seed=0)
    output = xgboost(X.tolist(), y.tolist(), "logistic", n_rounds=30)
    assert output["loss_before"] == pytest.approx(np.log(2))
    assert output["loss_after"] < 0.1
    assert np.mean((output["predictions"] > 0.5) == y[:50]) == 1


@pytest.mark.parametrize("bad", [{"objective": "logistic"}, {"y": [1]}, {"reg_lambda": -1}, {"max_depth": 9}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("xgboost").run(bad)
