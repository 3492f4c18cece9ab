"""MaxSim over codes: the compiled kernel, the numpy version and the decoded vectors agree."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexing.stores.codec import CodeKind, EightBitCodec, OneBitCodec
from retrieval.scoring.maxsim import maxima, similarities
from retrieval.scoring.maxsim_codes import code_maxima
from retrieval.scoring.native import Kernels, kernels, load

NUMPY = Kernels(None, "asked for")
KINDS: list[CodeKind] = ["sign", "int8"]


def unit(rng: np.random.Generator, count: int, dimension: int) -> np.ndarray:
    vectors = rng.standard_normal((count, dimension)).astype(np.float32)
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


@pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler")
def test_the_kernel_compiles_here() -> None:
    assert kernels().library is not None, kernels().reason


@given(
    st.sampled_from(KINDS),
    st.lists(st.integers(0, 9), min_size=0, max_size=6),
    st.integers(1, 37),
    st.integers(1, 50),
    st.integers(0, 9999),
)
def test_the_kernel_gives_the_bits_of_the_numpy_version(
    kind: CodeKind, sizes: list[int], queries: int, dimension: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    width = -(-dimension // 8) if kind == "sign" else dimension
    codes = rng.integers(0, 256, (sum(sizes), width), dtype=np.uint8)  # padding bits are set at random on purpose
    offsets = np.cumsum([0, *sizes]).astype(np.int64)
    query = unit(rng, queries, dimension)
    np.testing.assert_array_equal(
        code_maxima(kind, query, codes, offsets), code_maxima(kind, query, codes, offsets, NUMPY)
    )


@given(st.lists(st.integers(0, 5), min_size=1, max_size=5), st.integers(1, 20), st.integers(0, 999))
def test_codes_score_as_their_decoded_vectors(sizes: list[int], queries: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    for codec, dimension in ((OneBitCodec(72), 72), (EightBitCodec(), 40)):
        codes = codec.encode(unit(rng, sum(sizes), dimension))
        query = codec.rotate(unit(rng, queries, dimension))
        offsets = np.cumsum([0, *sizes]).astype(np.int64)
        expected = maxima(similarities(query, codec.decode(codes)), offsets)
        for use in (None, NUMPY):
            np.testing.assert_allclose(code_maxima(codec.name, query, codes, offsets, use), expected, atol=2e-5)


def test_a_sign_code_by_hand() -> None:
    # bits 1010 0000: +.5 - .5 + .5 - .5 - 0 … = 0; bits 1100 0000: .5 + .5 - .5 - .5 = 0; bits 1111 0000: 2; each over root 8
    query = np.array([[0.5, 0.5, 0.5, 0.5, 0, 0, 0, 0]], dtype=np.float32)
    codes = np.array([[0b10100000], [0b11110000], [0b00000000]], dtype=np.uint8)
    found = code_maxima("sign", query, codes, np.array([0, 1, 2, 3]))
    np.testing.assert_allclose(found[:, 0], np.array([0, 2, -2]) / np.sqrt(8), rtol=1e-6)


def test_padding_never_wins_over_a_negative_similarity() -> None:
    query = np.array([[1.0] + [0.0] * 7], dtype=np.float32)
    found = code_maxima("sign", query, np.zeros((1, 1), dtype=np.uint8), np.array([0, 1, 1]))
    np.testing.assert_allclose(found[:, 0], [-1 / np.sqrt(8), -np.inf])


@pytest.mark.parametrize("use", [None, NUMPY])
def test_what_would_overflow_or_read_outside_is_refused(use: Kernels | None) -> None:
    codes = np.zeros((2, 1), dtype=np.uint8)
    query = np.ones((1, 8), dtype=np.float32)
    for bad in (query * 100, query * np.nan):
        with pytest.raises(ValueError, match="fixed point"):
            code_maxima("sign", bad, codes, np.array([0, 2]), use)
    with pytest.raises(ValueError, match="offsets"):
        code_maxima("sign", query, codes, np.array([0, 3]), use)
    with pytest.raises(ValueError, match="bytes"):
        code_maxima("sign", np.ones((1, 16), dtype=np.float32), codes, np.array([0, 2]), use)


def test_without_a_compiler_the_reason_is_named(tmp_path: Path) -> None:
    assert load(tmp_path, "no-such-compiler").library is None
    assert "no-such-compiler" in load(tmp_path, "no-such-compiler").reason
    broken = tmp_path / "cc"
    broken.write_text("#!/bin/sh\necho 'out of order' >&2\nexit 1\n")
    broken.chmod(0o755)
    found = load(tmp_path / "cache", str(broken))
    assert found.library is None
    assert "out of order" in found.reason


@pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler")
def test_a_compiled_library_is_found_again(tmp_path: Path) -> None:
    first = load(tmp_path, "cc")
    made = [path.stat().st_mtime_ns for path in tmp_path.iterdir()]
    assert len(made) == 1
    assert load(tmp_path, "cc").reason == first.reason
    assert [path.stat().st_mtime_ns for path in tmp_path.iterdir()] == made
