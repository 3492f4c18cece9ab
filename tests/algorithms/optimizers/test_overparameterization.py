from __future__ import annotations

import numpy as np
import pytest

from algorithms.optimizers.overparameterization import descend, overparameterization
from algorithms.registry import load
from core.errors import InputError


def test_wide_features_fit_random_labels_and_narrow_ones_cannot() -> None:
    output = load("overparameterization").run()
    narrow, square, wide = 0, 2, 4
    assert output["lowest_errors"][narrow] > 0.3
    assert output["lowest_errors"][square] < 1e-10
    assert output["lowest_errors"][wide] < 1e-20
    assert output["descent_errors"][wide] < 1e-5  # from 1 at the start
    assert output["accuracies"][wide] == 1
    assert output["descent_errors"][narrow] >= output["lowest_errors"][narrow] - 1e-12


def test_a_wider_layer_trains_further_in_the_same_steps() -> None:
    errors = overparameterization(widths=[30, 60, 120, 400], steps=300)["descent_errors"]
    assert np.all(np.diff(errors) < 0)


def test_descent_from_zero_finds_the_solution_of_least_norm() -> None:
    H = np.random.default_rng(0).normal(size=(3, 8))
    y = np.array([1.0, -2.0, 0.5])
    np.testing.assert_allclose(descend(H, y, 3000), np.linalg.pinv(H) @ y, atol=1e-6)


@pytest.mark.parametrize("bad", [{"widths": [10_000]}, {"widths": []}, {"samples": 1}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("overparameterization").run(bad)
