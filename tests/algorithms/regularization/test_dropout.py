from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import softmax

from algorithms.registry import load
from algorithms.regularization.dropout import apply, drop, dropout
from core.errors import InputError


@given(st.floats(0, 0.9), st.integers(0, 100))
def test_each_entry_is_zero_or_scaled_up(p: float, seed: int) -> None:
    x = np.arange(1.0, 21.0)
    y = drop(x, p, np.random.default_rng(seed))
    np.testing.assert_allclose(y[y != 0], x[y != 0] / (1 - p))


def test_share_of_dropped_units_is_p() -> None:
    y = drop(np.ones(20_000), 0.3, np.random.default_rng(0))
    assert (y == 0).mean() == pytest.approx(0.3, abs=0.015)


@pytest.mark.parametrize("variant", ["units", "attention", "dropconnect"])
def test_the_expectation_is_the_evaluation_output(variant: str) -> None:
    output = load("dropout").run({"variant": variant, "p": 0.4, "draws": 5000, "x": [1.0, 2.0, -1.0, 0.5]})
    error = 4 * np.array(output["standard_deviation"]) / np.sqrt(5000)
    assert np.all(np.abs(np.array(output["mean_output"]) - output["evaluation_output"]) <= error + 1e-12)


def test_standard_deviation_of_a_unit() -> None:
    # x / (1 - p) with probability 1 - p: variance x² p / (1 - p) = 4 · 0.25 / 0.75
    output = dropout([2.0], p=0.25, draws=5000)
    assert output["standard_deviation"][0] == pytest.approx(np.sqrt(4 / 3), rel=0.05)


def test_evaluation_is_the_identity() -> None:
    output = dropout([1.0, -2.0, 3.0], p=0.9, training=False)
    assert output["output"].tolist() == [1, -2, 3]
    assert output["kept_share"] == 1


def test_attention_rows_sum_to_one_in_evaluation_only() -> None:
    scores = [1.0, 2.0, 3.0, 0.0]
    evaluation = dropout(scores, 0.5, "attention", training=False)
    np.testing.assert_allclose(evaluation["output"], softmax(scores))
    assert evaluation["output_sum"] == pytest.approx(1)
    assert abs(dropout(scores, 0.5, "attention", seed=1)["output_sum"] - 1) > 0.05


def test_dropconnect_masks_connections_not_units() -> None:
    x = np.ones(30)
    outputs = apply(x, 0.5, "dropconnect", np.random.default_rng(0))
    # every unit keeps about half of its 30 inputs, each doubled; with whole units dropped all outputs would be equal
    assert outputs.min() > 0
    assert len(np.unique(outputs)) > 5


@pytest.mark.parametrize("bad", [{"p": 1.0}, {"p": -0.1}, {"variant": "rows"}, {"draws": 10**6}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("dropout").run(bad)
