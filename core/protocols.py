"""What one package asks of another without importing it; `app.bootstrap` hands the objects in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from core.types import Chunk, Document

Floats = NDArray[np.float32]


class Progress(Protocol):
    """Called with how many of how many units are done and what is going on."""

    def __call__(self, done: int, total: int, what: str) -> None:
        """Report `done` of `total` units."""


@dataclass(frozen=True)
class Encoding:
    """One backbone pass over one text.

    Attributes
    ----------
    sentence : (d,) float32
        L2-normalised sentence vector.
    tokens : (t, m) float32
        L2-normalised token vectors for late interaction; their codes (t, bytes) uint8 once a store has compressed them.
    token_ids : (t,) int32
        Their vocabulary ids.
    token_spans : (t, 2) int32
        Character offsets of each token in the encoded text.
    """

    sentence: Floats
    tokens: NDArray[Any]
    token_ids: NDArray[np.int32]
    token_spans: NDArray[np.int32]


class Encoder(Protocol):
    """Encodes queries and documents; both kinds of vectors come from one pass."""

    @property
    def fingerprint(self) -> str:
        """Identifies the weights, pooling and projection."""

    @property
    def dimension(self) -> int:
        """Length of a sentence vector."""

    @property
    def token_dimension(self) -> int:
        """Length of a token vector; 0 where the encoder has no late interaction."""

    @property
    def max_tokens(self) -> int:
        """Longest input in tokens, special tokens included."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, special tokens included."""

    def token_ids(self, texts: Sequence[str]) -> list[NDArray[np.int32]]:
        """Vocabulary ids of each text, special tokens included: those of its token vectors as a document."""

    def token_offsets(self, text: str) -> list[tuple[int, int]]:
        """Character span of each token of `text`, special tokens left out, without a limit on length."""

    def encode_query(self, text: str) -> Encoding:
        """Encode a query; special tokens are dropped from its token vectors."""

    def encode_documents(self, texts: Sequence[str], progress: Progress | None = None) -> list[Encoding]:
        """Encode documents; a text over `max_tokens` raises `InputTooLarge`, nothing is cut."""


class Reader(Protocol):
    """Judges whether passages answer a question."""

    @property
    def name(self) -> str:
        """Shown to people."""

    def answers(self, question: str, texts: Sequence[str]) -> list[float]:
        """Logit that each text answers the question."""


class Reranker(Protocol):
    """Scores pairs jointly (a cross-encoder)."""

    @property
    def name(self) -> str:
        """Shown to people."""

    @property
    def residual(self) -> bool:
        """Whether its scores correct the fused ranking, in its units, instead of ranking on a scale of their own."""

    def score(self, query: str, texts: Sequence[str]) -> list[float]:
        """Relevance of each text to the query, higher is better."""


class LexicalScorer(Protocol):
    """BM25 over texts at hand (`retrieval.bm25_texts.Bm25Texts`)."""

    def scores(self, query: str) -> NDArray[np.float64]:
        """Score of every text (n,), 0 where no word of the query occurs."""


class LexicalScorerFactory(Protocol):
    """Builds a `LexicalScorer` over texts; `app.bootstrap` hands it to the training recipes."""

    def __call__(self, texts: Sequence[str]) -> LexicalScorer:
        """Read the texts."""


@dataclass(frozen=True)
class Prompt:
    """What a language model is given.

    Attributes
    ----------
    system, user : str
        The two messages.
    grammar : str or None
        GBNF grammar that constrains the reply, where the backend can.
    """

    system: str
    user: str
    grammar: str | None = None


class LanguageModel(Protocol):
    """A local or remote language model."""

    @property
    def name(self) -> str:
        """Shown in answers."""

    def stream(
        self,
        prompt: Prompt,
        *,
        max_tokens: int,
        temperature: float,
        stop: Callable[[], bool] | None = None,
    ) -> Iterator[str]:
        """Yield pieces of the reply; ends early once `stop` returns true. Temperature 0 is deterministic."""


class Chunker(Protocol):
    """Cuts documents into retrieval units."""

    @property
    def fingerprint(self) -> str:
        """Identifies the rules and limits."""

    def chunk(self, document: Document) -> list[Chunk]:
        """Chunks in order; each fits the encoder together with its context."""
