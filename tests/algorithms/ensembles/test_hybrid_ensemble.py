from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import NearestNeighbors

from algorithms.ensembles.hybrid_ensemble import hybrid_ensemble, neighbour_distance, ranking_auc
from algorithms.registry import load
from core.errors import InputError


@pytest.mark.parametrize("seed", range(3))
def test_the_anomaly_score_rescues_the_linear_model(seed: int) -> None:
    output = hybrid_ensemble(seed=seed)
    assert output["auc_supervised"] < 0.7  # a ring around the crowd has no linear side
    assert output["auc_hybrid"] > 0.93
    assert output["score_weight"] > 1


@given(st.integers(0, 1000), st.integers(1, 5))
def test_distance_equals_sklearn(seed: int, k: int) -> None:
    X = np.random.default_rng(seed).standard_normal((15, 2))
    search = NearestNeighbors(n_neighbors=k).fit(X)
    np.testing.assert_allclose(neighbour_distance(X, X, k, own=True), search.kneighbors()[0].mean(axis=1))
    np.testing.assert_allclose(neighbour_distance(X + 1, X, k), search.kneighbors(X + 1)[0].mean(axis=1))


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 5)), min_size=2, max_size=20))
def test_auc_equals_sklearn(rows: list[tuple[int, int]]) -> None:
    y, score = np.array([(0, 3), (1, 3), *rows]).T
    assert ranking_auc(y, score.astype(float)) == pytest.approx(roc_auc_score(y, score))


@pytest.mark.parametrize("bad", [{"n": 10}, {"k": 0}, {"minority_share": 0.9}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("hybrid-ensemble").run(bad)
