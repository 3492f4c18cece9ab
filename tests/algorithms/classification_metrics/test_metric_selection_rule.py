from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.classification_metrics.accuracy import accuracy
from algorithms.classification_metrics.metric_selection_rule import metric_selection_rule as choose
from algorithms.registry import load
from core.errors import InputError


@pytest.mark.parametrize(
    ("inputs", "first"),
    [
        ({"task": "classification", "positive_share": 0.5}, "accuracy"),
        ({"task": "classification", "positive_share": 0.01}, "PR-AUC"),
        ({"task": "classification", "positive_share": 0.99}, "PR-AUC"),
        ({"task": "classification", "cost_fn_over_fp": 10}, "recall"),
        ({"task": "classification", "cost_fn_over_fp": 0.1}, "precision"),
        ({"task": "regression"}, "RMSE"),
        ({"task": "regression", "outliers_are_noise": True}, "MAE"),
        ({"task": "forecasting"}, "MAPE"),
        ({"task": "forecasting", "target_touches_zero": True}, "MASE"),
        ({"task": "ranking"}, "MRR"),
        ({"task": "ranking", "graded_relevance": True}, "nDCG"),
    ],
)
def test_rules(inputs: dict[str, object], first: str) -> None:
    assert choose(**inputs)["metrics"][0] == first  # type: ignore[arg-type]


@given(st.floats(0.001, 0.199))
def test_accuracy_is_never_recommended_where_the_majority_class_alone_scores_high(share: float) -> None:
    negatives = round(1000 * (1 - share))
    baseline = accuracy(tp=0, fp=0, fn=1000 - negatives, tn=negatives)["majority_baseline"]
    assert baseline >= 0.8
    assert "accuracy" not in choose("classification", positive_share=share)["metrics"]


@given(st.sampled_from(["classification", "regression", "forecasting", "ranking"]), st.booleans(), st.booleans())
def test_each_metric_has_its_reason(task: str, a: bool, b: bool) -> None:
    output = choose(task, outliers_are_noise=a, target_touches_zero=b, graded_relevance=a)  # type: ignore[arg-type]
    assert len(output["metrics"]) == len(output["reasons"]) == len(set(output["metrics"])) >= 2
    assert not (b and task == "forecasting" and "MAPE" in output["metrics"])


@pytest.mark.parametrize("bad", [{"task": "poetry"}, {"positive_share": 0}, {"cost_fn_over_fp": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("metric-selection-rule").run(bad)
