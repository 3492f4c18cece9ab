from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.registry import load
from algorithms.retrieval.bi_encoder_retrieval import bi_encoder_retrieval
from algorithms.retrieval.retrieve_then_rerank import retrieve_then_rerank
from core.errors import InputError

DOCUMENTS = ["man bites dog", "cats", "dog bites man", "the dog and the man", "prices fall"]


@given(st.integers(1, 5))
def test_reranking_permutes_the_candidates_and_keeps_their_recall(k: int) -> None:
    r = retrieve_then_rerank("dog bites man", DOCUMENTS, relevant=[2, 4], candidates=k)
    assert sorted(r["ranking"]) == sorted(r["first_stage"].tolist())
    assert r["first_stage"].tolist() == bi_encoder_retrieval("dog bites man", DOCUMENTS, top_k=k)["ranking"].tolist()
    assert r["rerank_scores"] == sorted(r["rerank_scores"], reverse=True)
    assert r["recall_at_k"] == len({2, 4} & set(r["ranking"])) / 2


def test_second_stage_mends_the_order_but_not_a_missing_document() -> None:
    good = retrieve_then_rerank("dog bites man", DOCUMENTS, relevant=[2], candidates=2)
    assert good["first_stage"].tolist() == [0, 2] and good["ranking"] == [2, 0] and good["recall_at_k"] == 1
    cut = retrieve_then_rerank("dog bites man", DOCUMENTS, relevant=[2], candidates=1)
    assert cut["recall_at_k"] == 0 and 2 not in cut["ranking"]


def test_cost_of_the_worked_example() -> None:
    r = load("retrieve-then-rerank").run({"n_documents": 10**6, "n_queries": 100, "rerank_depth": 100})
    assert r["passes"] == 1_010_100 and r["all_pairs_passes"] == 10**8


@pytest.mark.parametrize("bad", [{"relevant": [5]}, {"candidates": 0}, {"relevant": [-1]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("retrieve-then-rerank").run(bad)
