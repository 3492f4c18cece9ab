from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.hidden_markov_models.forward_backward_algorithm import FEVER, HMM
from algorithms.hidden_markov_models.hidden_markov_model import (
    hidden_markov_model,
    joint_probability,
    output_dependence,
    sample,
)
from algorithms.registry import load
from core.errors import InputError


def random_hmm(N: int, M: int, seed: int) -> HMM:
    rng = np.random.default_rng(seed)
    return HMM(rng.dirichlet(np.ones(N)), rng.dirichlet(np.ones(N), size=N), rng.dirichlet(np.ones(M), size=N))


def test_joint_by_hand() -> None:
    # .6 .5 (H normal) * .7 .4 (H cold) * .3 .6 (F dizzy) = .01512
    output = load("hidden-markov-model").run()
    assert output["joint_probability"] == pytest.approx(0.01512)
    assert output["likelihood"] == pytest.approx(0.03628)
    assert output["path_posterior"] == pytest.approx(0.01512 / 0.03628)


@given(st.integers(1, 3), st.integers(1, 3), st.integers(0, 99))
def test_the_joint_sums_to_one_and_outputs_are_independent(N: int, M: int, seed: int) -> None:
    model = random_hmm(N, M, seed)
    total = sum(
        joint_probability(model, np.array(z), np.array(x))
        for z in itertools.product(range(N), repeat=3)
        for x in itertools.product(range(M), repeat=3)
    )
    assert total == pytest.approx(1)
    assert output_dependence(model) < 1e-9


def test_samples_have_the_frequencies_of_the_model() -> None:
    model = HMM.checked(FEVER["initial"], FEVER["transition"], FEVER["emission"])
    z, x = sample(model, 8000, np.random.default_rng(0))
    for i in range(2):
        after = z[1:][z[:-1] == i]
        np.testing.assert_allclose(np.bincount(after, minlength=2) / len(after), model.A[i], atol=0.03)
        np.testing.assert_allclose(np.bincount(x[z == i], minlength=3) / (z == i).sum(), model.B[i], atol=0.03)


def test_words_are_recognised_by_likelihood() -> None:
    assert hidden_markov_model(**FEVER, path=["Fever"] * 3, words=4)["recognition_accuracy"] > 0.85  # chance is .25


@pytest.mark.parametrize(
    "bad", [{"path": ["Healthy"]}, {"path": ["Ill"] * 3}, {"observations": ["x"] * 3}, {"words": 1}]
)
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("hidden-markov-model").run(bad)
