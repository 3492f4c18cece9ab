"""Merging segments: live chunks of several segments become one new segment, dead ones are left behind.

Many small segments cost a look-up each at query time, and removed chunks cost space; merging in tiers, as log-structured
merge trees and Lucene do, writes each chunk a number of times that grows with the logarithm of the collection only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexing.stores.segments import ARRAYS, ArrayFile, Segment, finish_segment, write_array

SEGMENTS_KEPT = 8
"""More segments than this are merged."""
DEAD_SHARE = 0.25
"""A segment with a larger share of dead chunks is written anew."""
MERGED_CHUNKS = 250_000
"""No merge makes a larger segment, which bounds the memory that its postings take."""
BLOCK = 4096


def plan(sizes: Sequence[int], live: Sequence[int]) -> list[tuple[int, int]]:
    """Which runs of neighbouring segments to merge, as (first, last + 1).

    Parameters
    ----------
    sizes : sequence of int
        Chunks of each segment, in the order of rows.
    live : sequence of int
        How many of them are live.

    Examples
    --------
    >>> plan([100, 10], [100, 9])
    []
    >>> plan([100, 10], [100, 5])
    [(1, 2)]
    >>> plan([1000] + [10] * 8, [1000] + [10] * 8)
    [(1, 9)]
    """
    runs: list[tuple[int, int]] = []
    if len(sizes) > SEGMENTS_KEPT:
        # the longest tail whose first segment is no larger than all that follow it together
        start = next(i for i in range(len(sizes)) if live[i] <= sum(live[i + 1 :]) or i == len(sizes) - 2)
        runs = capped(live, start)
    merged = {index for first, last in runs for index in range(first, last)}
    for index, (size, alive) in enumerate(zip(sizes, live, strict=True)):
        if index not in merged and size - alive > DEAD_SHARE * size:
            runs.append((index, index + 1))
    return sorted(runs)


def capped(live: Sequence[int], start: int) -> list[tuple[int, int]]:
    """Runs from `start` to the end of at least two segments and at most `MERGED_CHUNKS` live chunks each."""
    runs, first = [], start
    for index in range(start, len(live) + 1):
        if index == len(live) or (index > first and sum(live[first : index + 1]) > MERGED_CHUNKS):
            if index - first > 1:
                runs.append((first, index))
            first = index
    return runs


def merge_segments(
    folder: Path, name: str, segments: Sequence[Segment], keeps: Sequence[NDArray[np.bool_]]
) -> dict[str, str]:
    """Write the kept chunks of several segments as one and return the SHA-256 of each file by array name.

    Vectors and codes are copied block by block; only postings are held in memory.

    Parameters
    ----------
    folder : Path
        Where segments lie.
    name : str
        Of the new segment.
    segments : sequence of Segment
        In the order of their rows.
    keeps : sequence of (n,) bool
        Which chunks of each stay.
    """
    lengths = np.concatenate([s.lengths[keep] for s, keep in zip(segments, keeps, strict=True)])
    tokens = np.concatenate([np.diff(s.offsets)[keep] for s, keep in zip(segments, keeps, strict=True)])
    small: dict[str, NDArray[Any]] = {
        "rows": np.concatenate([s.rows[keep] for s, keep in zip(segments, keeps, strict=True)]),
        "offsets": np.concatenate([[0], np.cumsum(tokens)]).astype(np.int64),
        "lengths": lengths,
        **merged_vocabulary(segments, keeps),
        **merged_postings(segments, keeps),
    }
    width = segments[0].dense.shape[1]
    vectors = ArrayFile(folder / f"{name}.dense.npy", np.dtype(np.float32), (len(lengths), width))
    shape = (int(tokens.sum()), segments[0].codes.shape[1])
    codes = ArrayFile(folder / f"{name}.codes.npy", np.dtype(np.uint8), shape)
    with vectors, codes:
        for dense, part in kept_blocks(segments, keeps):
            vectors.append(dense)
            codes.append(part)
    for array, values in small.items():
        write_array(folder / f"{name}.{array}.npy", values)
    assert {*small, "dense", "codes"} == set(ARRAYS)
    return finish_segment(folder, name)


def kept_blocks(
    segments: Sequence[Segment], keeps: Sequence[NDArray[np.bool_]]
) -> Iterator[tuple[NDArray[np.float32], NDArray[np.uint8]]]:
    """Sentence vectors and token codes of the kept chunks, some thousands at a time."""
    for segment, keep in zip(segments, keeps, strict=True):
        for start in range(0, len(segment), BLOCK):
            chosen = keep[start : start + BLOCK]
            offsets = segment.offsets[start : start + len(chosen) + 1]
            codes = segment.codes[offsets[0] : offsets[-1]]
            yield segment.dense[start : start + BLOCK][chosen], codes[np.repeat(chosen, np.diff(offsets))]


def merged_vocabulary(segments: Sequence[Segment], keeps: Sequence[NDArray[np.bool_]]) -> dict[str, NDArray[np.int32]]:
    """Token frequencies added up; those of dead chunks are scaled away, since single tokens are not kept."""
    size = max((int(s.vocabulary[-1]) + 1 for s in segments if len(s.vocabulary)), default=0)
    total = np.zeros(size)
    for segment, keep in zip(segments, keeps, strict=True):
        total[segment.vocabulary] += segment.token_frequencies * (keep.sum() / max(len(keep), 1))
    found = np.flatnonzero(total > 0)
    return {
        "vocabulary": found.astype(np.int32),
        "token_frequencies": np.maximum(np.rint(total[found]), 1).astype(np.int32),
    }


def merged_postings(segments: Sequence[Segment], keeps: Sequence[NDArray[np.bool_]]) -> dict[str, NDArray[Any]]:
    """The postings of the kept chunks under the union of all stems."""
    names = sorted({segment.term(i) for segment in segments for i in range(len(segment.term_ends))})
    number = {key: index for index, key in enumerate(names)}
    terms, rows, counts, base = [], [], [], 0
    for segment, keep in zip(segments, keeps, strict=True):
        own = np.array([number[segment.term(i)] for i in range(len(segment.term_ends))], dtype=np.int32)
        sizes = np.diff(segment.posting_ends, prepend=0)
        alive = keep[segment.posting_rows]
        position = (np.cumsum(keep) - 1 + base).astype(np.int32)
        terms.append(np.repeat(own, sizes)[alive])
        rows.append(position[segment.posting_rows[alive]])
        counts.append(segment.posting_counts[alive])
        base += int(keep.sum())
    term = np.concatenate(terms)
    order = np.argsort(term, kind="stable")  # keeps rows ascending within a stem
    sizes = np.bincount(term, minlength=len(names))
    used = np.flatnonzero(sizes)
    return {
        "terms": np.frombuffer(b"".join(names[i] for i in used), dtype=np.uint8),
        "term_ends": np.cumsum([len(names[i]) for i in used], dtype=np.int64),
        "posting_ends": np.cumsum(sizes[used], dtype=np.int64),
        "posting_rows": np.concatenate(rows)[order],
        "posting_counts": np.concatenate(counts)[order],
    }
