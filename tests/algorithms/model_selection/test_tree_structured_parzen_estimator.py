from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import truncnorm

from algorithms.model_selection.tree_structured_parzen_estimator import (
    parzen_density,
    propose,
    tree_structured_parzen_estimator,
)
from algorithms.registry import load
from core.errors import InputError


@given(st.lists(st.floats(0, 1), min_size=1, max_size=6), st.floats(0.02, 0.5))
def test_density_is_a_mixture_of_truncated_normals(centers: list[float], h: float) -> None:
    x = np.linspace(0, 1, 9)
    parts = [truncnorm.pdf(x, -c / h, (1 - c) / h, loc=c, scale=h) for c in centers]
    expected = (np.sum(parts, axis=0) + 1) / (len(centers) + 1)
    np.testing.assert_allclose(parzen_density(x, np.array(centers), h), expected, rtol=1e-6)


def test_proposals_go_where_good_trials_are_and_bad_ones_are_not() -> None:
    x = np.array([0.1, 0.12, 0.14, 0.5, 0.6, 0.7, 0.8, 0.9])
    y = np.array([0.0, 0.1, 0.2, 1, 1, 1, 1, 1])
    points = [propose(x, y, 0.3, 0.05, np.random.default_rng(s)) for s in range(20)]
    assert max(p for p, _ in points) < 0.3
    assert min(ratio for _, ratio in points) > 1


def test_search_homes_in_and_beats_random_on_average() -> None:
    runs = [tree_structured_parzen_estimator(60, optimum=0.3, seed=s) for s in range(8)]
    assert all(run["mean_distance_last"] < 0.5 * run["mean_distance_startup"] for run in runs)
    assert np.mean([run["best_loss"] for run in runs]) < np.mean([run["random_search_loss"] for run in runs])


@pytest.mark.parametrize("bad", [{"startup": 50}, {"gamma": 0}, {"bandwidth": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("tree-structured-parzen-estimator").run(bad)
