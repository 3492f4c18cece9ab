from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from algorithms.ranking_metrics.hit_rate_at_k import hit_rate_at_k
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(0, 1000), st.integers(1, 6))
def test_is_top_k_accuracy(seed: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    y, scores = rng.integers(7, size=20), rng.random((20, 7))
    ranks = 1 + (scores > scores[np.arange(20), y][:, None]).sum(axis=1)
    expected = metrics.top_k_accuracy_score(y, scores, k=k, labels=range(7))
    assert hit_rate_at_k(ranks.tolist(), k)["hit_rate"] == pytest.approx(expected)


@given(st.lists(st.integers(0, 30), min_size=1, max_size=30))
def test_never_falls_with_k(ranks: list[int]) -> None:
    output = hit_rate_at_k(ranks)
    assert (np.diff(output["hit_rates"]) >= 0).all()
    for k, rate in zip(output["depths"].tolist(), output["hit_rates"], strict=True):
        assert rate == pytest.approx(hit_rate_at_k(ranks, k)["hit_rate"])


def test_goldens() -> None:
    output = hit_rate_at_k([1, 3, 12, 0, 2], k=5)
    assert (output["hit_rate"], output["hits"], output["queries"]) == (0.6, 3, 5)
    assert hit_rate_at_k([1, 3, 12, 0, 2], k=1)["hit_rate"] == 0.2
    assert hit_rate_at_k([1, 3, 12, 0, 2], k=1000)["hit_rate"] == 0.8
    assert hit_rate_at_k([3], k=3)["hit_rate"] == 1


@pytest.mark.parametrize("bad", [{"ranks": []}, {"ranks": [-2]}, {"k": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("hit-rate-at-k").run(bad)
