"""The retrieval systems that are compared: subsets of the live cascade, and peers under the same roof.

Chunks become documents by their maximum: a document's score is that of its best chunk.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core.errors import InputError
from core.protocols import Encoder, Encoding, Progress, Reranker
from core.settings import RetrievalSettings
from core.types import STAGES, SearchResult
from evals.collection_index import CollectionIndex
from evals.device_snapshot import DeviceSnapshot
from evals.run_file import Run
from indexing.stores.base import Rows
from retrieval.pipeline import NO_RERANKER, Cascade
from retrieval.scoring.standardise import Scores

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
    encoder : RememberingEncoder or None
        Told all queries beforehand where a stage needs their vectors, so that they are encoded in batches.
    candidates : int
        Nearest chunks that a query asks for.
    joint : bool
        Whether a cross-encoder is among the stages; without one no hits need be made.
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
    encoder: RememberingEncoder | None = None
    candidates: int = 0
    joint: bool = False
    missing: dict[str, str] = field(default_factory=dict)
    timings: dict[str, list[float]] = field(default_factory=dict)

    def run(self, queries: Mapping[str, str], progress: Progress | None = None) -> Run:
        """Search each query."""
        run: Run = {}
        if self.encoder is not None and set(self.stages or STAGES) - {"bm25"}:
            texts = list(queries.values())
            self.encoder.prepare(texts, progress)
            if isinstance(self.index.snapshot, DeviceSnapshot) and texts:
                vectors = np.stack([self.encoder.encode_query(text).sentence for text in texts])  # (q, d)
                self.index.snapshot.prepare(vectors, self.candidates)
        for number, (id, text) in enumerate(queries.items()):
            if progress is not None:
                progress(number, len(queries), f"{self.index.snapshot.generation}: {self.name}")
            run[id] = self._joint(text) if self.joint else self._plain(text)
        return run

    def _plain(self, text: str) -> dict[str, float]:
        """Documents of one query without a cross-encoder."""
        rows, scores, candidates = self.cascade.ranking(self.index.snapshot, text, self.stages)
        self._note(candidates.missing, candidates.timings)
        if "rerank" in (self.stages or STAGES):
            self.missing["rerank"] = NO_RERANKER
        return best_of_rows(rows, scores, self.index.passage_of_row, self.depth)

    def _joint(self, text: str) -> dict[str, float]:
        """Documents of one query by a whole search, cross-encoder included."""
        result = self.cascade.search(self.index.snapshot, text, CHUNKS_A_DOCUMENT * self.depth, self.stages)
        self._note(result.stages_missing, result.timings_ms)
        return best_of_documents(result, self.index.passage_ids, self.depth)

    def _note(self, missing: Mapping[str, str], timings: Mapping[str, float]) -> None:
        self.missing.update(missing)
        for stage, milliseconds in timings.items():
            self.timings.setdefault(stage, []).append(milliseconds)


def best_of_rows(rows: Rows, scores: Scores, passages: Sequence[str], depth: int = DEPTH) -> dict[str, float]:
    """Score of each document, that of its best chunk, from rows best first; the `depth` best documents.

    Examples
    --------
    >>> best_of_rows(np.array([2, 0, 1]), np.array([0.9, 0.5, 0.1]), ["a", "b", "a"], 5)
    {'a': 0.9, 'b': 0.1}
    """
    found: dict[str, float] = {}
    for row, score in zip(rows.tolist(), scores.tolist(), strict=True):
        if len(found) == depth:
            break
        found.setdefault(passages[row], score)
    return found


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
    ranked_by = f"{encoder.fingerprint} {judge} {stages} {learned} {ranking_code()}"
    key = f"{index.folder.name} {ranked_by} {depth} {chosen.model_dump_json()}"
    remembering = encoder if isinstance(encoder, RememberingEncoder) else None
    described = ENGINE.get(name, f"the stages {name}")
    joint = reranker is not None and "rerank" in (stages or STAGES)
    return EngineSystem(name, described, index, cascade, stages, depth, key, remembering, chosen.candidates, joint)


@cache
def ranking_code() -> str:
    """Digest of the code that ranks, so that a run by other code is not taken for one by this."""
    root = Path(__file__).parent.parent
    digest = hashlib.sha256()
    for package in ("retrieval", "indexing/stores"):
        for file in sorted((root / package).rglob("*.py")):
            digest.update(file.relative_to(root).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:12]


class RememberingEncoder:
    """An encoder that encodes each query once, however many systems ask for it.

    Parameters
    ----------
    encoder : Encoder
        The one that made the index.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._known: dict[str, Encoding] = {}

    def prepare(self, texts: Sequence[str], progress: Progress | None = None) -> None:
        """Encode the queries that are still unknown in batches, where the encoder can."""
        in_batches = getattr(self._encoder, "encode_queries", None)
        unknown = [text for text in dict.fromkeys(texts) if text not in self._known]
        if in_batches is not None and unknown:
            self._known.update(zip(unknown, in_batches(unknown, progress), strict=True))

    def encode_query(self, text: str) -> Encoding:
        """As the encoder's, once."""
        if text not in self._known:
            self._known[text] = self._encoder.encode_query(text)
        return self._known[text]

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
