from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.attention.sparse_attention import sparse_attention, sparse_mask
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(1, 20), st.integers(0, 8), st.integers(0, 3), st.integers(0, 3))
def test_mask_is_window_or_global_or_random(n: int, window: int, g: int, r: int) -> None:
    g = min(g, n)
    mask = sparse_mask(n, window, g, r, seed=1)
    base = sparse_mask(n, window, g, 0, seed=1)
    for i in range(n):
        for j in range(n):
            assert base[i, j] == (abs(i - j) <= window // 2 or i < g or j < g)
    assert (mask >= base).all()
    assert (mask.sum(axis=1) <= base.sum(axis=1) + r).all()
    if r:
        assert mask.sum() == base.sum() or not np.array_equal(mask, base)


def test_full_mask_equals_dense_attention() -> None:
    full = sparse_attention(16, window=32, global_tokens=0, pattern="longformer")
    assert full["density"] == 1
    assert full["largest_difference"] < 1e-14
    assert sparse_attention(16, window=2, global_tokens=0, pattern="longformer")["largest_difference"] > 0.01


def test_pairs_grow_linearly() -> None:
    # window 4 without globals: 5 n - 6 pairs (2 + 1 missing at each end)
    pairs = [sparse_attention(n, 4, 0, 0, "longformer", d=2)["allowed_pairs"] for n in (64, 128, 256)]
    assert pairs == [5 * n - 6 for n in (64, 128, 256)]


def test_random_links_belong_to_big_bird_only() -> None:
    longformer, big_bird = (sparse_attention(64, 2, 1, 3, p) for p in ("longformer", "big-bird"))  # type: ignore[arg-type]
    assert longformer["largest_row"] == 4  # three neighbours and the global token
    assert longformer["allowed_pairs"] < big_bird["allowed_pairs"] <= longformer["allowed_pairs"] + 3 * 64
    assert big_bird["largest_row"] <= 7
    assert big_bird["row_sums_to_one"]


@pytest.mark.parametrize("bad", [{"n": 0}, {"n": 513}, {"n": 4, "global_tokens": 5}, {"pattern": "dense"}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("sparse-attention").run(bad)
