from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from algorithms.classification_metrics.precision import precision
from algorithms.registry import load
from core.errors import InputError


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=40))
def test_equals_sklearn(pairs: list[tuple[bool, bool]]) -> None:
    y, p = [int(a) for a, _ in pairs], [int(b) for _, b in pairs]
    output = precision(0, 0, y_true=y, y_pred=p)
    assert output["precision"] == pytest.approx(metrics.precision_score(y, p, zero_division=0))
    assert output["defined"] == (sum(p) > 0)


@pytest.mark.parametrize(("tp", "fp", "expected"), [(40, 10, 0.8), (1, 1, 0.5), (0, 5, 0.0), (5, 0, 1.0)])
def test_goldens(tp: int, fp: int, expected: float) -> None:
    output = precision(tp, fp)
    assert output["precision"] == expected
    assert output["false_discovery_rate"] == pytest.approx(1 - expected)


def test_nothing_predicted_positive_is_marked_undefined() -> None:
    assert precision(0, 0) == {
        "precision": 0.0,
        "false_discovery_rate": 0.0,
        "predicted_positives": 0,
        "defined": False,
    }


@pytest.mark.parametrize("bad", [{"tp": -1}, {"fp": "many"}, {"y_true": [1], "y_pred": [1, 0]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("precision").run(bad)
