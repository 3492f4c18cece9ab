"""Nearest sentence vectors, held to a plain matrix product and a stable sort."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.protocols import Encoding, Floats
from indexing.stores.codec import get_codec
from indexing.stores.nearest import (
    FEW,
    InvertedFile,
    build_inverted_file,
    exact_search,
    inverted_search,
    open_inverted_file,
    threads_for,
)
from indexing.stores.segments import Segment, build_segment

WIDTH = 8


def unit_vectors(count: int, seed: int) -> Floats:
    vectors = np.random.default_rng(seed).standard_normal((count, WIDTH)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def segment_of(vectors: Floats, first_row: int) -> Segment:
    none = np.zeros(0, dtype=np.int32)
    encodings = [Encoding(v, np.zeros((0, WIDTH), np.float32), none, np.zeros((0, 2), np.int32)) for v in vectors]
    return build_segment(first_row, ["word"] * len(vectors), encodings, get_codec(WIDTH))


def best_by_sorting(vectors: Floats, alive: np.ndarray, query: Floats, k: int) -> list[int]:
    scores = np.where(alive, vectors @ query, -np.inf)
    return [int(i) for i in np.argsort(-scores, kind="stable")[:k]]


@given(st.integers(0, 1000), st.integers(1, 12), st.lists(st.integers(0, 59), max_size=20))
def test_exact_search_over_segments_is_a_sort(seed: int, k: int, dead: list[int]):
    vectors, queries = unit_vectors(60, seed), unit_vectors(3, seed + 1)
    alive = np.ones(60, dtype=bool)
    alive[dead] = False
    segments = [segment_of(vectors[:25], 0), segment_of(vectors[25:], 25)]
    positions, scores = exact_search(segments, alive, queries, k)
    for query, found, values in zip(queries, positions, scores, strict=True):
        assert found.tolist() == best_by_sorting(vectors, alive, query, k)
        assert values == pytest.approx(vectors[found] @ query, abs=1e-6)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> tuple[InvertedFile, Floats]:
    vectors = unit_vectors(400, 5)
    folder: Path = tmp_path_factory.mktemp("nearest")
    build_inverted_file(folder, [segment_of(vectors, 0)])
    opened = open_inverted_file(folder)
    assert opened is not None
    return opened, vectors


@pytest.mark.parametrize("queries", [1, FEW, FEW + 1])
def test_all_lists_of_the_inverted_file_give_what_a_sort_gives(cache: tuple[InvertedFile, Floats], queries: int):
    opened, vectors = cache
    opened.index.nprobe = opened.index.nlist
    asked = unit_vectors(queries, 6)
    positions, scores = inverted_search(opened, asked, 5, lambda rows: (rows, vectors[rows]))
    for query, found, values in zip(asked, positions, scores, strict=True):
        # twice as many are fetched by 8-bit codes and scored exactly, so rounding loses none of the first five here
        assert found.tolist() == best_by_sorting(vectors, np.ones(400, dtype=bool), query, 5)
        assert values == pytest.approx(vectors[found] @ query, abs=1e-6)


def test_dead_rows_of_the_inverted_file_are_passed_over(cache: tuple[InvertedFile, Floats]):
    opened, vectors = cache
    opened.index.nprobe = opened.index.nlist
    query = unit_vectors(1, 7)
    alive = np.ones(400, dtype=bool)
    alive[best_by_sorting(vectors, alive, query[0], 2)] = False

    def living(rows: np.ndarray) -> tuple[np.ndarray, Floats]:
        rows = rows[alive[rows]]
        return rows, vectors[rows]

    positions, _ = inverted_search(opened, query, 4, living)
    assert positions[0].tolist() == best_by_sorting(vectors, alive, query[0], 4)


def test_few_vectors_are_searched_on_one_thread_and_the_number_comes_back():
    import faiss

    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(2)
    try:
        with threads_for(FEW):
            assert faiss.omp_get_max_threads() == 1
        assert faiss.omp_get_max_threads() == 2
        with threads_for(FEW + 1):
            assert faiss.omp_get_max_threads() == 2
        with pytest.raises(RuntimeError, match="interrupted"), threads_for(1):
            raise RuntimeError("interrupted")
        assert faiss.omp_get_max_threads() == 2
    finally:
        faiss.omp_set_num_threads(before)
