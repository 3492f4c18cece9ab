from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from algorithms.classification_metrics.loss_and_accuracy_increase_together import (
    loss_and_accuracy_increase_together as compare,
)
from algorithms.registry import load
from core.errors import InputError


def test_the_example_rises_in_both() -> None:
    output = load("loss-and-accuracy-increase-together").run()
    # before: 6 x .45, 3 x .9, .4; after: 6 x .55, 3 x .9, .001
    before = -(6 * math.log(0.45) + 3 * math.log(0.9) + math.log(0.4)) / 10
    after = -(6 * math.log(0.55) + 3 * math.log(0.9) + math.log(0.001)) / 10
    assert output["loss_before"] == pytest.approx(before)
    assert output["loss_after"] == pytest.approx(after)
    assert (output["accuracy_before"], output["accuracy_after"]) == (0.3, 0.9)
    assert output["loss_after"] > output["loss_before"]
    assert output["both_rise"]
    assert output["largest_loss_share"] == pytest.approx(-math.log(0.001) / (10 * after))


@given(st.lists(st.floats(0.001, 0.999).filter(lambda p: p != 0.5), min_size=1, max_size=20))
def test_loss_and_accuracy_equal_sklearn(p: list[float]) -> None:
    output = compare([0.5] * len(p), p)
    columns = np.stack([1 - np.array(p), p], axis=1)
    assert output["loss_after"] == pytest.approx(metrics.log_loss([1] * len(p), columns, labels=[0, 1]))
    assert output["accuracy_after"] == metrics.accuracy_score([1] * len(p), columns.argmax(axis=1))
    assert output["loss_before"] == pytest.approx(math.log(2))


def test_uniform_improvement_does_not_raise_the_loss() -> None:
    output = compare([0.4, 0.45, 0.9], [0.6, 0.7, 0.95])
    assert not output["both_rise"]
    assert output["loss_after"] < output["loss_before"]


@pytest.mark.parametrize("bad", [{"before": [0.5]}, {"after": [0.0] * 10}, {"before": [1.5] * 10}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("loss-and-accuracy-increase-together").run(bad)
