from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import multivariate_normal
from sklearn.mixture import GaussianMixture

from algorithms.latent_variable_models.gaussian_mixture_model import (
    fit_mixture,
    gaussian_mixture_model,
    log_densities,
    responsibilities,
)
from algorithms.neighbors_and_clustering.k_means import lloyd
from algorithms.registry import load
from algorithms.toy_data import gaussian_blobs
from core.errors import InputError

X, Y = gaussian_blobs(np.array([[0.0, 0], [4, 0], [0, 5]]), 40, 1.0, seed=0)


@pytest.mark.parametrize("kind", ["full", "spherical"])
def test_fit_equals_sklearn(kind: str) -> None:
    theirs = GaussianMixture(3, covariance_type=kind, tol=1e-10, max_iter=500, random_state=0, n_init=3).fit(X)
    ours = gaussian_mixture_model(X.tolist(), 3, kind, ridge=1e-6, iterations=200)
    assert ours["log_likelihood_after"] == pytest.approx(theirs.score(X), abs=1e-3)
    order, other = ours["means"][:, 0].argsort(), theirs.means_[:, 0].argsort()
    np.testing.assert_allclose(ours["means"][order], theirs.means_[other], atol=0.05)
    assert ours["bic"] == pytest.approx(theirs.bic(X), abs=0.5)


def test_density_equals_scipy() -> None:
    rng = np.random.default_rng(0)
    M = rng.standard_normal((3, 3))
    S = M @ M.T + np.eye(3)
    A, mu = rng.standard_normal((5, 3)), rng.standard_normal(3)
    expected = multivariate_normal(mu, S).logpdf(A)
    np.testing.assert_allclose(log_densities(A, mu[None], S[None])[:, 0], expected)


@given(st.integers(0, 1000), st.sampled_from(["full", "spherical"]))
def test_the_likelihood_never_falls(seed: int, kind: str) -> None:
    A = np.random.default_rng(seed).standard_normal((30, 2))
    model = fit_mixture(A, A[:3], kind, ridge=0.0 if kind == "spherical" else 1e-9, iterations=15)
    assert np.all(np.diff(model.log_likelihoods) >= -1e-6)
    assert model.weights.sum() == pytest.approx(1)


def test_tiny_spherical_covariance_is_k_means() -> None:
    mu = X[[0, 1, 50]]
    R, _ = responsibilities(X, np.full(3, 1 / 3), mu, np.tile(1e-6 * np.eye(2), (3, 1, 1)))
    centroids, _, _ = lloyd(X, mu, iterations=1)
    np.testing.assert_allclose(R.T @ X / R.sum(axis=0)[:, None], centroids)


def test_learns_separated_clusters() -> None:
    output = gaussian_mixture_model(X.tolist(), 3)
    assert output["log_likelihood_after"] > output["log_likelihood_before"] + 0.3
    assert len({(a, b) for a, b in zip(output["labels"][::40], Y[::40], strict=True)}) == 3
    assert gaussian_mixture_model(X.tolist(), 3)["bic"] < gaussian_mixture_model(X.tolist(), 1)["bic"]


@pytest.mark.parametrize("bad", [{"k": 9}, {"X": [[1.0]], "k": 2}, {"ridge": 0}, {"X": [[1e9], [2.0]]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("gaussian-mixture-model").run(bad)
