"""The retrieval systems that are compared: subsets of the live cascade, and peers under the same roof.

Chunks become documents by their maximum: a document's score is that of its best chunk.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core.errors import InputError
from core.protocols import Encoder, Encoding, Progress, Reranker
from core.settings import RetrievalSettings
from core.types import STAGES, SearchResult
from evals.collection_index import CollectionIndex
from evals.run_file import Run
from retrieval.pipeline import Cascade

DEPTH = 1000
"""Documents a run holds at most, as in TREC."""
CHUNKS_A_DOCUMENT = 4
"""Chunks looked at for each document that a run may hold."""

ENGINE = {
    "bm25": "BM25 over chunks alone",
    "dense": "sentence vectors alone, exact search",
    "colbert": "late interaction alone, over the candidates of BM25 and the sentence vectors",
    "hybrid": "weighted z-scores of BM25 and the sentence vectors",
    "full": "what search does by default: every stage of the profile, label-free weights",
    "learned": "every stage of the profile, with the weights that the collection learned (`vouch models fusion`)",
}


class System(Protocol):
    """Ranks documents for queries."""

    name: str
    description: str

    def run(self, queries: Mapping[str, str], progress: Progress | None = None) -> Run:
        """Scores of the documents found for each query, at most `DEPTH` of them."""


@dataclass
class EngineSystem:
    """Some stages of the cascade over one index.

    Attributes
    ----------
    name, description : str
        For people.
    index : CollectionIndex
        What is searched.
    cascade : Cascade
        With the settings of this system.
    stages : sequence of str or None
        None: those that search runs by default.
    missing : dict
        Stages that were asked for and did not run, with the reason.
    depth : int
        Documents of a run for each query.
    key : str
        Changes with anything that may change a rank.
    timings : dict
        Milliseconds of each stage, one number a query.
    """

    name: str
    description: str
    index: CollectionIndex
    cascade: Cascade
    stages: Sequence[str] | None
    depth: int = DEPTH
    key: str = ""
    missing: dict[str, str] = field(default_factory=dict)
    timings: dict[str, list[float]] = field(default_factory=dict)

    def run(self, queries: Mapping[str, str], progress: Progress | None = None) -> Run:
        """Search each query."""
        run: Run = {}
        for number, (id, text) in enumerate(queries.items()):
            if progress is not None:
                progress(number, len(queries), f"{self.index.snapshot.generation}: {self.name}")
            result = self.cascade.search(self.index.snapshot, text, CHUNKS_A_DOCUMENT * self.depth, self.stages)
            self.missing.update(result.stages_missing)
            for stage, milliseconds in result.timings_ms.items():
                self.timings.setdefault(stage, []).append(milliseconds)
            run[id] = best_of_documents(result, self.index.passage_ids, self.depth)
        return run


def best_of_documents(result: SearchResult, passage_ids: Mapping[str, str], depth: int = DEPTH) -> dict[str, float]:
    """Score of each document: that of its best chunk; the `depth` best documents."""
    scores: dict[str, float] = {}
    for hit in result.hits:  # best first, so the first chunk of a document is its best
        if len(scores) == depth:
            break
        scores.setdefault(passage_ids[hit.document_id], hit.score)
    return scores


def engine_system(
    name: str,
    index: CollectionIndex,
    encoder: Encoder,
    reranker: Reranker | None,
    settings: RetrievalSettings,
    rerank_candidates: int,
    depth: int = DEPTH,
) -> EngineSystem:
    """A system of the live engine by its name: one of `ENGINE`, or stage names joined by ``+``.

    The systems of one stage keep four chunks for each document of the run, at most 2,000, as candidates rather than
    search's own number, which changes no rank and lets measures that look deep (AP, recall) see what that stage can do.
    The others keep search's own settings. Hits are not widened, since a wider hit is still of the same document.

    Raises
    ------
    InputError
        If there is no such system.
    """
    narrow = settings.model_copy(update={"hit_characters": 0, "fusion": "auto" if name == "learned" else "label-free"})
    deep = narrow.model_copy(update={"candidates": min(2000, CHUNKS_A_DOCUMENT * depth)})
    stages: Sequence[str] | None
    if name in {"bm25", "dense"}:
        chosen, stages = deep, (name,)
    elif name == "colbert":
        chosen = narrow.model_copy(update={"bm25_weight": 0.0, "dense_weight": 0.0, "colbert_weight": 1.0})
        stages = ("bm25", "dense", "colbert")
    elif name == "hybrid":
        chosen, stages = narrow, ("bm25", "dense")
    elif name in {"full", "learned"}:
        chosen, stages = narrow, None
    elif set(name.split("+")) <= set(STAGES):
        chosen, stages = narrow, tuple(name.split("+"))
    else:
        raise InputError(
            f"there is no system {name!r}",
            fix=f"the systems are {', '.join(ENGINE)}, stages joined by '+', and the baselines of `vouch eval --help`",
        )
    cascade = Cascade(encoder, reranker, chosen, rerank_candidates)
    judge = f"{reranker.name} {rerank_candidates}" if reranker else "none"
    learned = index.snapshot.fusion if name == "learned" else None
    key = f"{index.folder.name} {encoder.fingerprint} {judge} {stages} {depth} {chosen.model_dump_json()} {learned}"
    return EngineSystem(name, ENGINE.get(name, f"the stages {name}"), index, cascade, stages, depth, key)


class RememberingEncoder:
    """An encoder that encodes each query once, however many systems ask for it.

    Parameters
    ----------
    encoder : Encoder
        The one that made the index.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.encode_query: Callable[[str], Encoding] = lru_cache(maxsize=20_000)(encoder.encode_query)

    @property
    def fingerprint(self) -> str:
        """As the encoder's."""
        return self._encoder.fingerprint

    @property
    def dimension(self) -> int:
        """As the encoder's."""
        return self._encoder.dimension

    @property
    def token_dimension(self) -> int:
        """As the encoder's."""
        return self._encoder.token_dimension

    @property
    def max_tokens(self) -> int:
        """As the encoder's."""
        return self._encoder.max_tokens

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """As the encoder's."""
        return self._encoder.count_tokens(texts)

    def token_ids(self, texts: Sequence[str]) -> list[NDArray[np.int32]]:
        """As the encoder's."""
        return self._encoder.token_ids(texts)

    def token_offsets(self, text: str) -> list[tuple[int, int]]:
        """As the encoder's."""
        return self._encoder.token_offsets(text)

    def encode_documents(self, texts: Sequence[str], progress: Progress | None = None) -> list[Encoding]:
        """As the encoder's."""
        return self._encoder.encode_documents(texts, progress)
