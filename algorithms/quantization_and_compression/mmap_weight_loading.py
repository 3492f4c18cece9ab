r"""Memory-mapped weight loading lets the operating system bring pages of a model file into memory when they are first
touched, instead of reading and copying the whole file.

$$\text{read at start} = \begin{cases} S & \text{eager} \\ 0 & \text{mmap}\end{cases}, \qquad
\text{memory of } k \text{ processes} = \begin{cases} k S + C & \text{eager} \\ C & \text{mmap, shared}\end{cases}$$

for a file of $S$ bytes of which $C \le S$ are in the page cache.

**Intuition.** `mmap` only makes a promise of addresses. The first touch of a page is a fault that reads it; a later
touch, by any process that maps the file with `MAP_SHARED`, finds it in the page cache. A second start is then almost
free, and unused layers are never read. Eager reading copies each page from the cache into private memory, so the bytes
exist twice.

**When to use it.** For large read-only weights, several processes, or quick restarts.

**Cost.** One fault a page on first touch; random access to a cold disk is slower than one long read.

**Pitfalls.** "100 times faster with half the memory" is one report from one machine: with a cold cache the same bytes
still come from disk, only later, and the first answers are slow. If memory is short, pages are evicted and read again
at each pass. The file must hold the weights in their final layout; converting touches everything. Resident size in
process tools counts shared pages for each process.

**References.** The manual page mmap(2). The safetensors format and the llama.cpp project.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Annotated, Literal

from pydantic import Field

from algorithms.registry import Output, algorithm


@algorithm(
    id="mmap-weight-loading",
    name="Memory-mapped weight loading",
    aliases=("mmap", "MAP_SHARED", "lazy loading", "memory-mapped model", "page cache"),
    example={"layers": 32, "pages_per_layer": 16, "processes": 2, "layers_used": 32, "method": "mmap"},
)
def mmap_weight_loading(
    layers: Annotated[int, Field(ge=1, le=64)] = 32,
    pages_per_layer: Annotated[int, Field(ge=1, le=64)] = 16,
    processes: Annotated[int, Field(ge=1, le=8)] = 2,
    layers_used: Annotated[int, Field(ge=0, le=64)] = 32,
    passes: Annotated[int, Field(ge=0, le=8)] = 1,
    cache_pages: Annotated[int, Field(ge=1, le=4096)] = 4096,
    method: Literal["mmap", "eager"] = "mmap",
) -> Output:
    """Simulate processes that load one model file and run forward passes over its layers.

    Parameters
    ----------
    layers : int
        Layers in the file.
    pages_per_layer : int
        Pages of each layer.
    processes : int
        Processes that start one after another.
    layers_used : int
        Layers touched in a pass, at most all.
    passes : int
        Forward passes of each process.
    cache_pages : int
        Pages that the page cache holds; the least recently used goes first.
    method : {"mmap", "eager"}
        Map and touch on demand, or read the file into private memory first.

    Returns
    -------
    dict
        ``disk_reads_at_start`` of each process before its first pass; ``disk_reads`` in all; ``cache_hits``; ``touches`` = reads + hits;
        ``private_pages`` copied by all processes; ``peak_cached_pages``; ``memory_pages`` private and cached together.

    Examples
    --------
    >>> lazy, eager = (mmap_weight_loading(layers_used=8, method=m) for m in ("mmap", "eager"))
    >>> lazy["disk_reads"], eager["disk_reads"], lazy["memory_pages"], eager["memory_pages"]
    (128, 512, 128, 1536)
    """
    if layers_used > layers:
        raise ValueError(f"layers_used = {layers_used} is above layers = {layers}")
    cache: OrderedDict[int, None] = OrderedDict()
    hits = reads = peak = private = 0

    def touch(page: int) -> None:
        nonlocal hits, reads, peak
        if page in cache:
            cache.move_to_end(page)
            hits += 1
            return
        reads += 1
        cache[page] = None
        if len(cache) > cache_pages:
            cache.popitem(last=False)
        peak = max(peak, len(cache))

    at_start = []
    for _ in range(processes):
        before = reads
        if method == "eager":
            for page in range(layers * pages_per_layer):
                touch(page)
            private += layers * pages_per_layer
        at_start.append(reads - before)
        for _ in range(passes if method == "mmap" else 0):  # eager passes find everything in private memory
            for page in range(layers_used * pages_per_layer):
                touch(page)
    return {
        "disk_reads_at_start": at_start,
        "disk_reads": reads,
        "cache_hits": hits,
        "touches": reads + hits,
        "private_pages": private,
        "peak_cached_pages": peak,
        "memory_pages": private + peak,
    }
