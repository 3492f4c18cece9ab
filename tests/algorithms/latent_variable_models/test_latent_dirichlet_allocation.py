from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import dirichlet as their_dirichlet

from algorithms.latent_variable_models.latent_dirichlet_allocation import (
    dirichlet,
    latent_dirichlet_allocation,
    sample_corpus,
)
from algorithms.registry import load
from core.errors import InputError


@given(st.lists(st.floats(0.02, 50), min_size=2, max_size=5), st.integers(0, 1000))
def test_draws_are_distributions(alpha: list[float], seed: int) -> None:
    draws = dirichlet(np.array(alpha), 10, np.random.default_rng(seed))
    np.testing.assert_allclose(draws.sum(axis=1), 1)
    assert draws.min() >= 0


def test_moments_equal_scipy() -> None:
    alpha = np.array([2.0, 1.0, 0.5])
    draws = dirichlet(alpha, 20_000, np.random.default_rng(0))
    np.testing.assert_allclose(draws.mean(axis=0), alpha / alpha.sum(), atol=0.01)
    np.testing.assert_allclose(draws.var(axis=0), their_dirichlet(alpha).var(), rtol=0.05)


def test_small_alpha_is_sparse_and_large_alpha_even() -> None:
    sparse = latent_dirichlet_allocation([0.05] * 3, documents=50, words=5)
    even = latent_dirichlet_allocation([500.0] * 3, documents=50, words=5)
    assert sparse["largest_share"] > 0.9
    assert even["largest_share"] < 0.4


def test_long_documents_show_their_proportions() -> None:
    # the standard deviation of a share of 200 draws is at most 0.5 / sqrt(200) = 0.035
    assert latent_dirichlet_allocation([1.0, 1.0], words=200)["topic_share_error"] < 0.04


def test_words_come_from_the_topic_that_was_drawn() -> None:
    theta, phi = np.array([[1.0, 0.0], [0.2, 0.8]]), np.array([[0.5, 0.5, 0.0], [0.0, 0.0, 1.0]])
    z, w = sample_corpus(theta, phi, 500, np.random.default_rng(0))
    assert np.all(z[0] == 0)
    assert np.all((w == 2) == (z == 1))
    assert np.mean(z[1]) == pytest.approx(0.8, abs=0.05)
    assert np.mean(w[0]) == pytest.approx(0.5, abs=0.07)


@pytest.mark.parametrize("bad", [{"alpha": [1.0]}, {"alpha": [0.0, 1.0]}, {"words": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("latent-dirichlet-allocation").run(bad)
