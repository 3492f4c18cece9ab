from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.registry import load
from algorithms.text_generation_metrics.novelty_measure import novelty_measure
from core.errors import InputError

TOKENS = st.lists(st.sampled_from("abc"), min_size=3, max_size=12)


@given(TOKENS, st.integers(1, 3))
def test_copied_text_scores_zero(tokens: list[str], n: int) -> None:
    text = " ".join(tokens)
    assert novelty_measure(text, ["zz " + text + " yy"], n)["novelty"] == 0


@given(TOKENS, TOKENS, st.integers(1, 3))
def test_equals_the_slow_loop(tokens: list[str], corpus: list[str], n: int) -> None:
    grams = [tokens[i : i + n] for i in range(len(tokens) - n + 1)]
    known = [corpus[i : i + n] for i in range(len(corpus) - n + 1)]
    output = novelty_measure(" ".join(tokens), [" ".join(corpus)], n)
    assert output["novelty"] == pytest.approx(sum(g not in known for g in grams) / len(grams))
    assert output["distinct"] == pytest.approx(len({tuple(g) for g in grams}) / len(grams))


def test_no_ngram_crosses_two_documents() -> None:
    assert novelty_measure("b c", ["a b", "c d"], 2)["novelty"] == 1


def test_novelty_is_not_quality() -> None:
    corpus = ["the cat sat on the mat"]
    good = novelty_measure("the cat sat on the sofa", corpus)["novelty"]
    noise = novelty_measure("mat the on the sat cat", corpus)["novelty"]
    assert noise > good == pytest.approx(1 / 5)
    assert novelty_measure("the cat sat on the sofa", corpus)["new_ngrams"] == ["the sofa"]


@pytest.mark.parametrize("bad", [{"text": "one"}, {"n": 0}, {"corpus": []}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("novelty-measure").run(bad)
