from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from algorithms.classification_metrics.recall import recall
from algorithms.registry import load
from core.errors import InputError


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=40))
def test_equals_sklearn(pairs: list[tuple[bool, bool]]) -> None:
    y, p = [int(a) for a, _ in pairs], [int(b) for _, b in pairs]
    output = recall(0, 0, y_true=y, y_pred=p)
    assert output["recall"] == pytest.approx(metrics.recall_score(y, p, zero_division=0))
    assert output["actual_positives"] == sum(y)


def test_worked_example_divides_by_actual_positives() -> None:
    output = recall(tp=40, fn=20)
    assert output["recall"] == pytest.approx(0.6667, abs=5e-5)
    assert output["miss_rate"] == pytest.approx(1 / 3)
    assert output["actual_positives"] == 60


@given(st.integers(1, 1000), st.integers(0, 1000))
def test_recall_and_miss_rate_sum_to_one(tp: int, fn: int) -> None:
    output = recall(tp, fn)
    assert output["recall"] + output["miss_rate"] == pytest.approx(1)
    assert recall(tp + 1, fn)["recall"] >= output["recall"]


def test_no_actual_positive_is_marked_undefined() -> None:
    assert not recall(0, 0)["defined"]


@pytest.mark.parametrize("bad", [{"tp": -1}, {"fn": None}, {"y_true": [1]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("recall").run(bad)
