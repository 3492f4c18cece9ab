from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF

from algorithms.model_selection.bayesian_optimization import (
    bayesian_optimization,
    gp_posterior,
    hypervolume,
    pareto_front,
)
from algorithms.registry import load
from core.errors import InputError

VALUES = arrays(float, (6, 2), elements=st.integers(0, 5).map(float))


def test_finds_the_higher_peak_with_fewer_evaluations_than_random() -> None:
    runs = [bayesian_optimization(15, seed=s) for s in range(6)]
    assert np.mean([run["regret"] for run in runs]) < 0.1
    assert np.mean([run["best_value"] for run in runs]) > runs[0]["random_search_value"] + 0.1
    for run in runs:
        assert np.all(np.diff(run["progress"]) >= 0)
        assert len(run["x"]) == 15


@given(st.integers(0, 1000))
def test_posterior_equals_sklearn(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, y, grid = np.sort(rng.random(5)), rng.standard_normal(5), np.linspace(0, 1, 7)
    scale = y.std()
    noise = 0.1 * scale
    theirs = GaussianProcessRegressor(RBF(0.2), alpha=0.01 + 1e-8, optimizer=None, normalize_y=True).fit(x[:, None], y)
    mean, deviation = theirs.predict(grid[:, None], return_std=True)
    mu, sigma = gp_posterior(x, y, grid, 0.2, noise)
    np.testing.assert_allclose(mu, mean, atol=1e-6)
    np.testing.assert_allclose(sigma, deviation, atol=1e-6)


@given(VALUES)
def test_front_is_exactly_the_undominated_points(F: np.ndarray) -> None:
    expected = [
        i for i in range(6) if not any(np.all(F[j] >= F[i]) and np.any(F[j] > F[i]) for j in range(6) if j != i)
    ]
    assert pareto_front(F) == expected


@given(VALUES)
def test_hypervolume_counts_dominated_unit_cells(F: np.ndarray) -> None:
    cells = sum(any(f[0] > a and f[1] > b for f in F) for a in range(5) for b in range(5))
    assert hypervolume(F) == cells
    assert hypervolume(F[:3]) <= hypervolume(F)


def test_two_objectives_give_a_front_whose_volume_grows() -> None:
    output = bayesian_optimization(20, 5, objectives=2)
    front = output["pareto_front"]
    assert len(front) >= 3
    assert pareto_front(front) == list(range(len(front)))
    assert np.all(np.diff(output["progress"]) >= 0)
    assert output["progress"][-1] > output["progress"][4]


@pytest.mark.parametrize("bad", [{"initial": 20}, {"evaluations": 100}, {"objectives": 3}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("bayesian-optimization").run(bad)
