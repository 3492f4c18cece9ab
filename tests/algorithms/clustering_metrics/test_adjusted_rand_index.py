from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from algorithms.clustering_metrics.adjusted_rand_index import adjusted_rand_index
from algorithms.registry import load
from core.errors import InputError

PAIRS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=30)


@given(PAIRS)
def test_equals_sklearn(pairs: list[tuple[int, int]]) -> None:
    a, b = [u for u, _ in pairs], [v for _, v in pairs]
    output = adjusted_rand_index(a, b)
    assert output["ari"] == pytest.approx(metrics.adjusted_rand_score(a, b), abs=1e-12)
    assert output["rand_index"] == pytest.approx(metrics.rand_score(a, b))
    together = sum(a[i] == a[j] and b[i] == b[j] for i in range(len(a)) for j in range(i))
    assert output["pairs_together_in_both"] == together


@given(PAIRS, st.permutations(range(5)))
def test_names_of_clusters_do_not_matter(pairs: list[tuple[int, int]], names: list[int]) -> None:
    a, b = [u for u, _ in pairs], [v for _, v in pairs]
    expected = adjusted_rand_index(a, b)["ari"]
    assert adjusted_rand_index([names[u] for u in a], b)["ari"] == pytest.approx(expected)
    assert adjusted_rand_index(b, a)["ari"] == pytest.approx(expected)


def test_worked_example() -> None:
    # pairs together: both 1, first 2, second 1, of 6: E = 1/3, (1 - 1/3) / (3/2 - 1/3) = 4/7
    output = adjusted_rand_index([0, 0, 1, 1], [0, 0, 1, 2])
    assert output["ari"] == pytest.approx(4 / 7) == pytest.approx(0.5714, abs=5e-5)
    assert adjusted_rand_index([0, 0, 1, 1], [5, 5, 3, 3])["ari"] == 1
    assert adjusted_rand_index([0, 0, 1, 1], [0, 1, 0, 1])["ari"] == pytest.approx(-0.5)


def test_random_clusterings_have_zero_while_the_plain_index_is_high() -> None:
    rng = np.random.default_rng(0)
    runs = [adjusted_rand_index(*rng.integers(10, size=(2, 200)).tolist()) for _ in range(50)]
    assert np.mean([r["ari"] for r in runs]) == pytest.approx(0, abs=0.01)
    assert np.mean([r["rand_index"] for r in runs]) > 0.8
    assert runs[0]["rand_index"] == pytest.approx(runs[0]["expected_rand_index"], abs=0.02)


@pytest.mark.parametrize(
    "bad", [{"labels_true": [0]}, {"labels_true": [0], "labels_pred": [0]}, {"labels_pred": ["a"]}]
)
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("adjusted-rand-index").run(bad)
