from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from algorithms.registry import load
from algorithms.reinforcement_learning_and_alignment.bradley_terry_model import bradley_terry_model, fit_scores
from core.errors import InputError


def test_probability() -> None:
    output = bradley_terry_model(math.log(3), 0)
    assert output["probability"] == pytest.approx(0.75) and output["odds"] == pytest.approx(3)
    assert bradley_terry_model(math.log(10), 0)["elo_difference"] == pytest.approx(400)
    assert bradley_terry_model(5, 5)["probability"] == 0.5


@given(st.floats(-20, 20), st.floats(-20, 20), st.floats(-100, 100))
def test_only_differences_matter_and_the_two_sides_sum_to_one(a: float, b: float, shift: float) -> None:
    p = bradley_terry_model(a, b)["probability"]
    assert p == pytest.approx(math.exp(a) / (math.exp(a) + math.exp(b)))
    assert bradley_terry_model(a + shift, b + shift)["probability"] == pytest.approx(p, abs=1e-9)
    assert p + bradley_terry_model(b, a)["probability"] == pytest.approx(1)


def test_an_item_may_score_below_one_it_beat() -> None:
    scores = bradley_terry_model(wins=[[0, 3, 1], [2, 0, 9], [9, 1, 0]])["scores"]
    np.testing.assert_allclose(scores - scores[0], [0, -0.51 + 2.08, -1.29 + 2.08], atol=0.01)
    assert scores[0] < scores[1]


@settings(max_examples=15)
@given(st.lists(st.integers(1, 9), min_size=12, max_size=12))
def test_fit_equals_scipy(counts: list[int]) -> None:
    W = np.zeros((4, 4))
    W[~np.eye(4, dtype=bool)] = counts

    def negative(s: np.ndarray) -> float:
        return float((W * np.log1p(np.exp(-(s[:, None] - s)))).sum())

    expected = minimize(negative, np.zeros(4), method="BFGS").x
    np.testing.assert_allclose(fit_scores(W), expected - expected.mean(), atol=1e-3)
    assert bradley_terry_model(wins=W.tolist())["log_likelihood"] == pytest.approx(
        -negative(expected) + W.sum() * 0, abs=1e-4
    )


def test_two_items_have_the_closed_form() -> None:
    s = fit_scores(np.array([[0.0, 3.0], [1.0, 0.0]]))
    assert s[0] - s[1] == pytest.approx(math.log(3))


@pytest.mark.parametrize(
    "wins",
    [[[0, 3], [0, 0]], [[0, 3, 1], [2, 0, 1], [0, 0, 0]], [[1, 2], [2, 0]], [[0, 1, 2], [1, 0, 2]]],
)
def test_an_undefeated_item_or_a_bad_table_is_refused(wins: list[list[float]]) -> None:
    with pytest.raises(InputError):
        load("bradley-terry-model").run({"wins": wins})
