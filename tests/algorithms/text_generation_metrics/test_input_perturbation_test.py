from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.registry import load
from algorithms.text_generation_metrics.input_perturbation_test import input_perturbation_test
from core.errors import InputError

CONTEXT = "The museum opens at nine. Tickets cost twelve euros. Dogs are not allowed."
QUESTION = "How much do tickets cost?"


@given(st.permutations(["how", "much", "DO", "Tickets", "cost"]))
def test_case_and_order_do_not_change_the_answer_of_the_reader(tokens: list[str]) -> None:
    output = input_perturbation_test(CONTEXT, QUESTION, [" ".join(tokens)])
    assert output["answer"] == "Tickets cost twelve euros."
    assert output["changes"] == [pytest.approx(0)]
    assert output["flagged_perturbations"] == []


def test_a_typo_that_loses_the_answer_is_flagged() -> None:
    typo = "How much do tikcets csot?"
    output = input_perturbation_test(CONTEXT, QUESTION, [typo])
    assert output["answers"] == [""]
    assert output["changes"] == [1]
    assert output["flagged_perturbations"] == [typo]


def test_change_golden() -> None:
    # "Dogs are not allowed." shares no word with the first answer
    output = input_perturbation_test(CONTEXT, QUESTION, ["Are dogs allowed?"])
    assert output["answers"] == ["Dogs are not allowed."]
    assert output["changes"] == [1]


def test_truncation_tells_the_reader_from_the_parrot() -> None:
    reader = input_perturbation_test(CONTEXT, QUESTION, ["tickets"])
    parrot = input_perturbation_test(CONTEXT, QUESTION, ["nonsense"], "parrot")
    assert reader["ignores_evidence"] is False
    assert reader["answer_without_evidence"] != reader["answer"]
    assert parrot["ignores_evidence"] is True
    assert parrot["changes"] == [pytest.approx(0)]  # robust, and yet not grounded


@pytest.mark.parametrize("bad", [{"question": "xyzzy"}, {"perturbations": []}, {"system": "oracle"}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("input-perturbation-test").run(bad)
