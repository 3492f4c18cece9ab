from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from algorithms.data_preparation.synthetic_data_generation import (
    gaussian_samples,
    nearest_distances,
    real_samples,
    synthetic_data_generation,
)
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(0, 200))
@settings(max_examples=10, deadline=None)
def test_synthetic_training_data_are_nearly_as_good_and_copy_nothing(seed: int) -> None:
    output = synthetic_data_generation("gaussian", 500, seed)
    assert output["accuracy_real"] > 0.75
    assert output["accuracy_synthetic"] == pytest.approx(output["accuracy_real"], abs=0.06)
    assert output["copies_of_test_rows"] == 0
    assert output["nearest_test_distance"] > 0.5 * output["nearest_test_distance_of_training"]
    assert output["mean_error"] < 0.25  # 4 standard errors of 500 draws, 4 / sqrt(500) * 1.2


def test_leakage_is_found() -> None:
    output = synthetic_data_generation("leaking copy", 200)
    assert output["copies_of_test_rows"] == pytest.approx(200, abs=50)  # half of the rows are test rows
    assert output["nearest_test_distance"] < 0.5 * output["nearest_test_distance_of_training"]


def test_generator_has_the_moments_of_its_data() -> None:
    X = np.random.default_rng(0).standard_normal((300, 2)) @ np.array([[2.0, 1.0], [0.0, 0.5]]) + [3.0, -1.0]
    fake = gaussian_samples(X, 40_000, np.random.default_rng(1))
    np.testing.assert_allclose(fake.mean(axis=0), X.mean(axis=0), atol=0.05)
    np.testing.assert_allclose(np.cov(fake.T), np.cov(X.T), atol=0.1)


@given(st.integers(0, 1000))
def test_nearest_distances_equal_scipy(seed: int) -> None:
    A, B = np.random.default_rng(seed).standard_normal((2, 10, 2))
    np.testing.assert_allclose(nearest_distances(A, B), cdist(A, B).min(axis=1))


def test_real_classes_differ_in_their_means() -> None:
    X, y = real_samples(4000, seed=0)
    np.testing.assert_allclose(X[y == 1].mean(axis=0) - X[y == 0].mean(axis=0), [2, 0.5], atol=0.15)
    assert np.corrcoef(X[y == 0].T)[0, 1] == pytest.approx(0.6, abs=0.05)


@pytest.mark.parametrize("bad", [{"generator": "gan"}, {"per_class": 1}, {"per_class": 10**6}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("synthetic-data-generation").run(bad)
