from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.decoding_and_sampling.autoregressive_decoding import autoregressive_decoding
from algorithms.language_models.n_gram_language_model import EOS, SENTENCES, NGramModel
from algorithms.registry import load
from core.errors import InputError

SPLIT = [sentence.split() for sentence in SENTENCES]


@given(st.integers(1, 5), st.integers(0, 99), st.sampled_from(["greedy", "sample"]))
def test_every_token_comes_from_the_distribution_of_its_prefix(n: int, seed: int, strategy: str) -> None:
    output = autoregressive_decoding(SENTENCES, "the", strategy, 12, n, seed)  # type: ignore[arg-type]
    model, history, total = NGramModel.fit(SPLIT, n), ["the"], 0.0
    for step in output["steps"]:
        p = model.distribution(history)
        assert step["probability"] == pytest.approx(p[step["token"]])
        assert step["candidates"] == len(p)
        if strategy == "greedy":
            assert step["probability"] == max(p.values())
        total += math.log(step["probability"])
        history.append(step["token"])
    assert output["log_probability"] == pytest.approx(total)
    stopped = history[-1] == EOS
    assert output["stopped_by"] == ("end-token" if stopped else "limit")
    assert output["text"].split() == (history[:-1] if stopped else history)
    assert output["text"].split() == ["the", *output["new_tokens"]]


def test_greedy_repeats_and_sampling_follows_the_seed() -> None:
    greedy = {autoregressive_decoding(SENTENCES, seed=seed)["text"] for seed in range(3)}
    sampled = {autoregressive_decoding(SENTENCES, strategy="sample", seed=seed)["text"] for seed in range(6)}
    assert len(greedy) == 1
    assert len(sampled) > 1


def test_example_ends_and_limit_is_kept() -> None:
    output = load("autoregressive-decoding").run()
    assert output["text"].startswith("the cat ")
    assert output["stopped_by"] == "end-token"
    assert output["steps"][0]["context"] == ["<SOS>", "the", "cat"]
    endless = autoregressive_decoding(["a a a a a a a a"], n=2, max_tokens=5)
    assert (endless["stopped_by"], endless["new_tokens"]) == ("limit", ["a"] * 5)


@pytest.mark.parametrize("bad", [{"corpus": [" "]}, {"strategy": "beam"}, {"max_tokens": 51}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("autoregressive-decoding").run(bad)
