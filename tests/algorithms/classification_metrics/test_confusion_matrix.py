from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from algorithms.classification_metrics.confusion_matrix import confusion_matrix
from algorithms.registry import load
from core.errors import InputError

PAIRS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=40).filter(
    lambda pairs: len({label for pair in pairs for label in pair}) > 1  # the oracle warns of a single label
)


@given(PAIRS)
def test_equals_sklearn_with_the_truth_in_rows(pairs: list[tuple[int, int]]) -> None:
    y, p = [a for a, _ in pairs], [b for _, b in pairs]
    output = confusion_matrix(0, 0, 0, 0, y_true=y, y_pred=p)
    np.testing.assert_array_equal(output["matrix"], metrics.confusion_matrix(y, p, labels=sorted({*y, *p})))
    assert output["total"] == len(pairs)
    assert output["classes"].tolist() == sorted({*y, *p})


def test_rates_of_the_worked_example() -> None:
    output = confusion_matrix(tp=40, fp=10, fn=20, tn=30)
    assert output["matrix"].tolist() == [[30, 10], [20, 40]]
    assert output["false_positive_rate"] == 0.25  # 10 / (10 + 30)
    assert output["true_negative_rate"] == 0.75
    assert output["true_positive_rate"] == pytest.approx(40 / 60)
    assert output["false_negative_rate"] == pytest.approx(20 / 60)


def test_labels_give_the_four_counts() -> None:
    output = confusion_matrix(9, 9, 9, 9, y_true=[1, 1, 1, 0, 0], y_pred=[1, 0, 0, 1, 0])
    assert output["matrix"].tolist() == [[1, 1], [2, 1]]
    assert output["true_positive_rate"] == pytest.approx(1 / 3)
    assert output["false_positive_rate"] == 0.5


def test_empty_denominator_is_zero() -> None:
    assert confusion_matrix(tp=3, fp=0, fn=0, tn=0)["false_positive_rate"] == 0.0


@pytest.mark.parametrize(
    "bad", [{"tp": -1}, {"fp": 1.5}, {"y_true": [0, 1]}, {"y_true": [0, 1], "y_pred": [1]}, {"tn": 10**13}]
)
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("confusion-matrix").run(bad)
