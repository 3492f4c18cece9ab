from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.decoding_and_sampling.conversation_history_conditioning import (
    cached_distribution,
    conversation_history_conditioning,
)
from algorithms.language_models.n_gram_language_model import SENTENCES, NGramModel
from algorithms.registry import load
from core.errors import InputError

TURNS = st.lists(st.lists(st.sampled_from(["the", "dog", "cat", "zebra"]), max_size=5).map(" ".join), max_size=4)


@given(TURNS, st.floats(0, 0.9))
def test_mixture_is_a_distribution(history: list[str], cache: float) -> None:
    model = NGramModel.fit([s.split() for s in SENTENCES], 2)
    p = cached_distribution(model, " ".join(history).split(), ["the"], cache)
    assert sum(p.values()) == pytest.approx(1)
    assert min(p.values()) >= 0
    output = conversation_history_conditioning(SENTENCES, history, "the", cache)
    assert 0 <= output["total_variation"] <= cache + 1e-12


def test_by_hand() -> None:
    # bigram after "the": cat and dog 1/2 each; the history says dog three times: dog .7 * .5 + .3 = .65
    output = conversation_history_conditioning(["the cat", "the dog"], ["dog dog dog"], "the", cache=0.3)
    assert output["with_history"]["dog"] == pytest.approx(0.65)
    assert output["without_history"]["dog"] == pytest.approx(0.5)
    assert output["total_variation"] == pytest.approx(0.15)


def test_the_same_prompt_is_answered_differently() -> None:
    output = load("conversation-history-conditioning").run()
    assert output["answer_changes"]
    assert next(iter(output["with_history"])) == "dog"


def test_without_cache_or_history_nothing_changes_and_the_window_forgets() -> None:
    assert conversation_history_conditioning(SENTENCES, ["a dog"], "the", cache=0.0)["total_variation"] == 0
    assert conversation_history_conditioning(SENTENCES, [], "the")["total_variation"] == 0
    short = conversation_history_conditioning(SENTENCES, ["dog dog", "cat cat"], "the", window=3)
    assert (short["context_words"], short["dropped_words"]) == (3, 2)
    assert short["with_history"] == conversation_history_conditioning(SENTENCES, ["cat cat"], "the")["with_history"]


@pytest.mark.parametrize("bad", [{"prompt": ""}, {"prompt": " "}, {"cache": 1.0}, {"corpus": [" "]}, {"window": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("conversation-history-conditioning").run(bad)
