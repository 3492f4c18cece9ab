from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.hidden_markov_models.conditional_random_field import conditional_random_field
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(1, 3), st.integers(1, 4), st.integers(0, 99))
def test_probabilities_of_all_paths_sum_to_one(N: int, T: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    S, A = 2 * rng.standard_normal((T, N)), 2 * rng.standard_normal((N, N))
    paths = list(itertools.product(range(N), repeat=T))
    runs = [conditional_random_field(S.tolist(), A.tolist(), list(z)) for z in paths]
    p = np.array([run["probability"] for run in runs])
    assert p.sum() == pytest.approx(1)
    best = paths[int(p.argmax())]
    assert p.max() == pytest.approx(runs[0]["best_probability"])
    assert tuple(runs[0]["best_path"]) == best
    for t in range(T):
        for j in range(N):
            mass = sum(w for w, z in zip(p, paths, strict=True) if z[t] == j)
            assert runs[0]["marginals"][t, j] == pytest.approx(mass)


def test_marginals_are_the_gradient_of_log_z() -> None:
    rng = np.random.default_rng(0)
    S, A = rng.standard_normal((5, 3)), rng.standard_normal((3, 3))
    scores = torch.tensor(S, requires_grad=True)
    alpha = scores[0]
    for t in range(1, 5):
        alpha = scores[t] + torch.logsumexp(alpha[:, None] + torch.tensor(A), dim=0)
    log_Z = torch.logsumexp(alpha, 0)
    log_Z.backward()
    output = conditional_random_field(S.tolist(), A.tolist())
    assert output["log_partition"] == pytest.approx(log_Z.item())
    np.testing.assert_allclose(output["marginals"], scores.grad)


def test_two_steps_by_hand() -> None:
    # scores 00: 1+0+0, 01: 1+1+0, 10: 0+0+0, 11: 0+0+0 -> e + e^2 + 2
    output = conditional_random_field([[1, 0], [0, 0]], [[0, 1], [0, 0]], [0, 1])
    assert output["probability"] == pytest.approx(np.exp(2) / (np.exp(1) + np.exp(2) + 2))


def test_large_scores_do_not_overflow() -> None:
    output = conditional_random_field([[5000, 0]] * 20, [[0, 0], [0, 0]])
    assert output["best_probability"] == pytest.approx(1)
    assert output["log_partition"] == pytest.approx(100_000)


@pytest.mark.parametrize(
    "bad", [{"labels": [0]}, {"labels": [0, 1, 3]}, {"transitions": [[0.0]]}, {"scores": [[1], [1, 2]]}]
)
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("conditional-random-field").run(bad)
