from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.nlp_tasks.extractive_summarization import extractive_summarization, scores, split_sentences, text_rank
from algorithms.registry import load
from core.errors import InputError

SENTENCES = st.lists(
    st.lists(st.sampled_from(["cats", "dogs", "index", "search", "run"]), min_size=1, max_size=4).map(
        lambda w: " ".join(w).capitalize() + "."
    ),
    min_size=1,
    max_size=8,
)
METHODS = ["frequency", "embedding", "textrank"]


@given(st.integers(0, 1000), st.integers(2, 8))
def test_textrank_equals_networkx(seed: int, n: int) -> None:
    W = np.random.default_rng(seed).random((n, n))
    W = np.triu(W, 1) + np.triu(W, 1).T
    expected = nx.pagerank(nx.from_numpy_array(W), alpha=0.85, tol=1e-12, max_iter=1000)
    np.testing.assert_allclose(text_rank(W), [expected[i] for i in range(n)], atol=1e-6)


@given(SENTENCES, st.sampled_from(METHODS), st.integers(1, 4))
def test_summary_is_verbatim_and_in_order(sentences: list[str], method: str, k: int) -> None:
    text = " ".join(sentences)
    r = extractive_summarization(text, k, method)
    assert r["summary"] == [split_sentences(text)[i] for i in r["chosen"]]
    assert all(s in text for s in r["summary"]) and len(r["summary"]) == min(k, len(sentences))
    assert r["chosen"].tolist() == sorted(set(r["chosen"].tolist()))


@pytest.mark.parametrize("method", METHODS)
def test_off_topic_sentences_are_left_out(method: str) -> None:
    r = load("extractive-summarization").run({"method": method, "n_sentences": 3})
    assert not {2, 4} & set(r["chosen"]) and r["compression"] < 0.7


def test_frequency_by_hand() -> None:
    # words: cats, run, cats, sleep; shares 2/4, 1/4, 1/4
    values = scores(["Cats run.", "The cats sleep.", "Run."], "frequency")
    # with the third sentence: cats 2/5, run 2/5, sleep 1/5
    assert values.tolist() == pytest.approx([0.4, 0.3, 0.4])


@pytest.mark.parametrize("bad", [{"text": " "}, {"text": "A. " * 101}, {"method": "t5"}, {"n_sentences": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("extractive-summarization").run(bad)
