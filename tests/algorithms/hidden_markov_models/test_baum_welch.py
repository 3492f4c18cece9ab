from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.hidden_markov_models.baum_welch import baum_welch, expected_counts, random_model
from algorithms.hidden_markov_models.forward_backward_algorithm import HMM
from algorithms.hidden_markov_models.hidden_markov_model import joint_probability, sample
from algorithms.registry import load
from core.errors import InputError

SEQUENCES = st.lists(st.lists(st.sampled_from("abc"), min_size=1, max_size=12), min_size=1, max_size=3)


@settings(max_examples=20)
@given(SEQUENCES, st.integers(1, 4), st.integers(0, 99))
def test_likelihood_never_falls_and_rows_sum_to_one(sequences: list[list[str]], N: int, seed: int) -> None:
    output = baum_welch(sequences, N, 8, seed)
    steps = np.diff(output["log_likelihoods"])
    assert (steps > -1e-8).all()
    for key in ("initial", "transition", "emission"):
        np.testing.assert_allclose(output[key].sum(axis=-1), 1)


def test_expected_counts_equal_enumeration() -> None:
    model, o = random_model(2, 2, np.random.default_rng(3)), np.array([0, 1, 1])
    paths = list(itertools.product(range(2), repeat=3))
    p = np.array([joint_probability(model, np.array(z), o) for z in paths])
    p /= p.sum()
    start, moves, emitted, _ = expected_counts(model, [o, o])
    assert start[1] == pytest.approx(2 * sum(w for w, z in zip(p, paths, strict=True) if z[0] == 1))
    assert moves[0, 1] == pytest.approx(
        2 * sum(w * sum(a == 0 and b == 1 for a, b in itertools.pairwise(z)) for w, z in zip(p, paths, strict=True))
    )
    assert emitted[1, 1] == pytest.approx(2 * sum(w * (z[1] + z[2]) for w, z in zip(p, paths, strict=True)))


def test_one_state_is_the_frequency_of_symbols() -> None:
    output = baum_welch([list("aab"), list("b")], n_states=1, iterations=2)
    np.testing.assert_allclose(output["emission"], [[0.5, 0.5]])
    assert output["log_likelihoods"][-1] == pytest.approx(4 * np.log(0.5))


def test_recovers_a_clear_model_as_well_as_the_truth_explains_the_data() -> None:
    truth = HMM(np.array([0.5, 0.5]), np.array([[0.9, 0.1], [0.1, 0.9]]), np.array([[0.9, 0.1], [0.1, 0.9]]))
    rng = np.random.default_rng(0)
    data = [sample(truth, 50, rng)[1] for _ in range(8)]
    true_likelihood = expected_counts(truth, data)[3]
    output = baum_welch([["ab"[i] for i in x] for x in data], 2, 60)
    assert output["log_likelihoods"][-1] > true_likelihood - 3


@pytest.mark.parametrize("bad", [{"sequences": []}, {"sequences": [[]]}, {"n_states": 7}, {"iterations": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("baum-welch").run(bad)
