from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.active_learning.implicit_feedback_labels import click_rates, implicit_feedback_labels
from algorithms.registry import load
from core.errors import InputError


@settings(max_examples=10)
@given(st.lists(st.floats(0.1, 0.9), min_size=2, max_size=6), st.floats(0, 1.5))
def test_weighted_rates_are_unbiased(attractiveness: list[float], decay: float) -> None:
    output = implicit_feedback_labels(attractiveness, 20_000, decay, swap_share=0.0)
    # the standard error of item i is sqrt(gamma / theta / n) at most
    error = np.abs(output["weighted_rates"] - attractiveness)
    assert np.all(error < 4.5 * np.sqrt(np.array(attractiveness) / output["examination"] / 20_000))


def test_raw_clicks_rank_by_position_and_weights_repair_it() -> None:
    output = implicit_feedback_labels([0.2, 0.3, 0.5, 0.6])
    assert output["raw_order"][0] == 0  # the least attractive item was on top
    assert output["weighted_order"].tolist() == [3, 2, 1, 0]
    np.testing.assert_allclose(output["examination"], [1, 1 / 2, 1 / 3, 1 / 4])


def test_without_position_bias_both_agree() -> None:
    output = implicit_feedback_labels([0.2, 0.7], decay=0.0)
    np.testing.assert_array_equal(output["raw_rates"], output["weighted_rates"])


def test_weights_follow_the_shown_position_and_are_clipped() -> None:
    clicks, positions = np.array([[1.0, 1.0], [1.0, 0.0]]), np.array([[0, 1], [1, 0]])
    raw, weighted = click_rates(clicks, positions, np.array([1.0, 0.25]), 100.0)
    assert raw.tolist() == [1.0, 0.5]
    assert weighted.tolist() == [(1 + 4) / 2, 4 / 2]
    assert click_rates(clicks, positions, np.array([1.0, 0.25]), 3.0)[1].tolist() == [2.0, 1.5]


@pytest.mark.parametrize("bad", [{"attractiveness": [0.5]}, {"decay": -1}, {"clip": 0.5}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("implicit-feedback-labels").run(bad)
