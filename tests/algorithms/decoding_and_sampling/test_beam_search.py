from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.decoding_and_sampling.beam_search import beam_search, beam_steps
from algorithms.registry import load
from core.errors import InputError


def model(V: int, seed: int) -> tuple[list[float], list[list[float]]]:
    rng = np.random.default_rng(seed)
    return rng.dirichlet(np.ones(V)).tolist(), rng.dirichlet(np.ones(V), size=V).tolist()


@given(st.integers(1, 4), st.integers(1, 4), st.integers(0, 99))
def test_width_one_is_greedy_and_a_full_beam_is_exact(V: int, length: int, seed: int) -> None:
    p, P = model(V, seed)
    narrow = beam_search(p, P, length, 1)
    assert narrow["tokens"] == narrow["greedy_tokens"]
    full = beam_search(p, P, length, min(64, V ** max(1, length - 1)))
    assert full["is_exact"]
    assert full["probability"] == pytest.approx(full["best_probability"])


def test_example_escapes_the_trap() -> None:
    output = load("beam-search").run()
    assert output["tokens"] == [1, 1, 1]
    assert output["probability"] == pytest.approx(0.4 * 0.9 * 0.9)
    # step 1: 2 candidates; steps 2 and 3: 2 beams times 2 tokens
    assert output["candidates"] == 2 + 4 + 4
    assert [beam["tokens"] for beam in output["beams"]] == [[1, 1, 1], [0, 0, 0]]
    assert not load("beam-search").run({"width": 1})["is_exact"]


def test_beams_are_sorted_and_bounded() -> None:
    p, P = model(4, 3)
    for beams in beam_steps(np.array(p), np.array(P), 5, 6):
        scores = [score for _, score in beams]
        assert len(beams) <= 6
        assert scores == sorted(scores, reverse=True)


def test_impossible_sequences_are_dropped() -> None:
    output = beam_search([1.0, 0.0], [[0.0, 1.0], [1.0, 0.0]], 3, 8)
    assert [beam["tokens"] for beam in output["beams"]] == [[0, 1, 0]]


@pytest.mark.parametrize("bad", [{"width": 0}, {"width": 65}, {"initial": [0.5, 0.6]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("beam-search").run(bad)
