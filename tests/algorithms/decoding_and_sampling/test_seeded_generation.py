from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.decoding_and_sampling.seeded_generation import seeded_generation
from algorithms.registry import load
from core.errors import InputError

P = [0.4, 0.3, 0.2, 0.1]


def test_golden_of_seed_42() -> None:
    output = load("seeded-generation").run()
    assert output["first_call"] == [2, 1, 2, 1, 0, 3, 2, 2, 0, 1] == output["after_reseeding"]
    assert output["second_call"] == [0, 3, 1, 2, 1, 0, 1, 0, 2, 1]
    assert output["calls_differ"]
    assert output["distinct_outputs"] == 4


@given(st.integers(0, 2**32 - 1), st.integers(1, 30))
def test_the_same_seed_gives_the_same_tokens(seed: int, tokens: int) -> None:
    a, b = (seeded_generation(P, seed, tokens) for _ in range(2))
    assert a == b
    assert a["first_call"] == a["after_reseeding"] == seeded_generation(P, 0, tokens, [seed])["by_seed"][str(seed)]


def test_greedy_and_certain_distributions_ignore_the_seed() -> None:
    assert seeded_generation(P, seeds=[1, 42, 99], strategy="greedy")["distinct_outputs"] == 1
    assert seeded_generation([0.0, 1.0], seeds=[1, 42, 99])["distinct_outputs"] == 1


def test_only_the_api_seed_controls_the_server() -> None:
    assert seeded_generation(P)["server_agrees"] == {
        "client_random_seed": False,
        "prompt_suffix": False,
        "api_seed": True,
    }


@pytest.mark.parametrize("bad", [{"seed": -1}, {"probabilities": [0.2]}, {"seeds": []}, {"tokens": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("seeded-generation").run(bad)
