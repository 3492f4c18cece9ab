from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from algorithms.registry import load
from algorithms.text_generation_metrics.benchmark_evaluation import benchmark_evaluation
from core.errors import InputError


def test_a_truth_table_model_scores_one_and_a_constant_one_its_share() -> None:
    rows = list(itertools.product([False, True], repeat=3))
    truth = [[str(a and (b or not c))] for a, b, c in rows]
    right = benchmark_evaluation([str(not (not a or (not b and c))) for a, b, c in rows], truth)  # De Morgan
    assert right["exact_match"] == right["f1"] == 1
    constant = benchmark_evaluation(["False"] * 8, truth)
    assert constant["exact_match"] == constant["majority_baseline"] == 5 / 8


@given(st.integers(1, 60), st.data())
def test_interval_equals_statsmodels(n: int, data: st.DataObject) -> None:
    right = data.draw(st.integers(0, n))
    output = benchmark_evaluation(["x"] * right + ["y"] * (n - right), [["x"]] * n)
    expected = proportion_confint(right, n, method="wilson")
    assert output["exact_match"] == right / n
    assert output["interval_95"] == pytest.approx(expected, abs=1e-12)
    assert output["wrong"] == list(range(right, n))[:50]


def test_golden_token_f1_takes_the_best_answer() -> None:
    # "in year 1969" (article dropped) against "1969": precision 1/3, recall 1 -> 0.5
    # against "year 1969": precision 2/3, recall 1 -> 0.8
    output = benchmark_evaluation(["in the year 1969"], [["1969", "year 1969"]])
    assert output["exact_match"] == 0
    assert output["f1"] == pytest.approx(0.8)


def test_normalisation_forgives_form_only() -> None:
    assert benchmark_evaluation(["The Nile!"], [["nile"]])["exact_match"] == 1
    assert benchmark_evaluation(["7"], [["8"]])["f1"] == 0


@pytest.mark.parametrize("bad", [{"predictions": []}, {"predictions": ["a"]}, {"answers": [[]]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("benchmark-evaluation").run(bad)
