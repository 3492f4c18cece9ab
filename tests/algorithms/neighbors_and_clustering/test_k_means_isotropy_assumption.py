from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

from algorithms.neighbors_and_clustering.k_means_isotropy_assumption import (
    adjusted_rand_index,
    k_means_isotropy_assumption,
)
from algorithms.registry import load
from core.errors import InputError

LABELS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=30)


@pytest.mark.parametrize("seed", range(3))
def test_stretched_clusters_defeat_k_means_only(seed: int) -> None:
    output = k_means_isotropy_assumption(seed=seed)
    assert output["ari_k_means"] < 0.1
    assert output["ari_gaussian_mixture"] > 0.9
    assert output["ari_k_means_whitened"] > 0.9
    assert output["inertia_k_means"] < output["inertia_truth"]  # the cut across is cheaper


def test_round_clusters_are_fine() -> None:
    output = k_means_isotropy_assumption(stretch=1.0, gap=6.0)
    assert output["ari_k_means"] > 0.95


@given(LABELS)
def test_rand_index_equals_sklearn(pairs: list[tuple[int, int]]) -> None:
    a, b = np.array(pairs).T
    assert adjusted_rand_index(a, b) == pytest.approx(adjusted_rand_score(a, b), abs=1e-9)


@pytest.mark.parametrize("bad", [{"stretch": 0.5}, {"gap": -1}, {"per_cluster": 5}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("k-means-isotropy-assumption").run(bad)
