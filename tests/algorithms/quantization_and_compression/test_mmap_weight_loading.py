from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.quantization_and_compression.mmap_weight_loading import mmap_weight_loading
from algorithms.registry import load
from core.errors import InputError

SMALL = st.integers(1, 6)


@given(SMALL, SMALL, st.integers(1, 3), st.integers(0, 3), st.integers(1, 40), st.sampled_from(["mmap", "eager"]))
def test_conservation(layers: int, pages: int, processes: int, passes: int, cache: int, method: str) -> None:
    output = mmap_weight_loading(layers, pages, processes, layers, passes, cache, method)  # type: ignore[arg-type]
    size = layers * pages
    rounds = processes * (1 if method == "eager" else passes)
    assert output["touches"] == output["disk_reads"] + output["cache_hits"] == rounds * size
    assert output["peak_cached_pages"] == (min(cache, size) if rounds else 0)
    if cache >= size:
        assert output["disk_reads"] == (size if rounds else 0)  # each page is read once, whoever touches it first
    elif rounds:
        assert output["disk_reads"] == rounds * size  # a cyclic scan defeats a smaller LRU cache: no hit at all


def test_mapping_starts_at_once_shares_pages_and_skips_unused_layers() -> None:
    lazy = mmap_weight_loading(32, 16, 2, 8)
    eager = mmap_weight_loading(32, 16, 2, 8, method="eager")
    assert lazy["disk_reads_at_start"] == [0, 0]
    assert eager["disk_reads_at_start"] == [512, 0]  # the second start is served by the page cache
    assert lazy["disk_reads"] == 8 * 16 and eager["disk_reads"] == 512
    assert lazy["private_pages"] == 0 and eager["private_pages"] == 2 * 512


def test_a_cold_cache_reads_the_same_bytes_only_later() -> None:
    lazy = mmap_weight_loading(processes=1)
    eager = mmap_weight_loading(processes=1, method="eager")
    assert lazy["disk_reads"] == eager["disk_reads"] == 512
    assert eager["memory_pages"] == 2 * lazy["memory_pages"]


def test_a_real_mapping_holds_the_weights_without_copying(tmp_path: Path) -> None:
    weights = np.random.default_rng(0).standard_normal((8, 512)).astype(np.float32)
    path = tmp_path / "weights.bin"
    path.write_bytes(weights.tobytes())
    mapped = np.memmap(path, dtype=np.float32, mode="r", shape=(8, 512))
    assert mapped[3].tobytes() == weights[3].tobytes()
    assert not mapped.flags.owndata and not mapped.flags.writeable


@pytest.mark.parametrize("bad", [{"layers_used": 40, "layers": 8}, {"layers": 0}, {"cache_pages": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("mmap-weight-loading").run(bad)
