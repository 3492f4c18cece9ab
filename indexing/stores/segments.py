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

import numpy as np
from numpy.typing import NDArray

from core.errors import CorruptStore
from core.protocols import Encoding, Floats
from indexing.stores.analysis import stems
from indexing.stores.codec import Codes, TokenCodec
from indexing.stores.names import MARK

ARRAYS = (
    "dense",
    "codes",
    "offsets",
    "token_ids",
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
    first_row : int
        Row of the segment's first chunk in the collection.
    dense : (n, d) float32
        Sentence vectors.
    codes : (t, bytes) uint8
        Token codes of all chunks in turn.
    offsets : (n + 1,) int64
        Where each chunk's tokens begin in `codes`.
    token_ids : (t,) int32
        Vocabulary ids of the tokens.
    terms : (characters,) uint8
        UTF-8 of all stems, and of the keys of names behind `MARK`, in byte order; `term_ends` (w,) says where each ends.
    posting_ends : (w,) int64
        Where each stem's postings end.
    posting_rows, posting_counts : (p,) int32
        Chunk (from 0 in this segment) and occurrences.
    lengths : (n,) int32
        Words of each chunk.
    """

    first_row: int
    dense: Floats
    codes: Codes
    offsets: NDArray[np.int64]
    token_ids: NDArray[np.int32]
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

    def names(self) -> list[set[str]]:
        """Keys of the names of what begins in each chunk (n,)."""
        found: list[set[str]] = [set() for _ in range(len(self))]
        mark = MARK.encode()
        for index in range(len(self.term_ends)):
            term = self.term(index)
            if term.startswith(mark):
                for row in self.postings(term.decode())[0]:
                    found[int(row)].add(term[len(mark) :].decode())
        return found


def build_segment(
    first_row: int,
    texts: Sequence[str],
    encodings: Sequence[Encoding],
    codec: TokenCodec,
    names: Sequence[Collection[str]] = (),
) -> Segment:
    """Arrays of the given chunks; `texts` are what the encoder read, `names` the keys of what begins in each."""
    postings: dict[str, list[tuple[int, int]]] = {}
    lengths = []
    for row, text in enumerate(texts):
        counts = Counter(stems(text))
        lengths.append(sum(counts.values()))
        for stem, count in counts.items():
            postings.setdefault(stem, []).append((row, count))
    for row, keys in enumerate(names):  # a field of its own: not counted in the lengths that BM25 divides by
        for key in keys:
            postings.setdefault(MARK + key, []).append((row, 1))
    terms = sorted((stem.encode(), stem) for stem in postings)
    flat = np.array([pair for _, stem in terms for pair in postings[stem]], dtype=np.int32).reshape(-1, 2)
    return Segment(
        first_row=first_row,
        dense=np.stack([e.sentence for e in encodings]).astype(np.float32),
        codes=codec.encode(np.concatenate([e.tokens for e in encodings])),
        offsets=np.cumsum([0] + [len(e.token_ids) for e in encodings], dtype=np.int64),
        token_ids=np.concatenate([e.token_ids for e in encodings]).astype(np.int32),
        terms=np.frombuffer(b"".join(key for key, _ in terms), dtype=np.uint8),
        term_ends=np.cumsum([len(key) for key, _ in terms], dtype=np.int64),
        posting_ends=np.cumsum([len(postings[stem]) for _, stem in terms], dtype=np.int64),
        posting_rows=np.ascontiguousarray(flat[:, 0]),
        posting_counts=np.ascontiguousarray(flat[:, 1]),
        lengths=np.array(lengths, dtype=np.int32),
    )


def write_segment(folder: Path, name: str, segment: Segment) -> dict[str, str]:
    """Write all arrays durably and return the SHA-256 of each file by array name."""
    folder.mkdir(parents=True, exist_ok=True)
    digests = {}
    for array in ARRAYS:
        path = folder / f"{name}.{array}.npy"
        with path.open("wb") as file:
            np.save(file, getattr(segment, array), allow_pickle=False)
            file.flush()
            os.fsync(file.fileno())
        digests[array] = file_digest(path)
    sync_folder(folder)
    return digests


def read_segment(folder: Path, name: str, first_row: int) -> Segment:
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
            arrays[array] = np.load(path, mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError, EOFError) as error:
            raise CorruptStore(f"{path.name} is damaged or missing", fix="run `vouch doctor --repair`") from error
    return Segment(first_row=first_row, **arrays)


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
