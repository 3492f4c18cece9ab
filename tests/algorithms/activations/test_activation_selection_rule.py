from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, softmax

from algorithms.activations.activation_selection_rule import RULES, activation_selection_rule
from algorithms.registry import load
from core.errors import InputError

SCORES = np.array([-3.0, 0.0, 0.5, 4.0])


@pytest.mark.parametrize(
    ("layer", "task", "word", "expected"),
    [
        ("output", "binary", "sigmoid", expit(SCORES)),
        ("output", "multiclass", "softmax", softmax(SCORES)),
        ("output", "multilabel", "sigmoid for each label", expit(SCORES)),
        ("output", "regression", "linear", SCORES),
        ("output", "positive_regression", "softplus", np.log1p(np.exp(SCORES))),
        ("hidden", "binary", "ReLU", np.maximum(SCORES, 0)),
        ("hidden", "regression", "ReLU", np.maximum(SCORES, 0)),
    ],
)
def test_table(layer: str, task: str, word: str, expected: np.ndarray) -> None:
    output = load("activation-selection-rule").run({"layer": layer, "task": task, "scores": SCORES.tolist()})
    assert word in output["activation"]
    np.testing.assert_allclose(output["outputs"], expected, atol=1e-12)


@given(st.lists(st.floats(-100, 100), min_size=1, max_size=10), st.sampled_from(sorted(RULES)))
def test_outputs_lie_in_the_stated_range(scores: list[float], row: str) -> None:
    rule = RULES[row]
    outputs = rule.function(np.array(scores))
    assert np.all((outputs >= rule.lower) & (outputs <= rule.upper))


def test_only_softmax_makes_the_classes_compete() -> None:
    scores = [2.0, 2.0, 2.0]
    assert activation_selection_rule("output", "multiclass", scores)["sum_of_outputs"] == pytest.approx(1)
    assert activation_selection_rule("output", "multilabel", scores)["sum_of_outputs"] > 2.6


@pytest.mark.parametrize("bad", [{"layer": "middle"}, {"task": "ranking"}, {"scores": []}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("activation-selection-rule").run(bad)
