"""The Triton kernel against the numpy kernel, in Triton's interpreter, which needs no GPU.

The interpreter is chosen when Triton is imported, so the comparison runs in a process of its own.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.errors import MissingDependency
from retrieval.scoring.maxsim_triton import kernel

ROOT = Path(__file__).parents[2]
COMPARE = """
import numpy as np, torch
from retrieval.scoring.maxsim import maxima, similarities
from retrieval.scoring.maxsim_triton import triton_maxima
rng = np.random.default_rng(0)
for sizes, queries, dimension in (([3, 0, 40, 1], 5, 384), ([32, 33, 0], 17, 96), ([1], 1, 20), ([64], 32, 128)):
    tokens = rng.standard_normal((sum(sizes), dimension)).astype(np.float32) - 1  # most similarities are negative
    query = np.abs(rng.standard_normal((queries, dimension))).astype(np.float32)
    offsets = np.cumsum([0, *sizes]).astype(np.int64)
    found = triton_maxima(torch.from_numpy(query), torch.from_numpy(tokens), torch.from_numpy(offsets)).numpy()
    np.testing.assert_allclose(found, maxima(similarities(query, tokens), offsets), rtol=1e-4, atol=1e-3)
print("equal")
"""


@pytest.mark.skipif(importlib.util.find_spec("triton") is None, reason="triton is not installed")
def test_the_kernel_agrees_with_numpy() -> None:
    environment = {**os.environ, "TRITON_INTERPRET": "1"}
    done = subprocess.run(
        [sys.executable, "-c", COMPARE],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.stdout.strip() == "equal", done.stderr


@pytest.mark.skipif(importlib.util.find_spec("triton") is not None, reason="triton is installed")
def test_without_triton_the_fix_is_named() -> None:
    with pytest.raises(MissingDependency, match="triton"):
        kernel()
