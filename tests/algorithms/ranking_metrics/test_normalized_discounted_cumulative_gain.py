from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from algorithms.ranking_metrics.normalized_discounted_cumulative_gain import (
    normalized_discounted_cumulative_gain as ndcg,
)
from algorithms.registry import load
from core.errors import InputError

GRADES = st.lists(st.integers(0, 5), min_size=2, max_size=12)


@given(GRADES, st.integers(1, 12), st.sampled_from(["linear", "exponential"]))
def test_equals_sklearn(grades: list[int], k: int, gain: str) -> None:
    gains = np.array(grades, dtype=float) if gain == "linear" else 2.0 ** np.array(grades) - 1
    scores = -np.arange(len(grades), dtype=float)
    output = ndcg([float(g) for g in grades], gain, k)  # type: ignore[arg-type]
    assert output["dcg"] == pytest.approx(metrics.dcg_score([gains], [scores], k=k))
    assert output["ndcg"] == pytest.approx(metrics.ndcg_score([gains], [scores], k=k))


@given(GRADES.filter(any), st.randoms())
def test_best_order_has_one(grades: list[int], random: object) -> None:
    best = [float(g) for g in sorted(grades, reverse=True)]
    assert ndcg(best)["ndcg"] == pytest.approx(1)
    assert ndcg([float(g) for g in grades])["ndcg"] <= 1 + 1e-12


def test_worked_example() -> None:
    output = ndcg([3, 2, 3, 0, 1, 2], gain="linear")
    assert output["dcg"] == pytest.approx(6.8611, abs=5e-5)
    assert output["idcg"] == pytest.approx(7.1410, abs=5e-5)
    assert output["ndcg"] == pytest.approx(0.9608, abs=5e-5)
    assert sum(output["discounted_gains"]) == pytest.approx(output["dcg"])
    assert sum(output["ideal_discounted_gains"]) == pytest.approx(output["idcg"])


def test_gains_agree_for_binary_relevance_only() -> None:
    assert ndcg([0, 1, 1], "linear")["ndcg"] == pytest.approx(ndcg([0, 1, 1], "exponential")["ndcg"])
    assert ndcg([1, 3], "linear")["ndcg"] > ndcg([1, 3], "exponential")["ndcg"]


def test_missed_documents_belong_to_the_ideal_order() -> None:
    # retrieved grade 1 on top, missed a 3: 1 / (3 + 1 / log2 3)
    assert ndcg([1, 0])["ndcg"] == 1
    assert ndcg([1, 0], unretrieved=[3])["ndcg"] == pytest.approx(1 / (3 + 1 / np.log2(3)))
    assert ndcg([0, 0])["ndcg"] == 0


@pytest.mark.parametrize("bad", [{"relevances": []}, {"relevances": [-1.0]}, {"gain": "log"}, {"relevances": [99.0]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("normalized-discounted-cumulative-gain").run(bad)
