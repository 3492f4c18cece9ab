"""Append-only segment files: the vectors, token codes and postings of the chunks that one generation added.

Each array is one ``.npy`` file, written whole, fsynced and named in the database with its SHA-256; readers map it into
memory. A segment is never changed; a crash before its commit leaves files that nothing names, which the next writer
removes.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import CorruptStore
from core.protocols import Encoding, Floats
from indexing.stores.analysis import stems
from indexing.stores.codec import Codes, TokenCodec
from indexing.stores.names import MARK

ARRAYS = (
    "rows",
    "dense",
    "codes",
    "offsets",
    "vocabulary",
    "token_frequencies",
    "terms",
    "term_ends",
    "posting_ends",
    "posting_rows",
    "posting_counts",
    "lengths",
)


@dataclass(frozen=True)
class Segment:
    """The arrays of one segment; `n` chunks, `t` tokens, `w` distinct stems, `p` postings.

    Attributes
    ----------
    rows : (n,) int64
        Row of each chunk in the collection, ascending; compaction leaves gaps.
    dense : (n, d) float32
        Sentence vectors.
    codes : (t, bytes) uint8
        Token codes of all chunks in turn.
    offsets : (n + 1,) int64
        Where each chunk's tokens begin in `codes`.
    vocabulary, token_frequencies : (v,) int32
        The vocabulary ids that occur, ascending, and in how many chunks.
    terms : (characters,) uint8
        UTF-8 of all stems, and of the keys of names behind `MARK`, in byte order; `term_ends` (w,) says where each ends.
    posting_ends : (w,) int64
        Where each stem's postings end.
    posting_rows, posting_counts : (p,) int32
        Chunk (from 0 in this segment) and occurrences.
    lengths : (n,) int32
        Words of each chunk.
    """

    rows: NDArray[np.int64]
    dense: Floats
    codes: Codes
    offsets: NDArray[np.int64]
    vocabulary: NDArray[np.int32]
    token_frequencies: NDArray[np.int32]
    terms: NDArray[np.uint8]
    term_ends: NDArray[np.int64]
    posting_ends: NDArray[np.int64]
    posting_rows: NDArray[np.int32]
    posting_counts: NDArray[np.int32]
    lengths: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.lengths)

    def term(self, index: int) -> bytes:
        """UTF-8 of one stem."""
        start = int(self.term_ends[index - 1]) if index else 0
        return self.terms[start : int(self.term_ends[index])].tobytes()

    def postings(self, stem: str) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Rows (from 0 in this segment) and counts of a stem; empty where it does not occur."""
        key = stem.encode()
        low, high = 0, len(self.term_ends)
        while low < high:
            middle = (low + high) // 2
            if self.term(middle) < key:
                low = middle + 1
            else:
                high = middle
        if low == len(self.term_ends) or self.term(low) != key:
            return self.posting_rows[:0], self.posting_counts[:0]
        start = int(self.posting_ends[low - 1]) if low else 0
        end = int(self.posting_ends[low])
        return self.posting_rows[start:end], self.posting_counts[start:end]


def build_segment(
    first_row: int,
    texts: Sequence[str],
    encodings: Sequence[Encoding],
    codec: TokenCodec,
    names: Sequence[Collection[str]] = (),
    rows: NDArray[np.int64] | None = None,
) -> Segment:
    """Arrays of the given chunks, whose rows follow `first_row` unless given.

    `texts` are what the encoder read, `names` the keys of what begins in each.
    """
    counts = [Counter(stems(text)) for text in texts]
    codes = np.concatenate([e.tokens if e.tokens.dtype == np.uint8 else codec.encode(e.tokens) for e in encodings])
    vocabulary, frequencies = np.unique(np.concatenate([np.unique(e.token_ids) for e in encodings]), return_counts=True)
    return Segment(
        rows=np.arange(first_row, first_row + len(texts), dtype=np.int64) if rows is None else rows,
        dense=np.stack([e.sentence for e in encodings]).astype(np.float32),
        codes=codes,
        offsets=np.cumsum([0] + [len(e.token_ids) for e in encodings], dtype=np.int64),
        vocabulary=vocabulary.astype(np.int32),
        token_frequencies=frequencies.astype(np.int32),
        **postings_of(counts, names),
    )


def postings_of(counted: Sequence[Counter[str]], keys_of: Sequence[Collection[str]] = ()) -> dict[str, Any]:
    """The lexical arrays of chunks whose stems were counted; names are a field of their own, not part of the lengths."""
    called = [dict.fromkeys((MARK + key for key in keys), 1) for keys in keys_of] or [{}] * len(counted)
    counts = [{**counter, **keys} for counter, keys in zip(counted, called, strict=True)]
    names = sorted({stem for counter in counts for stem in counter}, key=str.encode)
    number = {stem: index for index, stem in enumerate(names)}
    total = sum(len(counter) for counter in counts)
    terms = np.fromiter((number[stem] for counter in counts for stem in counter), dtype=np.int64, count=total)
    occurrences = np.fromiter((n for counter in counts for n in counter.values()), dtype=np.int32, count=total)
    rows = np.repeat(np.arange(len(counts), dtype=np.int32), [len(counter) for counter in counts])
    order = np.argsort(terms, kind="stable")  # keeps rows ascending within a stem
    keys = [stem.encode() for stem in names]
    return {
        "terms": np.frombuffer(b"".join(keys), dtype=np.uint8),
        "term_ends": np.cumsum([len(key) for key in keys], dtype=np.int64),
        "posting_ends": np.cumsum(np.bincount(terms, minlength=len(names)), dtype=np.int64),
        "posting_rows": rows[order],
        "posting_counts": occurrences[order],
        "lengths": np.array([counter.total() for counter in counted], dtype=np.int32),
    }


def write_segment(folder: Path, name: str, segment: Segment) -> dict[str, str]:
    """Write all arrays durably and return the SHA-256 of each file by array name."""
    folder.mkdir(parents=True, exist_ok=True)
    for array in ARRAYS:
        write_array(folder / f"{name}.{array}.npy", getattr(segment, array))
    return finish_segment(folder, name)


def write_array(path: Path, values: NDArray[Any]) -> None:
    """Write one ``.npy`` file."""
    with ArrayFile(path, values.dtype, values.shape) as file:
        file.append(values)


class ArrayFile:
    """A ``.npy`` file written block by block; plain writes, since a full disk kills a process that writes through a map.

    Parameters
    ----------
    path : Path
        Replaced where it exists.
    dtype : dtype
        Of the array.
    shape : tuple of int
        Of the whole array; the blocks must add up to it.
    """

    def __init__(self, path: Path, dtype: np.dtype[Any], shape: tuple[int, ...]) -> None:
        self._left = int(np.prod(shape)) * dtype.itemsize
        self._dtype = dtype
        self._file = path.open("wb")
        header = {"descr": np.lib.format.dtype_to_descr(dtype), "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(self._file, header)

    def append(self, block: NDArray[Any]) -> None:
        """Write the next block."""
        if block.size:
            data = np.ascontiguousarray(block, dtype=self._dtype)
            self._file.write(data.reshape(-1).view(np.uint8).data)
            self._left -= data.nbytes

    def __enter__(self) -> ArrayFile:
        return self

    def __exit__(self, kind: object, *error: object) -> None:
        self._file.close()
        if kind is None and self._left:
            raise ValueError(f"{self._left} bytes are missing from the array")


def finish_segment(folder: Path, name: str) -> dict[str, str]:
    """Make the files of a segment durable and return the SHA-256 of each by array name."""
    digests = {}
    for array in ARRAYS:
        path = folder / f"{name}.{array}.npy"
        with path.open("rb") as file:
            os.fsync(file.fileno())
        digests[array] = file_digest(path)
    sync_folder(folder)
    return digests


def read_segment(folder: Path, name: str) -> Segment:
    """Map a segment into memory.

    Raises
    ------
    CorruptStore
        If a file is missing or is not an array.
    """
    arrays = {}
    for array in ARRAYS:
        path = folder / f"{name}.{array}.npy"
        try:
            # a plain array over the map: slices of np.memmap cost several times as much
            arrays[array] = np.load(path, mmap_mode="r", allow_pickle=False).view(np.ndarray)
        except (OSError, ValueError, EOFError) as error:
            raise CorruptStore(f"{path.name} is damaged or missing", fix="run `vouch doctor --repair`") from error
    return Segment(**arrays)


def damaged_files(folder: Path, name: str, digests: dict[str, str]) -> list[str]:
    """Names of the files of a segment that are missing or differ from what was committed."""
    damaged = []
    for array, digest in digests.items():
        path = folder / f"{name}.{array}.npy"
        if not path.exists() or file_digest(path) != digest:
            damaged.append(path.name)
    return damaged


def file_digest(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
