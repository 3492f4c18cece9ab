from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.neighbors_and_clustering.isotropic_cluster_test import isotropic_cluster_test, whiten
from algorithms.registry import load
from core.errors import InputError


def test_stretched_is_anisotropic_until_whitened() -> None:
    output = isotropic_cluster_test(shape="stretched Gaussian", stretch=3.0)
    assert output["eigenvalue_ratio"] == pytest.approx(9, rel=0.15)
    assert not output["isotropic"]
    assert output["whitened_ratio"] == pytest.approx(1)


@pytest.mark.parametrize("shape", ["Gaussian", "square", "shell"])
def test_isotropy_is_about_covariance_not_about_shape(shape: str) -> None:
    assert isotropic_cluster_test(shape=shape)["isotropic"]


def test_a_uniform_square_has_covariance_one_twelfth() -> None:
    output = isotropic_cluster_test(shape="square", n=4000)
    np.testing.assert_allclose(output["eigenvalues"], [1 / 12, 1 / 12], rtol=0.06)
    assert output["radius_variation"] > 0.3  # no shell


@pytest.mark.parametrize(("dimension", "expected"), [(2, 0.5227), (100, 0.0706)])
def test_gaussian_radii_concentrate_only_in_high_dimension(dimension: int, expected: float) -> None:
    # chi distribution: 2-D sqrt(4 / pi - 1) = 0.5227; about 1 / sqrt(2 d) = 0.0707 for d = 100
    output = isotropic_cluster_test(shape="Gaussian", n=3000, dimension=dimension)
    assert output["radius_variation"] == pytest.approx(expected, rel=0.06)


def test_statistic_has_the_mean_of_its_chi_square() -> None:
    runs = [isotropic_cluster_test(shape="Gaussian", n=60, dimension=3, seed=s) for s in range(150)]
    assert runs[0]["degrees_of_freedom"] == 5
    assert np.mean([run["chi_square"] for run in runs]) == pytest.approx(5, abs=0.8)


def test_verdict_is_the_mean_plus_three_standard_deviations() -> None:
    # chi-square with 2 degrees of freedom: mean 2, variance 4, so the limit is 8
    runs = [isotropic_cluster_test(stretch=1.15, n=500, seed=s) for s in range(30)]
    assert all(run["isotropic"] == (run["chi_square"] <= 8) for run in runs)
    assert any(8 < run["chi_square"] < 14 for run in runs)


@given(st.integers(0, 1000))
def test_whitening_gives_the_identity_and_ignores_affine_maps(seed: int) -> None:
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((20, 3)) @ rng.standard_normal((3, 3))
    Z = whiten(X)
    np.testing.assert_allclose(np.cov(Z.T), np.eye(3), atol=1e-6)
    np.testing.assert_allclose(Z.mean(axis=0), 0, atol=1e-8)


@pytest.mark.parametrize(
    "bad", [{"X": [[1.0, 2.0]]}, {"X": [[1.0, 1.0]] * 9}, {"shape": "ball"}, {"n": 10, "dimension": 20}]
)
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("isotropic-cluster-test").run(bad)
