"""Nearest sentence vectors: exact over the mapped segments, through an inverted file above some size, or on a GPU.

The inverted file (FAISS IVF with 8-bit codes) is a cache below ``cache/``: built after an ingest, checked against its digest
when it is opened, searched for more rows than wanted, which are then scored exactly. Rows committed since are searched
exactly beside it. Where it is missing or damaged the search is exact, only slower.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from core.protocols import Floats
from indexing.stores.segments import Segment, file_digest

DenseIndex = Literal["auto", "exact", "ivf", "torch", "faiss-gpu"]
IVF_FROM = 20_000
"""Chunks from which on the inverted file is built: exact search takes about 0.1 ms a thousand below it."""
STALE_SHARE = 0.2
"""Share of rows not in the inverted file at which it is built again."""
PROBE_SHARE = 0.04
OVERFETCH = 2
TRAIN_PER_LIST = 40
FEW = 16
"""Vectors up to which FAISS searches on one thread."""
BLOCK = 16_384
NAME = "dense"
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class InvertedFile:
    """An opened cache: the FAISS index, and the highest row it has seen."""

    index: Any
    last_row: int


def exact_search(segments: Sequence[Segment], alive: NDArray[np.bool_], vectors: Floats, k: int) -> tuple[Any, Any]:
    """Best `k` live positions for each vector by a scan of all segments, block by block.

    Parameters
    ----------
    segments : sequence of Segment
        In the order of their rows.
    alive : (n,) bool
        Which positions (all chunks of all segments in turn) are live.
    vectors : (q, d) float32
        Unit vectors.
    k : int
        Results wanted; fewer come back where fewer are live.

    Returns
    -------
    positions : (q, k) int64
    scores : (q, k) float32
        Best first, ties by position.
    """
    positions, scores = [], []
    base = 0
    for segment in segments:
        for start in range(0, len(segment), BLOCK):
            part = np.asarray(segment.dense[start : start + BLOCK])
            found = vectors @ part.T  # (q, b)
            found[:, ~alive[base + start : base + start + len(part)]] = -np.inf
            best = leading(found, k)
            positions.append(best + base + start)
            scores.append(np.take_along_axis(found, best, axis=1))
        base += len(segment)
    return merge(np.concatenate(positions, axis=1), np.concatenate(scores, axis=1), k)


def leading(scores: Floats, k: int) -> NDArray[np.int64]:
    """Columns of the `k` best of each row, ascending."""
    if scores.shape[1] <= k:
        return np.broadcast_to(np.arange(scores.shape[1]), scores.shape)
    return np.sort(np.argpartition(-scores, k - 1, axis=1)[:, :k], axis=1)


def merge(positions: NDArray[np.int64], scores: Floats, k: int) -> tuple[NDArray[np.int64], Floats]:
    """The best `k` of each row, best first, ties by position; dead ones (minus infinity) stay at the end.

    Examples
    --------
    >>> merge(np.array([[4, 2, 9]]), np.array([[.5, .5, .7]], dtype=np.float32), 2)[0].tolist()
    [[9, 2]]
    """
    order = np.lexsort((positions, -scores), axis=1)[:, :k]
    return np.take_along_axis(positions, order, axis=1), np.take_along_axis(scores, order, axis=1)


def build_inverted_file(folder: Path, segments: Sequence[Segment], seed: int = 0) -> None:
    """Build the cache from the segments; written beside the old one and moved into place.

    Lists grow with the root of the number of chunks, so that a query looks at a share that shrinks with it.
    """
    import faiss

    count, width = sum(len(s) for s in segments), segments[0].dense.shape[1]
    lists = min(count, max(16, int(2 * np.sqrt(count))))
    quantizer = faiss.IndexFlatIP(width)
    index = faiss.IndexIVFScalarQuantizer(
        quantizer, width, lists, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT
    )
    index.cp.seed, index.cp.niter, index.cp.min_points_per_centroid = seed + 1, 8, 1
    index.train(sample(segments, min(count, TRAIN_PER_LIST * lists), seed))
    for segment in segments:
        for start in range(0, len(segment), BLOCK):
            part = np.ascontiguousarray(segment.dense[start : start + BLOCK])
            index.add_with_ids(part, np.ascontiguousarray(segment.rows[start : start + BLOCK]))
    folder.mkdir(exist_ok=True)
    made = folder / f"{NAME}.building"
    faiss.write_index(index, str(made))
    meta = {"last_row": int(segments[-1].rows[-1]), "count": count, "sha256": file_digest(made)}
    # the description goes first and last: between the two renames it fits neither file and the cache is not used
    (folder / f"{NAME}.json").unlink(missing_ok=True)
    made.replace(folder / f"{NAME}.faiss")
    described = folder / f"{NAME}.json.building"
    described.write_text(json.dumps(meta))
    described.replace(folder / f"{NAME}.json")


def sample(segments: Sequence[Segment], size: int, seed: int) -> Floats:
    """Some vectors of all segments, drawn without putting back."""
    bounds = np.cumsum([0] + [len(s) for s in segments])
    chosen = np.sort(np.random.default_rng(seed).choice(int(bounds[-1]), size, replace=False))
    parts = [
        segment.dense[chosen[(chosen >= low) & (chosen < low + len(segment))] - low]
        for segment, low in zip(segments, bounds[:-1], strict=True)
    ]
    return np.concatenate(parts)


def cache_state(folder: Path) -> tuple[dict[str, Any] | None, str]:
    """Description of the cache, and what is wrong with it ("" where nothing is or there is none)."""
    described = folder / f"{NAME}.json"
    if not described.exists():
        return None, ""
    try:
        meta = json.loads(described.read_text())
        sound = file_digest(folder / f"{NAME}.faiss") == meta["sha256"]
    except (OSError, ValueError, KeyError, TypeError):
        sound = False
    return (meta, "") if sound else (None, f"the cache {NAME}.faiss is not what was built")


def open_inverted_file(folder: Path) -> InvertedFile | None:
    """The cache, mapped into memory; None where there is none or it is damaged, which is logged."""
    meta, wrong = cache_state(folder)
    if wrong:
        log.warning("%s; searching exactly, `vouch doctor --repair` builds it again", wrong)
    if meta is None:
        return None
    import faiss

    index: Any = faiss.read_index(str(folder / f"{NAME}.faiss"), faiss.IO_FLAG_MMAP)
    index.nprobe = max(16, int(PROBE_SHARE * index.nlist))
    return InvertedFile(index, int(meta["last_row"]))


def is_stale(folder: Path, segments: Sequence[Segment]) -> bool:
    """Whether the cache is due: missing or damaged, or too many rows came after it."""
    count = sum(len(s) for s in segments)
    if count < IVF_FROM:
        return False
    meta, _ = cache_state(folder)
    if meta is None:
        return True
    behind = sum(int((s.rows > meta["last_row"]).sum()) for s in segments)
    return behind > STALE_SHARE * count


def inverted_search(
    cache: InvertedFile, vectors: Floats, k: int, exact: Callable[[NDArray[np.int64]], tuple[Any, Any]]
) -> tuple[NDArray[np.int64], Floats]:
    """Best `k` of what the inverted file proposes, scored exactly.

    Parameters
    ----------
    exact : callable
        From rows (m,), which may be dead, gives the live ones' positions and vectors.
    """
    with threads_for(len(vectors)):
        _, rows = cache.index.search(np.ascontiguousarray(vectors, dtype=np.float32), OVERFETCH * k)
    positions = np.full((len(vectors), k), -1, dtype=np.int64)
    scores = np.full((len(vectors), k), -np.inf, dtype=np.float32)
    for number, vector in enumerate(vectors):
        live, candidates = exact(rows[number][rows[number] >= 0])
        found = candidates @ vector
        order = np.lexsort((live, -found))[:k]
        positions[number, : len(order)], scores[number, : len(order)] = live[order], found[order]
    return positions, scores


@contextmanager
def threads_for(vectors: int) -> Iterator[None]:
    """One FAISS thread for few vectors, for the calling thread and while it lasts.

    Lists are scanned in a few milliseconds; a second thread gains little of that and waits, at every step, until the machine
    gives it its turn.
    """
    import faiss

    before = faiss.omp_get_max_threads()
    if vectors > FEW or before == 1:
        yield
        return
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)


class DeviceVectors:
    """All live vectors on a device, searched exactly: torch on any device, or FAISS on a GPU.

    Parameters
    ----------
    matrix : (n, d) float32
        Live vectors.
    kind : {"torch", "faiss-gpu"}
        Which library searches.
    """

    def __init__(self, matrix: Floats, kind: Literal["torch", "faiss-gpu"]) -> None:
        self._kind = kind
        if kind == "torch":
            import torch

            device = "cuda" if torch.cuda.is_available() else "cpu"
            self._matrix = torch.from_numpy(matrix).to(device)
        else:
            import faiss

            if not hasattr(faiss, "StandardGpuResources"):
                from core.errors import MissingDependency

                raise MissingDependency(
                    "faiss on this machine has no GPU part", fix="install faiss-gpu in place of faiss-cpu"
                )
            self._index = faiss.index_cpu_to_gpu(faiss.StandardGpuResources(), 0, faiss.IndexFlatIP(matrix.shape[1]))
            self._index.add(matrix)

    def search(self, vectors: Floats, k: int) -> tuple[NDArray[np.int64], Floats]:
        """Best `k` positions and scores for each vector, best first."""
        if self._kind == "faiss-gpu":
            scores, positions = self._index.search(vectors, k)
            return merge(positions, scores, k)
        import torch

        with torch.inference_mode():
            # float32 products on purpose: TF32 would change ranks between devices
            found = torch.from_numpy(vectors).to(self._matrix.device) @ self._matrix.T  # (q, n)
            best = torch.topk(found, k, dim=1)
        return merge(best.indices.cpu().numpy(), best.values.cpu().numpy(), k)
