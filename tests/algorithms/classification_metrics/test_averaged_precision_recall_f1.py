from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from algorithms.classification_metrics.averaged_precision_recall_f1 import averaged_precision_recall_f1 as averaged
from algorithms.registry import load
from core.errors import InputError

PAIRS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=40)


@given(PAIRS, st.sampled_from(["macro", "weighted", "micro"]))
def test_equals_sklearn(pairs: list[tuple[int, int]], average: str) -> None:
    y, p = [a for a, _ in pairs], [b for _, b in pairs]
    output = averaged(y, p, average)  # type: ignore[arg-type]
    expected = metrics.precision_recall_fscore_support(y, p, average=average, zero_division=0)
    assert [output[k] for k in ("precision", "recall", "f1")] == pytest.approx(list(expected[:3]))
    each = metrics.precision_recall_fscore_support(y, p, average=None, zero_division=0)
    assert output["class_precision"].tolist() == pytest.approx(each[0].tolist())
    assert output["class_recall"].tolist() == pytest.approx(each[1].tolist())
    assert output["class_f1"].tolist() == pytest.approx(each[2].tolist())
    assert output["support"].tolist() == each[3].tolist()


@given(PAIRS)
def test_weighted_recall_is_accuracy(pairs: list[tuple[int, int]]) -> None:
    y, p = [a for a, _ in pairs], [b for _, b in pairs]
    output = averaged(y, p, "weighted")
    assert output["recall"] == pytest.approx(output["accuracy"])
    assert averaged(y, p, "micro")["f1"] == pytest.approx(output["accuracy"])


def test_golden() -> None:
    # class 0: 3 of 4 found, 3 of 4 predictions right; class 1: 1 of 2, 1 of 3; class 2: 1 of 2, 1 of 1
    output = averaged([0, 0, 0, 0, 1, 1, 2, 2], [0, 0, 0, 1, 1, 0, 2, 1])
    assert output["precision"] == pytest.approx((3 / 4 + 1 / 3 + 1) / 3)
    assert output["recall"] == pytest.approx((3 / 4 + 1 / 2 + 1 / 2) / 3)
    assert output["f1"] == pytest.approx((3 / 4 + 2 / 5 + 2 / 3) / 3)


@pytest.mark.parametrize(
    "bad", [{"average": "mean"}, {"y_pred": [1]}, {"y_true": list(range(60)), "y_pred": list(range(60))}]
)
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("averaged-precision-recall-f1").run(bad)
