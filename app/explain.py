"""Why a passage was found: the similarity of each of its tokens to each token of the query, as late interaction sees them."""

from __future__ import annotations

import numpy as np

from core.errors import InputError
from core.protocols import Encoder, Floats
from core.types import Frozen

SPARE_TOKENS = 8
"""Left free in each window, for special tokens and for words that split otherwise at its edges."""


class QueryToken(Frozen):
    """A token of the query and its most similar token of the passage: their MaxSim term."""

    text: str
    similarity: float
    token: int


class PassageToken(Frozen):
    """A token of the passage, by characters of the document, and its similarity to each token of the query."""

    start: int
    end: int
    similarities: tuple[float, ...]


class Interaction(Frozen):
    """Token-level MaxSim of a query and a passage; `score` is the mean of the query tokens' terms."""

    query: str
    document_id: str
    start: int
    end: int
    score: float
    query_tokens: tuple[QueryToken, ...]
    tokens: tuple[PassageToken, ...]


def interaction(encoder: Encoder, query: str, document_id: str, text: str, start: int, end: int) -> Interaction:
    """Token-level MaxSim between a query and ``text[start:end]``.

    A passage longer than the encoder reads is read in windows, side by side.

    Parameters
    ----------
    encoder : Encoder
        With late interaction.
    text : str
        Of the whole document.
    start, end : int
        Characters of the passage.

    Raises
    ------
    InputError
        If the encoder has no late interaction, or the span is empty or outside of the text.
    """
    if encoder.token_dimension == 0:
        raise InputError("this encoder has no late interaction", fix="choose an encoder with token vectors")
    if not 0 <= start < end <= len(text) or not text[start:end].strip():
        raise InputError(f"{start}:{end} is no span of this document", fix=f"stay within 0:{len(text)}")
    asked = encoder.encode_query(query)
    if not len(asked.tokens):
        raise InputError("the query has no tokens", fix="ask in words")
    sims, spans = similarities(encoder, asked.tokens, text[start:end])
    best = sims.argmax(axis=0)
    terms = sims.max(axis=0)
    query_tokens = tuple(
        QueryToken(text=query[left:right], similarity=round(float(term), 4), token=int(place))
        for (left, right), term, place in zip(asked.token_spans, terms, best, strict=True)
    )
    tokens = tuple(
        PassageToken(start=start + left, end=start + right, similarities=tuple(round(float(value), 4) for value in row))
        for (left, right), row in zip(spans, sims, strict=True)
    )
    return Interaction(
        query=query,
        document_id=document_id,
        start=start,
        end=end,
        score=float(terms.mean()),
        query_tokens=query_tokens,
        tokens=tokens,
    )


def similarities(encoder: Encoder, query: Floats, passage: str) -> tuple[Floats, list[tuple[int, int]]]:
    """Dot products (t, q) of the tokens of a passage with those of a query (q, m), and the tokens' spans.

    Special tokens, which cover no character, are left out.
    """
    rows: list[Floats] = []
    spans: list[tuple[int, int]] = []
    for left, right in windows(encoder.token_offsets(passage), encoder.max_tokens - SPARE_TOKENS):
        (encoding,) = encoder.encode_documents([passage[left:right]])
        for (begin, stop), vector in zip(encoding.token_spans, encoding.tokens, strict=True):
            if begin < stop:
                rows.append(query @ vector)  # (q,)
                spans.append((left + int(begin), left + int(stop)))
    return np.stack(rows), spans


def windows(offsets: list[tuple[int, int]], size: int) -> list[tuple[int, int]]:
    """Spans of at most `size` tokens that cover all of them.

    Examples
    --------
    >>> windows([(0, 2), (3, 4), (4, 6)], 2)
    [(0, 4), (4, 6)]
    """
    return [
        (offsets[first][0], offsets[min(first + size, len(offsets)) - 1][1]) for first in range(0, len(offsets), size)
    ]
