from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.ensembles.bagging_vs_boosting_bias_variance import bagging_vs_boosting_bias_variance
from algorithms.registry import load
from core.errors import InputError


@settings(max_examples=4)
@given(st.integers(0, 100))
def test_boosting_cuts_bias_and_bagging_cuts_variance(seed: int) -> None:
    output = bagging_vs_boosting_bias_variance(seed=seed)
    assert output["boosting_bias2"] < 0.4 * output["single_bias2"]
    assert output["bagging_bias2"] > 0.7 * output["single_bias2"]
    assert output["bagging_variance"] < output["single_variance"]


def test_deep_trees_gain_from_bagging_only() -> None:
    output = bagging_vs_boosting_bias_variance(max_depth=6, rounds=20, repeats=10)
    assert output["bagging_variance"] < 0.8 * output["single_variance"]
    assert output["boosting_variance"] > output["bagging_variance"]


def test_more_rounds_of_boosting_raise_the_variance() -> None:
    few, many = (bagging_vs_boosting_bias_variance(rounds=r, learning_rate=1.0, repeats=10, noise=1.0) for r in (5, 60))
    assert many["boosting_variance"] > few["boosting_variance"]
    assert many["boosting_bias2"] < few["boosting_bias2"]


@pytest.mark.parametrize("bad", [{"rounds": 0}, {"repeats": 1}, {"max_depth": 7}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("bagging-vs-boosting-bias-variance").run(bad)
