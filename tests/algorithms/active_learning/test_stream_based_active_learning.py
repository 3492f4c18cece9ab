from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.active_learning.stream_based_active_learning import stream_based_active_learning
from algorithms.registry import load
from core.errors import InputError


def test_too_low_selects_nothing_and_too_high_everything() -> None:
    nothing, everything = stream_based_active_learning(0.5), stream_based_active_learning(1.0)
    assert nothing["queries"] == 0
    assert nothing["accuracy"] < 0.6
    assert everything["query_share"] == 1
    assert everything["accuracy"] == everything["accuracy_all_labels"]


def test_a_third_of_the_labels_is_almost_as_good() -> None:
    output = stream_based_active_learning(0.7)
    assert output["query_share"] < 0.4
    assert output["accuracy"] > output["accuracy_all_labels"] - 0.02


def test_a_fixed_threshold_asks_less_as_confidence_grows() -> None:
    output = stream_based_active_learning(0.75, items=3000)
    assert output["query_share_late"] < output["query_share"]
    assert output["mean_confidence"] > 0.75


@settings(max_examples=5)
@given(st.floats(0.05, 0.4))
def test_the_adaptive_threshold_meets_its_rate(rate: float) -> None:
    output = stream_based_active_learning(0.9, 3000, "target-rate", rate)
    assert output["query_share_late"] == pytest.approx(rate, abs=0.03)


def test_higher_thresholds_ask_more() -> None:
    queries = [stream_based_active_learning(t)["queries"] for t in (0.55, 0.65, 0.8, 0.95)]
    assert np.all(np.diff(queries) > 0)


@pytest.mark.parametrize("bad", [{"threshold": 1.5}, {"items": 5}, {"adapt": "pid"}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("stream-based-active-learning").run(bad)
