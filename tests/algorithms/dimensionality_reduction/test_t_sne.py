from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import entropy
from sklearn.metrics import pairwise_distances

from algorithms.dimensionality_reduction.t_sne import divergence_and_gradient, neighbour_probabilities, t_sne
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(0, 1000), st.floats(2, 8))
def test_every_row_reaches_the_perplexity(seed: int, perplexity: float) -> None:
    X = np.random.default_rng(seed).standard_normal((25, 3))
    P, reached = neighbour_probabilities(pairwise_distances(X, squared=True), perplexity)
    np.testing.assert_allclose([np.exp(entropy(row)) for row in P], perplexity, rtol=1e-4)
    np.testing.assert_allclose(reached, perplexity, rtol=1e-4)
    np.testing.assert_allclose(P.sum(axis=1), 1)
    assert np.all(np.diag(P) == 0)


@given(st.integers(0, 1000))
def test_gradient_equals_finite_differences(seed: int) -> None:
    rng = np.random.default_rng(seed)
    P = rng.random((6, 6))
    P = P + P.T
    np.fill_diagonal(P, 0)
    P /= P.sum()
    Z = rng.standard_normal((6, 2))
    _, gradient = divergence_and_gradient(Z, P)
    step = np.zeros((6, 2))
    step[2, 1] = 1e-6
    up, down = divergence_and_gradient(Z + step, P)[0], divergence_and_gradient(Z - step, P)[0]
    assert gradient[2, 1] == pytest.approx((up - down) / 2e-6, abs=1e-5)


def test_divergence_equals_scipy_and_vanishes_at_equality() -> None:
    rng = np.random.default_rng(0)
    Z = rng.standard_normal((8, 2))
    Q = 1 / (1 + pairwise_distances(Z, squared=True))
    np.fill_diagonal(Q, 0)
    Q /= Q.sum()
    KL, gradient = divergence_and_gradient(Z, Q)
    assert pytest.approx(0, abs=1e-12) == KL
    np.testing.assert_allclose(gradient, 0, atol=1e-12)
    P = np.full((8, 8), 1 / 56)
    np.fill_diagonal(P, 0)
    off = ~np.eye(8, dtype=bool)
    assert divergence_and_gradient(Z, P)[0] == pytest.approx(entropy(P[off], Q[off]))


@pytest.mark.parametrize("seed", [0, 1])
def test_clusters_stay_together_and_the_divergence_falls(seed: int) -> None:
    output = t_sne(seed=seed)
    assert output["kl_after"] < 0.3 * output["kl_before"]
    assert output["neighbour_agreement"] > 0.97
    assert output["kl_curve"][-1] < output["kl_curve"][0]
    assert output["perplexity_reached"] == pytest.approx([10, 10], rel=1e-3)


@pytest.mark.parametrize("bad", [{"perplexity": 50}, {"clusters": 5, "dimension": 2}, {"steps": 5}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("t-sne").run(bad)
