from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.classification_metrics.lift_and_gain_charts import lift_and_gain_charts
from algorithms.registry import load
from core.errors import InputError

SCORED = st.lists(st.tuples(st.integers(0, 1), st.integers(-3, 3)), min_size=2, max_size=30).filter(
    lambda rows: len({y for y, _ in rows}) == 2
)


def test_perfect_score_has_lift_one_over_base_rate() -> None:
    output = lift_and_gain_charts([1, 1, 0, 0, 0, 0, 0, 0, 0, 0], list(range(10, 0, -1)), depth=0.2)
    assert output["base_rate"] == 0.2
    assert output["lift"] == output["maximum_lift"] == 5
    assert output["gain"] == 1
    assert output["gains"].tolist() == [0.5] + [1.0] * 9
    np.testing.assert_allclose(output["lifts"], output["gains"] / np.arange(0.1, 1.05, 0.1))


def test_constant_score_follows_the_diagonal() -> None:
    output = lift_and_gain_charts([1, 0, 0, 1, 0], [7] * 5, depth=0.3)
    np.testing.assert_allclose(output["gains"], output["depths"])
    assert output["lift"] == pytest.approx(1)


def test_golden() -> None:
    # top 2 of 10 hold 2 of 3 positives: gain 2/3, lift (2/2) / (3/10)
    output = load("lift-and-gain-charts").run()
    assert output["gain"] == pytest.approx(2 / 3)
    assert output["lift"] == pytest.approx(10 / 3)


@given(SCORED)
def test_equals_the_mean_over_random_orders_of_ties(rows: list[tuple[int, int]]) -> None:
    y, s = np.array([a for a, _ in rows]), np.array([float(b) for _, b in rows])
    depth = 1 / len(y)  # the first row: expected share of positives in the best block
    best = y[s == s.max()]
    output = lift_and_gain_charts(y.tolist(), s.tolist(), depth=depth)
    assert output["gain"] == pytest.approx(best.mean() / y.sum())
    assert output["gains"][-1] == 1
    assert (np.diff(output["gains"]) >= -1e-12).all()
    assert output["lift"] <= output["maximum_lift"] + 1e-9


@pytest.mark.parametrize("bad", [{"depth": 0}, {"depth": 1.5}, {"y_true": [0] * 10}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("lift-and-gain-charts").run(bad)
