"""How near a sentence is to what is wrongly said and to what is right, by sentence vectors."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from checking.errata_book import Erratum
from core.protocols import Encoder, Floats
from indexing.stores.analysis import query_stems

REMEMBERED = 20_000
"""Sentences whose vectors are kept."""


@dataclass(frozen=True)
class Cosines:
    """Cosines of n sentences with the wrong and right statements of a book.

    Attributes
    ----------
    wrong, right : (n, w), (n, r) float32
        Zero for a sentence that is longer than the encoder reads: so long a piece is no statement.
    wrong_starts, right_starts : (e,) int
        Where the statements of each entry begin.
    """

    wrong: Floats
    right: Floats
    wrong_starts: NDArray[np.int64]
    right_starts: NDArray[np.int64]

    def of(self, row: int, entry: int) -> tuple[Floats, Floats]:
        """Cosines of one sentence with the wrong and the right statements of one entry."""
        return run(self.wrong[row], self.wrong_starts, entry), run(self.right[row], self.right_starts, entry)


def run(row: Floats, starts: NDArray[np.int64], entry: int) -> Floats:
    """The values of one entry in a row."""
    end = starts[entry + 1] if entry + 1 < len(starts) else len(row)
    return row[starts[entry] : end]


class Paraphrases:
    """Vectors of the wrong and right statements of a book.

    Parameters
    ----------
    book : sequence of Erratum
        Its claims and examples are wrong, its corrections and look-alikes right.
    encoder : Encoder
        Gives the sentence vectors.
    folder : Path or None
        Where the book's vectors are kept between processes.
    """

    def __init__(self, book: Sequence[Erratum], encoder: Encoder, folder: Path | None = None) -> None:
        self._encoder = encoder
        self._folder = folder
        self._wrong = [text for entry in book for text in (entry.claim, *entry.examples)]
        self._right = [text for entry in book for text in (entry.correct, *entry.right)]
        self._wrong_counts = [1 + len(entry.examples) for entry in book]
        self._wrong_starts = starts(self._wrong_counts)
        self._tokens: dict[int, list[NDArray[np.float32]]] = {}
        self._right_starts = starts([1 + len(entry.right) for entry in book])
        owners = np.repeat(np.arange(len(book)), [1 + len(entry.examples) for entry in book])
        self._words = [(frozenset(query_stems(t)), int(o)) for t, o in zip(self._wrong, owners, strict=True)]
        self._by_stem: dict[str, list[int]] = {}
        for index, (words, _) in enumerate(self._words):
            for stem in words:
                self._by_stem.setdefault(stem, []).append(index)
        self._vectors: NDArray[np.float32] | None = None
        self._seen: dict[str, Floats | None] = {}
        self._lock = threading.Lock()

    def prepare(self) -> None:
        """Encode the book, or read its vectors from the folder."""
        self._book()

    def share_words(self, stems: Sequence[str], share: float) -> set[int]:
        """Entries of which one wrong statement has at least this share of its words among `stems`."""
        counts: dict[int, int] = {}
        for stem in set(stems):
            for index in self._by_stem.get(stem, ()):
                counts[index] = counts.get(index, 0) + 1
        return {self._words[i][1] for i, count in counts.items() if count >= share * len(self._words[i][0])}

    def nearness(self, sentences: Sequence[str]) -> tuple[Floats, Floats]:
        """Cosine of each sentence with the nearest wrong and the nearest right statement of each entry.

        Returns
        -------
        (n, e) float32, (n, e) float32
            Zero for a sentence that is longer than the encoder reads: so long a piece is no statement.
        """
        near = self.cosines(sentences)
        wrong = np.maximum.reduceat(near.wrong, self._wrong_starts, axis=1)
        right = np.maximum.reduceat(near.right, self._right_starts, axis=1)
        return wrong, right

    def cosines(self, sentences: Sequence[str]) -> Cosines:
        """Cosine of each sentence with each statement of the book."""
        vectors = self._encode(sentences)  # (n, d)
        book = self._book()  # (w + r, d)
        cut = len(self._wrong)
        return Cosines(vectors @ book[:cut].T, vectors @ book[cut:].T, self._wrong_starts, self._right_starts)

    def closeness(self, question: str, texts: Sequence[str]) -> list[float]:
        """Cosine of a question with each text."""
        vectors = self._encode([question, *texts])  # (1 + n, d)
        return [float(cosine) for cosine in vectors[1:] @ vectors[0]]

    def named(self, question: str, entries: Sequence[int]) -> list[float]:
        """How much of a wrong statement of each entry the question names, for the statement of which that is most.

        Mean over the statement's tokens of the best cosine with a token of the question: MaxSim with the statement as query.
        """
        if not entries:
            return []
        asked = self._encoder.encode_documents([question])[0].tokens  # (q, m)
        return [
            max(float((asked @ tokens.T).max(axis=0).mean()) for tokens in self._statement_tokens(entry))
            for entry in entries
        ]

    def _statement_tokens(self, entry: int) -> list[NDArray[np.float32]]:
        """Token vectors (t, m) of each wrong statement of an entry; kept, since the same questions come again."""
        found = self._tokens.get(entry)
        if found is None:
            first, last = self._wrong_starts[entry], self._wrong_starts[entry] + self._wrong_counts[entry]
            found = [encoding.tokens for encoding in self._encoder.encode_documents(self._wrong[first:last])]
            self._tokens[entry] = found
        return found

    def _encode(self, sentences: Sequence[str]) -> NDArray[np.float32]:
        remembered = self._seen  # another thread may put a new one in its place
        vectors = {sentence: remembered[sentence] for sentence in sentences if sentence in remembered}
        new = [sentence for sentence in dict.fromkeys(sentences) if sentence not in vectors]
        lengths = self._encoder.count_tokens(new) if new else []
        fit = [s for s, length in zip(new, lengths, strict=True) if length <= self._encoder.max_tokens]
        made: dict[str, Floats | None] = dict.fromkeys(new)
        for sentence, encoding in zip(fit, self._encoder.encode_documents(fit), strict=True):
            made[sentence] = encoding.sentence.copy()  # a row of a batch would keep all of the batch
        if len(remembered) > REMEMBERED:
            self._seen = dict(vectors)
        self._seen.update(made)
        vectors.update(made)
        none = np.zeros(self._encoder.dimension, dtype=np.float32)
        return np.stack([none if (vector := vectors[sentence]) is None else vector for sentence in sentences])

    def _book(self) -> NDArray[np.float32]:
        """Vectors of the wrong and then the right statements, read from the folder where they lie."""
        with self._lock:
            if self._vectors is None:
                self._vectors = self._read_or_encode([*self._wrong, *self._right])
            return self._vectors

    def _read_or_encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        key = hashlib.sha256("\0".join((self._encoder.fingerprint, *texts)).encode()).hexdigest()[:16]
        path = self._folder / f"errata-{key}.npy" if self._folder is not None else None
        if path is not None and path.exists():
            return np.asarray(np.load(path, allow_pickle=False), dtype=np.float32)
        vectors = np.stack([encoding.sentence for encoding in self._encoder.encode_documents(texts)])
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            partial = path.with_suffix(f".{threading.get_ident()}.part")
            with partial.open("wb") as file:
                np.save(file, vectors.astype(np.float16))
            partial.replace(path)  # a reader never sees half a file
        return vectors.astype(np.float16).astype(np.float32)


def starts(counts: Sequence[int]) -> NDArray[np.int64]:
    """Where each run of the given lengths begins.

    Examples
    --------
    >>> starts([2, 3, 1]).tolist()
    [0, 2, 5]
    """
    return np.concatenate([[0], np.cumsum(counts)[:-1]]).astype(np.int64)
