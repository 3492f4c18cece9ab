"""Ranking measures against ir_measures, scikit-learn, trec_eval's documented behaviour and hand-computed values."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import ndcg_score

from core.errors import InputError
from evals.metrics.ranking import MEASURES, score_run

GRADES = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 3), min_size=1)
SCORES = st.dictionaries(st.sampled_from("abcdefgh"), st.floats(-5, 5, allow_nan=False), min_size=1)


def test_hand_computed():
    # ranks: a (grade 0), b (2), c (1); the ideal order is b, c
    run = {"q": {"a": 3.0, "b": 2.0, "c": 1.0}}
    qrels = {"q": {"a": 0, "b": 2, "c": 1}}
    found = score_run(run, qrels, ["nDCG@10", "RR", "AP", "P@2", "R@100", "Success@1", "Judged@10"])
    dcg = 2 / math.log2(3) + 1 / math.log2(4)  # trec_eval's gain is the grade itself
    ideal = 2 / math.log2(2) + 1 / math.log2(3)
    assert found["nDCG@10"]["q"] == pytest.approx(dcg / ideal)
    assert found["RR"]["q"] == 0.5
    assert found["AP"]["q"] == pytest.approx((1 / 2 + 2 / 3) / 2)
    assert found["P@2"]["q"] == 0.5
    assert found["R@100"]["q"] == 1.0
    assert found["Success@1"]["q"] == 0.0
    assert found["Judged@10"]["q"] == 1.0


def test_a_missing_query_counts_as_zero():
    found = score_run({"1": {"a": 1.0}}, {"1": {"a": 1}, "2": {"b": 1}}, ["AP"])
    assert found["AP"] == {"1": 1.0, "2": 0.0}


def test_an_empty_ranking_counts_as_zero():
    found = score_run({"1": {}}, {"1": {"a": 1}}, list(MEASURES))
    assert {value for values in found.values() for value in values.values()} == {0.0}


def test_unjudged_queries_of_the_run_are_left_out():
    found = score_run({"1": {"a": 1.0}, "x": {"b": 1.0}}, {"1": {"a": 1}}, ["AP"])
    assert found["AP"] == {"1": 1.0}


def test_no_shared_query_is_an_error():
    with pytest.raises(InputError, match="share no query"):
        score_run({"1": {"a": 1.0}}, {"2": {"a": 1}})


@pytest.mark.parametrize("name", ["nDCG@", "Nonsense@10", "nDCG@10; import os", ""])
def test_an_unknown_measure_is_an_error(name):
    with pytest.raises(InputError, match="unknown measure"):
        score_run({"1": {"a": 1.0}}, {"1": {"a": 1}}, [name])


def test_trec_eval_breaks_ties_by_the_later_id():
    # trec_eval's documentation: equal scores are ordered by document number, descending
    found = score_run({"q": {"a": 1.0, "b": 1.0}}, {"q": {"b": 1}}, ["RR"])
    assert found["RR"]["q"] == 1.0


@given(st.lists(st.integers(0, 3), min_size=2, max_size=10).filter(any), st.randoms(use_true_random=False))
def test_ndcg_equals_scikit_learn(grades, random):
    scores = random.sample(range(100), len(grades))
    ids = [f"d{number}" for number in range(len(grades))]
    found = score_run(
        {"q": dict(zip(ids, map(float, scores), strict=True))}, {"q": dict(zip(ids, grades, strict=True))}, ["nDCG@10"]
    )
    assert found["nDCG@10"]["q"] == pytest.approx(ndcg_score([grades], [scores], k=10), abs=1e-9)


@given(SCORES, GRADES, st.floats(0.5, 4))
def test_scaling_scores_changes_nothing(scores, grades, factor):
    rounded = {id: round(score, 2) for id, score in scores.items()}
    scaled = {id: score * factor for id, score in rounded.items()}
    assert score_run({"q": rounded}, {"q": grades}) == score_run({"q": scaled}, {"q": grades})


@given(SCORES, GRADES)
def test_measures_stay_within_bounds(scores, grades):
    found = score_run({"q": scores}, {"q": grades})
    assert all(0.0 <= value["q"] <= 1.0 for value in found.values())


@given(GRADES.filter(lambda grades: any(grades.values())))
def test_the_ideal_ranking_is_perfect(grades):
    ideal = {"q": {id: float(grade) for id, grade in grades.items()}}
    assert score_run(ideal, {"q": grades}, ["nDCG@10"])["nDCG@10"]["q"] == pytest.approx(1.0)


def test_a_reversed_ranking_is_worse():
    qrels = {"q": {"a": 1}}
    good = score_run({"q": {"a": 2.0, "b": 1.0}}, qrels)
    bad = score_run({"q": {"a": 1.0, "b": 2.0}}, qrels)
    assert good["nDCG@10"]["q"] > bad["nDCG@10"]["q"]
    assert np.isclose(bad["nDCG@10"]["q"], 1 / math.log2(3))
