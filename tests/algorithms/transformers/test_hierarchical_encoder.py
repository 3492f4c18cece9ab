from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.registry import load
from algorithms.transformers.hierarchical_encoder import encode, hierarchical_encoder, score_count
from core.errors import InputError


@given(st.integers(1, 60), st.integers(1, 60))
def test_count_equals_the_sum_over_chunks(n: int, c: int) -> None:
    lengths = [len(range(start, min(start + c, n))) for start in range(0, n, c)]
    assert score_count(n, c) == sum(length**2 for length in lengths) + len(lengths) ** 2


def test_stated_formula_where_c_divides_n() -> None:
    output = load("hierarchical-encoder").run()
    assert output["scores_hierarchical"] == 4096 * 64 + (4096 // 64) ** 2
    assert output["saving"] == pytest.approx(4096**2 / 266240)


def test_best_chunk_length_is_near_the_cheapest() -> None:
    best = hierarchical_encoder(10_000)["best_chunk_length"]
    cheapest = min(score_count(10_000, c) for c in range(1, 10_001))
    assert score_count(10_000, best) <= 1.05 * cheapest


def test_tokens_of_a_chunk_are_read_before_the_chunks_meet() -> None:
    X = np.random.default_rng(0).standard_normal((6, 4))
    vectors, weights = encode(X, 2)
    assert vectors.shape == (3, 4)
    np.testing.assert_allclose(weights.sum(axis=1), 1)
    swapped_inside, _ = encode(X[[1, 0, 2, 3, 4, 5]], 2)  # no order within a chunk
    swapped_chunks, _ = encode(X[[2, 3, 0, 1, 4, 5]], 2)  # order of chunks matters: they have positions
    np.testing.assert_allclose(swapped_inside, vectors, atol=1e-12)
    assert np.abs(swapped_chunks.mean(axis=0) - vectors.mean(axis=0)).max() > 1e-3
    assert hierarchical_encoder(toy_tokens=10, toy_chunk=4)["chunk_count"] == 3


@pytest.mark.parametrize("bad", [{"n": 0}, {"chunk_length": 0}, {"toy_tokens": 65}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("hierarchical-encoder").run(bad)
