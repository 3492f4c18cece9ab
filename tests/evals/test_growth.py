"""Levels of growth: built once, gone on with after an interruption, with the vectors they say they have."""

from __future__ import annotations

import mmap

import numpy as np
import pytest

from evals.datasets.beir import read_beir
from evals.growth import RECORD, StretchedEncoder, build_level, measure_levels, read_level
from evals.peak_memory import PeakMemory, high_water
from indexing.chunking.outline_chunker import OutlineChunker
from indexing.stores.codec import get_codec
from retrieval.pipeline import Cascade
from tests.evals.small_collection import FOLDER, SETTINGS, HashEncoder

ENCODER = HashEncoder()
CHUNKER = OutlineChunker(ENCODER.token_offsets, 64)


def passages():
    return iter(list(read_beir(FOLDER).passages()))


def test_levels_are_searched_in_turn_and_hold_what_they_say(tmp_path):
    encoder = StretchedEncoder(ENCODER, real=8)
    levels = {
        tmp_path / str(n): build_level("speed", passages(), n, encoder, CHUNKER, tmp_path / str(n)) for n in (6, 20)
    }
    assert [level.chunks >= n for level, n in zip(levels.values(), (6, 20), strict=True)] == [True, True]
    small, large = levels.values()
    assert small.encoded == small.chunks <= 8
    assert large.encoded == 8 < large.chunks
    points = measure_levels(
        levels, ["Which probe saw rings?", "lava"], 2, encoder, CHUNKER, Cascade(ENCODER, None, SETTINGS)
    )
    assert [len(point.latencies_ms) for point in points] == [4, 4]
    assert 0 < points[0].p50_ms <= points[0].p95_ms
    assert points[0].index_bytes < points[1].index_bytes < points[1].disk_bytes
    assert {"bm25", "dense", "colbert", "total"} <= set(points[0].stages_ms)


def test_an_interrupted_level_goes_on(tmp_path, monkeypatch):
    monkeypatch.setattr("evals.growth.BATCH_CHUNKS", 4)
    calls = []

    def stop(done, total, what):
        calls.append(done)
        if len(calls) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_level("speed", passages(), 20, StretchedEncoder(ENCODER, 100), CHUNKER, tmp_path / "a", stop)
    part = read_level(tmp_path / "a" / RECORD)
    assert 0 < part.chunks < 20
    assert not part.complete
    whole = build_level("speed", passages(), 20, StretchedEncoder(ENCODER, 100), CHUNKER, tmp_path / "a")
    once = build_level("speed", passages(), 20, StretchedEncoder(ENCODER, 100), CHUNKER, tmp_path / "b")
    assert (whole.documents, whole.chunks, whole.complete) == (once.documents, once.chunks, True)
    assert whole.encoded == whole.chunks
    assert build_level("speed", passages(), 20, StretchedEncoder(ENCODER, 1), CHUNKER, tmp_path / "a") == whole


def test_stretched_vectors_are_near_real_ones_and_no_text_is_encoded_twice():
    encoder = StretchedEncoder(ENCODER, real=2)
    first, second, third = encoder.encode_documents(["red apples", "blue water", "green hills"])
    real = ENCODER.encode_documents(["red apples", "blue water"])
    assert first.sentence == pytest.approx(real[0].sentence)
    assert np.array_equal(second.tokens, get_codec(ENCODER.token_dimension).encode(real[1].tokens))
    assert np.linalg.norm(third.sentence) == pytest.approx(1.0)
    cosine = max(float(third.sentence @ e.sentence) for e in real)
    assert 0.6 < cosine < 0.95  # 1 / sqrt(1 + .49) = .82 on average
    assert encoder.encode_documents(["red apples"])[0] is first
    assert encoder.knows(["red apples", "green hills"]) == 1


def test_the_highest_point_is_seen_after_the_memory_is_free_again():
    if not high_water():
        pytest.skip("this system keeps no high-water mark")
    pages = 15_000
    # mapped anew: an array may come out of memory that this process freed earlier and that is resident already
    with PeakMemory() as memory, mmap.mmap(-1, pages * mmap.PAGESIZE) as block:
        for page in range(pages):
            block[page * mmap.PAGESIZE] = 1
    assert memory.grown() > 40_000_000


def test_what_comes_after_the_block_is_not_counted():
    with PeakMemory() as memory:
        pass
    before = memory.grown()
    pages = 15_000
    with mmap.mmap(-1, pages * mmap.PAGESIZE) as block:
        for page in range(pages):
            block[page * mmap.PAGESIZE] = 1
        assert memory.grown() == before
