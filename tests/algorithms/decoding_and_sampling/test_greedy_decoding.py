from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.decoding_and_sampling.greedy_decoding import TRAP, greedy_decoding
from algorithms.decoding_and_sampling.top_k_sampling import top_k_sampling
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(1, 4), st.integers(1, 5), st.integers(0, 99))
def test_each_step_is_the_best_and_the_whole_is_at_most_the_best(V: int, length: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    p, P = rng.dirichlet(np.ones(V)), rng.dirichlet(np.ones(V), size=V)
    output = greedy_decoding(p.tolist(), P.tolist(), length, draws=5)
    tokens = output["tokens"]
    assert tokens[0] == p.argmax()
    assert all(b == P[a].argmax() for a, b in itertools.pairwise(tokens))
    product = p[tokens[0]] * np.prod([P[a, b] for a, b in itertools.pairwise(tokens)])
    assert output["probability"] == pytest.approx(product)
    assert output["best_probability"] >= output["probability"] - 1e-12


def test_the_trap() -> None:
    # greedy: .6 * .55 * .55 = .1815; best: .4 * .9 * .9 = .324
    output = load("greedy-decoding").run()
    assert output["probability"] == pytest.approx(0.1815)
    assert (output["best_tokens"], output["best_probability"]) == ([1, 1, 1], pytest.approx(0.324))


def test_the_seed_changes_samples_only_and_it_equals_top_1() -> None:
    runs = [greedy_decoding(**TRAP, seed=seed) for seed in range(4)]
    assert len({run["tokens"] for run in runs}) == 1
    assert len({run["mean_sampled_probability"] for run in runs}) > 1
    assert runs[0]["distinct_samples"] > 1
    assert top_k_sampling([0.6, 0.4], k=1)["tokens"][0] == runs[0]["tokens"][0]


def test_too_many_sequences_are_not_searched() -> None:
    output = greedy_decoding([0.25] * 4, [[0.25] * 4] * 4, 12, draws=1)
    assert output["best_tokens"] is None


@pytest.mark.parametrize("bad", [{"initial": [0.5, 0.6]}, {"transitions": [[1.0]]}, {"length": 13}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("greedy-decoding").run(bad)
