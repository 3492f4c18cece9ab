"""Candidates of a query: what BM25, the sentence vectors and the neighbours find, and what each stage says of it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from core.protocols import Encoder, Encoding
from core.settings import RetrievalSettings
from core.types import StageName
from indexing.stores.analysis import query_stems
from indexing.stores.base import FirstStages, Rows, Snapshot, StageScores
from indexing.stores.codec import get_codec
from indexing.stores.names import name_key
from retrieval.late_interaction import maxsim_scores, weighted_tokens
from retrieval.lexical import bm25_scores, top_rows
from retrieval.neighbours import nearest_to_seeds
from retrieval.ranked_by_engine import ranked_pools, score_remotely
from retrieval.scoring.standardise import Scores

NO_LATE_INTERACTION = "this encoder has no token vectors"


@dataclass
class Candidates:
    """Candidates of one query and what each stage says of them."""

    rows: Rows
    scores: dict[str, Scores] = field(default_factory=dict)
    neighbours: dict[int, float] = field(default_factory=dict)
    timings: dict[str, float] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    verdicts: dict[str, str] = field(default_factory=dict)
    named: Rows = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    run: list[StageName] = field(default_factory=list)


@dataclass(frozen=True)
class Probe:
    """What the first stages know of a query: its encoding, BM25's score of every row, and the rows they found.

    An engine that ranks by itself is asked with `request`, and `ranked` is what it found.
    """

    encoding: Encoding | None
    lexical: Scores | None
    rows: Rows
    request: FirstStages | None = None
    ranked: StageScores | None = None


class CandidateStages:
    """Every stage but the cross-encoder.

    Parameters
    ----------
    encoder : Encoder
        The one that made the index.
    settings : RetrievalSettings
        Numbers of candidates, seeds and neighbours; parameters of BM25.
    """

    def __init__(self, encoder: Encoder, settings: RetrievalSettings) -> None:
        self._encoder = encoder
        self._settings = settings
        self._codec = get_codec(encoder.token_dimension)

    def probe(self, snapshot: Snapshot, query: str, wanted: Sequence[StageName], result: Candidates) -> Probe:
        """What the first stages find for a query."""
        nothing = np.zeros(0, dtype=np.int64)
        if not len(snapshot):
            return Probe(None, None, nothing)
        settings = self._settings
        encoding = self._encode(query, wanted, result)
        lexical: Scores | None = None
        request: FirstStages | None = None
        ranked: StageScores | None = None
        pools: list[Rows] = []
        if snapshot.ranks_itself:
            request = self._request(snapshot, query, encoding, wanted)
            pools, ranked = ranked_pools(snapshot, request, wanted, result)
        elif "bm25" in wanted:
            with Timer(result, "bm25"):
                lexical = bm25_scores(snapshot, query, settings)
                pools.append(top_rows(lexical, settings.candidates))
        if "dense" in wanted and encoding is not None and not snapshot.ranks_itself:
            with Timer(result, "dense"):
                pools.append(snapshot.dense_search(encoding.sentence, settings.candidates)[0])
        if {"bm25", "dense"} <= set(wanted):  # a single stage's ranking stays its own
            started = time.perf_counter()
            result.named = snapshot.named(name_key(query))
            result.timings["names"] = (time.perf_counter() - started) * 1000
        rows = np.unique(np.concatenate([*pools, result.named])) if pools else nothing
        if "neighbours" in wanted:
            with Timer(result, "neighbours"):
                seeds = interleave(pools)
                result.neighbours = nearest_to_seeds(snapshot, seeds, settings.seeds, settings.neighbours)
                rows = np.unique(np.concatenate([rows, np.array(list(result.neighbours), dtype=np.int64)]))
        return Probe(encoding, lexical, rows, request, ranked)

    def _request(
        self, snapshot: Snapshot, query: str, encoding: Encoding | None, wanted: Sequence[StageName]
    ) -> FirstStages:
        """What an engine that ranks by itself is asked."""
        settings = self._settings
        stems = query_stems(query) if "bm25" in wanted else []
        vector = encoding.sentence if encoding is not None and "dense" in wanted else None
        tokens = None
        if encoding is not None and "colbert" in wanted and self._encoder.token_dimension:
            tokens = weighted_tokens(snapshot, self._codec, encoding)
        return FirstStages(stems, settings.bm25_k1, settings.bm25_b, vector, tokens, settings.candidates)

    def score(self, snapshot: Snapshot, probe: Probe, wanted: Sequence[StageName], result: Candidates) -> None:
        """Score the rows of `result` at every stage but the cross-encoder."""
        rows, encoding = result.rows, probe.encoding
        if probe.request is not None and probe.ranked is not None:
            score_remotely(snapshot, probe.request, probe.ranked, result)
            if "colbert" in wanted and not self._encoder.token_dimension:
                result.missing["colbert"] = NO_LATE_INTERACTION
            return
        if probe.lexical is not None:
            result.scores["bm25"] = probe.lexical[rows]
        if "dense" in wanted and encoding is not None:
            result.scores["dense"] = (snapshot.dense_vectors(rows) @ encoding.sentence).astype(np.float64)
        if "colbert" in wanted and encoding is not None:
            if self._encoder.token_dimension:
                with Timer(result, "colbert"):
                    result.scores["colbert"] = maxsim_scores(snapshot, self._codec, encoding, rows)
            else:
                result.missing["colbert"] = NO_LATE_INTERACTION

    def _encode(self, query: str, wanted: Sequence[StageName], result: Candidates) -> Encoding | None:
        if not {"dense", "colbert"} & set(wanted):
            return None
        started = time.perf_counter()
        encoding = self._encoder.encode_query(query)
        result.timings["encode"] = (time.perf_counter() - started) * 1000
        return encoding


def interleave(pools: Sequence[Rows]) -> Rows:
    """Rows of several rankings in turn, each once.

    Examples
    --------
    >>> interleave([np.array([1, 2]), np.array([2, 3])]).tolist()
    [1, 2, 3]
    """
    seen: dict[int, None] = {}
    for depth in range(max((len(pool) for pool in pools), default=0)):
        for pool in pools:
            if depth < len(pool):
                seen.setdefault(int(pool[depth]))
    return np.array(list(seen), dtype=np.int64)


class Timer:
    """Notes how long a stage took and that it ran."""

    def __init__(self, candidates: Candidates, stage: StageName) -> None:
        self._candidates = candidates
        self._stage = stage

    def __enter__(self) -> None:
        self._started = time.perf_counter()

    def __exit__(self, *error: object) -> None:
        self._candidates.timings[self._stage] = (time.perf_counter() - self._started) * 1000
        if self._stage not in self._candidates.run:
            self._candidates.run.append(self._stage)
