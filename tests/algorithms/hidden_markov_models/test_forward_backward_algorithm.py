from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.hidden_markov_models.forward_backward_algorithm import FEVER, HMM, backward, forward, posteriors
from algorithms.hidden_markov_models.hidden_markov_model import joint_probability
from algorithms.registry import load
from core.errors import InputError


def random_hmm(N: int, M: int, rng: np.random.Generator) -> HMM:
    return HMM(rng.dirichlet(np.ones(N)), rng.dirichlet(np.ones(N), size=N), rng.dirichlet(np.ones(M), size=N))


@given(st.integers(1, 3), st.integers(1, 3), st.integers(1, 4), st.integers(0, 99))
def test_equals_the_sum_over_all_paths(N: int, M: int, T: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    model, o = random_hmm(N, M, rng), rng.integers(M, size=T)
    paths = list(itertools.product(range(N), repeat=T))
    p = np.array([joint_probability(model, np.array(z), o) for z in paths])
    gamma, xi, log_p = posteriors(model, o)
    assert log_p == pytest.approx(np.log(p.sum()))
    for i in range(N):
        for t in range(T):
            mass = p[[z[t] == i for z in paths]].sum() / p.sum()
            assert gamma[t, i] == pytest.approx(mass)
        for j in range(N):
            moves = sum(
                w * sum(a == i and b == j for a, b in itertools.pairwise(z)) for w, z in zip(p, paths, strict=True)
            )
            assert xi[i, j] == pytest.approx(moves / p.sum(), abs=1e-12)


def test_healthy_and_fever() -> None:
    output = load("forward-backward-algorithm").run()
    # alpha_1 = .6*.5, .4*.1 = .3, .04; alpha_2 = .4(.21+.016), .3(.09+.024) = .0904, .0342
    np.testing.assert_allclose(output["alphas"][:2], [[0.3, 0.04], [0.0904, 0.0342]])
    assert output["likelihood"] == pytest.approx(0.03628)
    assert output["likelihood_backward"] == pytest.approx(0.03628)
    np.testing.assert_allclose(np.array(output["posteriors"])[:, 0], [0.8765, 0.6229, 0.2121], atol=6e-5)
    assert output["betas"][2] == [1, 1]
    assert output["likeliest_states"] == ["Healthy", "Healthy", "Fever"]


def test_every_time_gives_the_same_likelihood() -> None:
    output = load("forward-backward-algorithm").run({"observations": ["dizzy", "normal", "cold", "cold", "dizzy"]})
    alphas, betas = np.array(output["alphas"]), np.array(output["betas"])
    np.testing.assert_allclose((alphas * betas).sum(axis=1), output["likelihood"])


def test_long_sequences_do_not_underflow() -> None:
    model = HMM.checked(FEVER["initial"], FEVER["transition"], FEVER["emission"])
    o = np.random.default_rng(0).integers(3, size=3000)
    alpha, c = forward(model, o)
    beta = backward(model, o, c)
    np.testing.assert_allclose((alpha * beta).sum(axis=1), 1)
    assert np.log(c).sum() < -2000


@pytest.mark.parametrize(
    "bad",
    [
        {"observations": ["hot"]},
        {"initial": [0.6, 0.6]},
        {"transition": [[1.0]]},
        {"emission": [[0.5, 0.5], [0.5, 0.5]]},
        {"emission": [[1, 0, 0], [1, 0, 0]]},
    ],
)
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("forward-backward-algorithm").run(bad)
