"""Template of all encoders: validation, length control, batching by padded tokens; a backend fills `_forward`.

Sorting by length and batching by padded tokens rather than by number of texts keeps the share of padding small, which is
where most of a naive encoder's time goes; the habit is that of fairseq and sentence-transformers.
"""

from __future__ import annotations

import abc
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from core.errors import InputError, InputTooLarge
from core.protocols import Encoding, Floats, Progress


def batches(lengths: Sequence[int], padded_tokens: int) -> Iterator[list[int]]:
    """Group indices so that each group, padded to its longest, takes at most `padded_tokens`; longest first.

    Examples
    --------
    >>> list(batches([3, 10, 4], padded_tokens=10))
    [[1], [2, 0]]
    """
    group: list[int] = []
    longest = 0
    for index in sorted(range(len(lengths)), key=lambda i: (-lengths[i], i)):
        if group and longest * (len(group) + 1) > padded_tokens:
            yield group
            group = []
        if not group:
            longest = lengths[index]
        group.append(index)
    if group:
        yield group


class TransformerEncoder(abc.ABC):
    """Base of encoders over a Hugging Face fast tokenizer.

    Parameters
    ----------
    batch_tokens : int
        Padded tokens a batch.
    """

    def __init__(self, batch_tokens: int) -> None:
        self._batch_tokens = batch_tokens

    @property
    @abc.abstractmethod
    def fingerprint(self) -> str:
        """Identifies the weights, pooling and projection."""

    @property
    @abc.abstractmethod
    def dimension(self) -> int:
        """Length of a sentence vector."""

    @property
    @abc.abstractmethod
    def token_dimension(self) -> int:
        """Length of a token vector."""

    @property
    @abc.abstractmethod
    def max_tokens(self) -> int:
        """Longest input in tokens, special tokens included."""

    @abc.abstractmethod
    def _tokenize(self, texts: Sequence[str]) -> list[tuple[list[int], list[tuple[int, int]], list[int]]]:
        """Ids, character spans and special-token mask of each text, special tokens included, nothing cut."""

    @abc.abstractmethod
    def _forward(self, ids: NDArray[np.int64], mask: NDArray[np.int64]) -> tuple[Floats, Floats]:
        """Sentence vectors (b, d) and token vectors (b, t, m) of a padded batch, all L2-normalised."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, special tokens included."""
        return [len(ids) for ids, _, _ in self._tokenize(texts)]

    def token_ids(self, texts: Sequence[str]) -> list[NDArray[np.int32]]:
        """Vocabulary ids of each text, special tokens included."""
        return [np.asarray(ids, dtype=np.int32) for ids, _, _ in self._tokenize(texts)]

    def token_offsets(self, text: str) -> list[tuple[int, int]]:
        """Character span of each token of `text`, special tokens left out, without a limit on length."""
        _, spans, special = self._tokenize([text])[0]
        return [span for span, is_special in zip(spans, special, strict=True) if not is_special]

    def encode_query(self, text: str) -> Encoding:
        """Encode one query; its special tokens are dropped from the token vectors.

        Raises
        ------
        InputError
            If the query is blank.
        InputTooLarge
            If it is longer than `max_tokens`.
        """
        if not text.strip():
            raise InputError("the query is empty", fix="ask something")
        return self._encode([text], drop_special=True, progress=None)[0]

    def encode_queries(self, texts: Sequence[str], progress: Progress | None = None) -> list[Encoding]:
        """Encode many queries in batches, each as `encode_query` does up to rounding; for evaluations.

        Raises
        ------
        InputError
            If a query is blank.
        InputTooLarge
            If one is longer than `max_tokens`.
        """
        if not all(text.strip() for text in texts):
            raise InputError("a query is empty", fix="leave it out")
        return self._encode(texts, drop_special=True, progress=progress) if texts else []

    def encode_documents(self, texts: Sequence[str], progress: Progress | None = None) -> list[Encoding]:
        """Encode documents, in the order given.

        Raises
        ------
        InputTooLarge
            If a text is longer than `max_tokens`; nothing is ever cut.
        """
        return self._encode(texts, drop_special=False, progress=progress) if texts else []

    def _encode(self, texts: Sequence[str], *, drop_special: bool, progress: Progress | None) -> list[Encoding]:
        tokenized = self._tokenize(texts)
        lengths = [len(ids) for ids, _, _ in tokenized]
        longest = max(lengths)
        if longest > self.max_tokens:
            raise InputTooLarge(
                f"a text of {longest} tokens is longer than the {self.max_tokens} its encoder reads",
                fix="shorten the question" if drop_special else "lower `ingest.chunk_tokens`",
            )
        encodings: list[Encoding | None] = [None] * len(texts)
        done = 0
        for group in batches(lengths, self._batch_tokens):
            width = lengths[group[0]]
            ids = np.zeros((len(group), width), dtype=np.int64)  # (b, t)
            mask = np.zeros((len(group), width), dtype=np.int64)  # (b, t)
            for row, index in enumerate(group):
                ids[row, : lengths[index]] = tokenized[index][0]
                mask[row, : lengths[index]] = 1
            sentence, tokens = self._forward(ids, mask)  # (b, d), (b, t, m)
            for row, index in enumerate(group):
                token_ids, spans, special = tokenized[index]
                keep = np.flatnonzero(np.asarray(special) == 0) if drop_special else np.arange(lengths[index])
                encodings[index] = Encoding(
                    sentence=sentence[row],
                    tokens=tokens[row, keep],
                    token_ids=np.asarray(token_ids, dtype=np.int32)[keep],
                    token_spans=np.asarray(spans, dtype=np.int32)[keep],
                )
            done += len(group)
            if progress is not None:
                progress(done, len(texts), "encoding")
        return [encoding for encoding in encodings if encoding is not None]
