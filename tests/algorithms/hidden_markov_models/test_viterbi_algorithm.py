from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.hidden_markov_models.forward_backward_algorithm import FEVER, HMM
from algorithms.hidden_markov_models.hidden_markov_model import joint_probability
from algorithms.hidden_markov_models.viterbi_algorithm import viterbi, viterbi_algorithm
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(1, 3), st.integers(1, 3), st.integers(1, 5), st.integers(0, 99))
def test_equals_brute_force(N: int, M: int, T: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    model = HMM(rng.dirichlet(np.ones(N)), rng.dirichlet(np.ones(N), size=N), rng.dirichlet(np.ones(M), size=N))
    o = rng.integers(M, size=T)
    path, log_p = viterbi(model, o)
    best = max(joint_probability(model, np.array(z), o) for z in itertools.product(range(N), repeat=T))
    assert np.exp(log_p) == pytest.approx(best) == pytest.approx(joint_probability(model, path, o))


def test_healthy_and_fever() -> None:
    output = load("viterbi-algorithm").run()
    assert output["path"] == ["Healthy", "Healthy", "Fever"] == output["brute_force_path"]
    assert output["probability"] == pytest.approx(0.01512) == output["brute_force_probability"]


def test_steps_of_three_states_and_ten_observations() -> None:
    third = [1 / 3] * 3
    output = viterbi_algorithm(["a", "b", "c"], ["x"], third, [third] * 3, [[1.0]] * 3, ["x"] * 10)
    assert (output["paths"], output["inner_steps"]) == (59_049, 90)
    assert output["brute_force_path"] is None
    assert output["probability"] == pytest.approx((1 / 3) ** 10)


def test_impossible_transitions_are_avoided() -> None:
    inputs = {**FEVER, "transition": [[1.0, 0.0], [0.0, 1.0]], "observations": ["normal", "normal", "dizzy"]}
    assert viterbi_algorithm(**inputs)["path"] == ["Healthy"] * 3


@pytest.mark.parametrize(
    "bad", [{"observations": ["hot"]}, {"initial": [1.0]}, {"emission": [[1, 0, 0], [1, 0, 0]]}, {"observations": []}]
)
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("viterbi-algorithm").run(bad)
