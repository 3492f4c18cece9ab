from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from algorithms.retrieval.colbert_maxsim import colbert_maxsim
from indexing.stores.codec import EightBitCodec, OneBitCodec, rotation
from retrieval.scoring.maxsim import maxima, similarities, weighted_maxsim
from retrieval.scoring.standardise import weighted_sum, z_scores

SIZES = st.lists(st.integers(0, 4), min_size=1, max_size=5)


def slow_maxsim(query: np.ndarray, documents: list[np.ndarray], weights: np.ndarray) -> list[float]:
    scores = []
    for document in documents:
        total = 0.0
        for q, w in zip(query, weights, strict=True):
            total += w * max((float(q @ d) for d in document), default=-np.inf)
        scores.append(total / weights.sum())
    return scores


@given(SIZES, st.integers(1, 4), st.integers(0, 999))
def test_maxsim_equals_the_slow_loop(sizes: list[int], queries: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    documents = [rng.standard_normal((size, 6)).astype(np.float32) for size in sizes]
    query = rng.standard_normal((queries, 6)).astype(np.float32)
    weights = rng.uniform(0.5, 2, queries).astype(np.float32)
    tokens = np.concatenate(documents)
    best = maxima(similarities(query, tokens), np.cumsum([0, *sizes]))
    np.testing.assert_allclose(
        weighted_maxsim(best, weights), slow_maxsim(query, documents, weights), rtol=1e-4, atol=1e-5
    )


def test_maxsim_agrees_with_the_reference_implementation() -> None:
    query, document = [[1.0, 0.0], [0.6, 0.8]], [[0.8, 0.6], [-1.0, 0.0]]
    best = maxima(similarities(np.float32(query), np.float32(document)), np.array([0, 2]))
    ours = weighted_maxsim(best, np.ones(2, dtype=np.float32))[0] * 2
    np.testing.assert_allclose(ours, colbert_maxsim(query, document)["score"], rtol=1e-6)


def test_one_bit_codes_keep_the_order_of_similar_vectors() -> None:
    rng = np.random.default_rng(0)
    query = rng.standard_normal((1, 384)).astype(np.float32)
    tokens = np.concatenate([query * a + rng.standard_normal((1, 384)) * (1 - a) for a in (0.1, 0.4, 0.7, 0.95)])
    tokens = (tokens / np.linalg.norm(tokens, axis=1, keepdims=True)).astype(np.float32)
    codec = OneBitCodec(384)
    codes = codec.encode(tokens)
    assert codes.nbytes == 4 * 48
    approximate = similarities(codec.rotate(query / np.linalg.norm(query)), codec.decode(codes))[:, 0]
    assert approximate.tolist() == sorted(approximate.tolist())


def test_rotation_is_orthogonal_and_fixed() -> None:
    turn = rotation(256)
    np.testing.assert_allclose(turn @ turn.T, np.eye(256), atol=1e-5)
    np.testing.assert_array_equal(turn, rotation(256))


@given(st.lists(st.floats(-1, 1), min_size=2, max_size=20))
def test_eight_bit_codes_are_within_half_a_step(values: list[float]) -> None:
    vector = np.array([values], dtype=np.float32)
    codec = EightBitCodec()
    assert np.abs(codec.decode(codec.encode(vector)) - vector).max() <= 0.5 / 127 + 1e-6


@given(st.lists(st.floats(-100, 100), min_size=2, max_size=30), st.floats(0.1, 10), st.floats(-50, 50))
def test_z_scores_ignore_scale_and_shift(values: list[float], scale: float, shift: float) -> None:
    scores = np.array(values)
    if scores.std() > 1e-3:
        np.testing.assert_allclose(z_scores(scores * scale + shift), z_scores(scores), atol=1e-6)


def test_a_stage_without_spread_changes_no_order() -> None:
    fused = weighted_sum({"a": np.array([3.0, 1.0]), "b": np.array([7.0, 7.0])}, {"a": 1.0, "b": 5.0})
    assert fused[0] > fused[1]


def test_tokens_without_weight_score_nothing() -> None:
    best = np.array([[1.0, 2.0], [-np.inf, -np.inf]], dtype=np.float32)
    assert weighted_maxsim(best, np.zeros(2, dtype=np.float32)).tolist() == [0.0, 0.0]
