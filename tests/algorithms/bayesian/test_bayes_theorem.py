from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.bayesian.bayes_theorem import bayes_theorem
from algorithms.registry import load
from core.errors import InputError

OPEN = st.floats(0.01, 0.99)


def test_rare_disease() -> None:
    output = bayes_theorem(0.01, 0.99, 0.05)
    exact = (
        Fraction(1, 100)
        * Fraction(99, 100)
        / (Fraction(1, 100) * Fraction(99, 100) + Fraction(99, 100) * Fraction(5, 100))
    )
    assert exact == Fraction(1, 6)
    assert output["p_ill_given_positive"] == pytest.approx(1 / 6)
    assert output["of_10000"].tolist() == pytest.approx([99, 495])
    assert output["evidence"] == pytest.approx(0.0594)
    # 1 ill of 1 + 9405 negatives
    assert output["p_ill_given_negative"] == pytest.approx(1 / 9406)


@given(OPEN, OPEN, OPEN)
def test_posterior_odds_are_prior_odds_times_the_likelihood_ratio(prior: float, hit: float, alarm: float) -> None:
    output = bayes_theorem(prior, hit, alarm)
    p = output["p_ill_given_positive"]
    assert p / (1 - p) == pytest.approx(prior / (1 - prior) * hit / alarm)
    # total probability: averaging over both results gives the prior back
    back = p * output["evidence"] + output["p_ill_given_negative"] * (1 - output["evidence"])
    assert back == pytest.approx(prior)


@given(st.lists(st.tuples(st.floats(0.01, 5), OPEN), min_size=2, max_size=8), OPEN)
def test_sequential_updates_equal_one_update(rows: list[tuple[float, float]], other: float) -> None:
    prior, first = [a for a, _ in rows], [b for _, b in rows]
    second = [other if i % 2 else 1 - other for i in range(len(rows))]
    step = bayes_theorem(prior=prior, likelihood=first)["posterior"]
    assert step.sum() == pytest.approx(1)
    twice = bayes_theorem(prior=step.tolist(), likelihood=second)["posterior"]
    both = [a * b for a, b in zip(first, second, strict=True)]
    np.testing.assert_allclose(twice, bayes_theorem(prior=prior, likelihood=both)["posterior"], atol=1e-9)


def test_equals_simulation() -> None:
    rng = np.random.default_rng(0)
    ill = rng.random(400_000) < 0.1
    positive = rng.random(400_000) < np.where(ill, 0.8, 0.2)
    assert bayes_theorem(0.1, 0.8, 0.2)["p_ill_given_positive"] == pytest.approx(ill[positive].mean(), abs=0.01)


@pytest.mark.parametrize(
    "bad",
    [
        {"prevalence": 1.5},
        {"prior": [1, 1]},
        {"prior": [1, 1], "likelihood": [0, 0]},
        {"prevalence": 0, "false_positive_rate": 0},
    ],
)
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("bayes-theorem").run(bad)
