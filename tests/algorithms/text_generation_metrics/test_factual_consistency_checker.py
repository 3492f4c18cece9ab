from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.registry import load
from algorithms.text_generation_metrics.factual_consistency_checker import factual_consistency_checker
from core.errors import InputError

BASE = [["Paris", "capital of", "France"], ["Twain", "wrote", "Roughing It"]]
TRIPLES = st.lists(
    st.tuples(st.sampled_from("AB"), st.sampled_from(["r", "wrote"]), st.sampled_from("XYZ")).map(list),
    min_size=1,
    max_size=8,
)


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (["paris", "Capital  of", "FRANCE"], "supported"),
        (["Paris", "capital of", "Spain"], "contradicted"),
        (["Rome", "capital of", "Italy"], "unverified"),
        (["Twain", "wrote", "Hamlet"], "unverified"),
        (["Paris", "twin city of", "Rome"], "unverified"),
    ],
)
def test_verdicts(claim: list[str], verdict: str) -> None:
    assert factual_consistency_checker([claim], BASE)["verdicts"] == [verdict]


def test_the_right_value_is_named_and_shares_are_counted() -> None:
    output = factual_consistency_checker([["Paris", "capital of", "Spain"], ["Paris", "capital of", "France"]], BASE)
    assert output["corrections"] == [{"claim": ["Paris", "capital of", "Spain"], "known": ["France"]}]
    assert output["factual_precision"] == 0.5
    assert output["counts"] == {"supported": 1, "contradicted": 1, "unverified": 0}


@given(TRIPLES, TRIPLES)
def test_equals_a_search_through_all_facts(claims: list[list[str]], base: list[list[str]]) -> None:
    expected = []
    for s, r, o in claims:
        rivals = [t for t in base if t[0] == s and t[1] == r]
        if [s, r, o] in base:
            expected.append("supported")
        else:
            expected.append("contradicted" if rivals and r != "wrote" else "unverified")
    assert factual_consistency_checker(claims, base)["verdicts"] == expected


@pytest.mark.parametrize("bad", [{"claims": []}, {"claims": [["a", "b"]]}, {"knowledge_base": [["a", "b", ""]]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("factual-consistency-checker").run(bad)
