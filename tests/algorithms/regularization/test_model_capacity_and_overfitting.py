from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.registry import load
from algorithms.regularization.model_capacity_and_overfitting import (
    fit_polynomial,
    mlp_parameters,
    model_capacity_and_overfitting,
)
from core.errors import InputError


@given(st.lists(st.integers(1, 20), min_size=2, max_size=5))
def test_parameter_count_equals_torch(sizes: list[int]) -> None:
    layers = [torch.nn.Linear(a, b) for a, b in pairwise(sizes)]
    assert mlp_parameters(sizes) == sum(p.numel() for layer in layers for p in layer.parameters())


def test_fit_equals_numpy_polyfit() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.uniform(-1, 1, 12), rng.normal(size=12)
    grid = np.linspace(-1, 1, 7)
    ours = np.polynomial.legendre.legval(grid, fit_polynomial(x, y, 4))
    np.testing.assert_allclose(ours, np.polyval(np.polyfit(x, y, 4), grid), atol=1e-8)


@pytest.mark.parametrize("seed", range(5))
def test_more_capacity_fits_better_and_generalises_worse(seed: int) -> None:
    output = model_capacity_and_overfitting(seed=seed)
    assert np.all(np.diff(output["training_mse"]) <= 1e-9)
    assert output["training_mse"][-1] < 1e-12  # degree 14 passes through 15 points
    assert output["validation_mse"][-1] > 3 * min(output["validation_mse"])
    assert 1 < output["best_degree"] < 14
    assert output["gaps"][-1] > output["gaps"][2]
    assert output["random_label_mse"] < 1e-12


def test_too_little_capacity_cannot_fit_random_labels() -> None:
    assert model_capacity_and_overfitting(degrees=[1], samples=40)["random_label_mse"] > 0.1


@pytest.mark.parametrize("bad", [{"degrees": [100]}, {"layer_sizes": [3]}, {"samples": 1}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("model-capacity-and-overfitting").run(bad)
