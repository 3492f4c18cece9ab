from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from algorithms.classification_metrics.accuracy import accuracy
from algorithms.classification_metrics.matthews_correlation_coefficient import matthews_correlation_coefficient
from algorithms.registry import load
from core.errors import InputError

PAIRS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=40)


@given(PAIRS)
def test_equals_sklearn(pairs: list[tuple[int, int]]) -> None:
    y, p = [a for a, _ in pairs], [b for _, b in pairs]
    output = accuracy(0, 0, 0, 0, y_true=y, y_pred=p)
    assert output["accuracy"] == pytest.approx(metrics.accuracy_score(y, p))
    recalls = metrics.recall_score(y, p, labels=sorted(set(y)), average=None, zero_division=0)
    assert output["recalls"].tolist() == pytest.approx(recalls.tolist())
    assert output["balanced_accuracy"] == pytest.approx(recalls.mean())
    assert output["majority_baseline"] == max(y.count(k) for k in set(y)) / len(y)


def test_worked_example() -> None:
    output = accuracy(tp=40, fp=10, fn=20, tn=30)
    assert output["accuracy"] == 0.7
    assert output["balanced_accuracy"] == pytest.approx((40 / 60 + 30 / 40) / 2)
    assert output["majority_baseline"] == 0.6


def test_accuracy_paradox() -> None:
    output = accuracy(tp=0, fp=0, fn=10, tn=990)
    assert output["accuracy"] == output["majority_baseline"] == 0.99
    assert output["balanced_accuracy"] == 0.5
    assert output["recalls"].tolist() == [1.0, 0.0]
    assert matthews_correlation_coefficient(0, 0, 10, 990) == {"mcc": 0.0, "defined": False}


def test_majority_predictor_has_balanced_accuracy_one_over_k() -> None:
    assert accuracy(0, 0, 0, 0, y_true=[0, 0, 0, 1, 2, 3], y_pred=[0] * 6)["balanced_accuracy"] == 0.25


@pytest.mark.parametrize("bad", [{"tp": 0, "fp": 0, "fn": 0, "tn": 0}, {"tp": -1}, {"y_pred": [1]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("accuracy").run(bad)
