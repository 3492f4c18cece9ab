from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix

from algorithms.fairness_and_interpretability.group_fairness_metrics import group_fairness_metrics
from algorithms.registry import load
from core.errors import InputError

PEOPLE = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 1), st.sampled_from("abc")), min_size=2, max_size=40
).filter(lambda rows: len({g for _, _, g in rows}) > 1)


@given(PEOPLE)
def test_rates_equal_sklearn(people: list[tuple[int, int, str]]) -> None:
    p, y, g = (list(column) for column in zip(*people, strict=True))
    r = group_fairness_metrics(p, y, g)
    gaps = []
    for name in set(g):
        rows = [i for i, group in enumerate(g) if group == name]
        tn, fp, fn, tp = confusion_matrix([y[i] for i in rows], [p[i] for i in rows], labels=[0, 1]).ravel()
        assert r["selection_rate"][name] == pytest.approx((tp + fp) / len(rows))
        assert r["base_rate"][name] == pytest.approx((tp + fn) / len(rows))
        assert r["true_positive_rate"][name] == (pytest.approx(tp / (tp + fn)) if tp + fn else None)
        assert r["false_positive_rate"][name] == (pytest.approx(fp / (fp + tn)) if fp + tn else None)
        gaps.append((tp / (tp + fn) if tp + fn else None, fp / (fp + tn) if fp + tn else None))
    rates = list(r["selection_rate"].values())
    assert r["demographic_parity_difference"] == pytest.approx(max(rates) - min(rates))
    if all(t is not None and f is not None for t, f in gaps):
        spans = [np.ptp(column) for column in zip(*gaps, strict=True)]
        assert r["equal_opportunity_difference"] == pytest.approx(spans[0])
        assert r["equalized_odds_difference"] == pytest.approx(max(spans))
    else:
        assert r["equalized_odds_difference"] is None


def test_thirty_against_fifty_percent_fails_the_four_fifths_rule() -> None:
    decisions = [1] * 3 + [0] * 7 + [1] * 5 + [0] * 5
    r = group_fairness_metrics(decisions, decisions, ["a"] * 10 + ["b"] * 10)
    assert r["disparate_impact_ratio"] == pytest.approx(0.6) and r["passes_four_fifths"] is False
    passing = group_fairness_metrics([1] * 4 + [0] * 6 + decisions[10:], decisions, ["a"] * 10 + ["b"] * 10)
    assert passing["disparate_impact_ratio"] == pytest.approx(0.8) and passing["passes_four_fifths"] is True


def test_perfect_decisions_have_equal_odds_and_unequal_selection() -> None:
    y = [1, 1, 1, 0, 1, 0, 0, 0]
    r = group_fairness_metrics(y, y, ["a"] * 4 + ["b"] * 4)
    assert r["equalized_odds_difference"] == 0 and r["demographic_parity_difference"] == 0.5


def test_nobody_selected_is_parity() -> None:
    assert group_fairness_metrics([0, 0], [0, 1], ["a", "b"])["disparate_impact_ratio"] == 1


@pytest.mark.parametrize("bad", [{"predicted": [1]}, {"group": ["a"] * 10}, {"actual": [2] * 10}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("group-fairness-metrics").run(bad)
