"""Find what answers a question: hits of a collection, the sentences in them, and how probable it is that they answer."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from algorithms.registry import Algorithm
from answering.abstain import calibration, features, probability
from answering.beyond import beyond_documents, kind_missing
from answering.evidence import Evidence, choose_evidence, fold
from answering.instructions import about_instructions, is_instruction, parted
from answering.requests import Question
from answering.route import Route
from core.protocols import Encoder, Encoding, Reader
from core.settings import Settings
from core.types import Hit, SearchResult
from indexing.chunking.blocks import sentences as sentence_spans
from indexing.stores.base import Snapshot
from retrieval.pipeline import Cascade
from retrieval.scoring.maxsim import root_idf
from retrieval.topics import NO_TOPICS, Topics, topics_of

BEARS_ON_VALUES, BEARS_ON_ALGORITHM, LEAST_BESIDE_RUN = 0.6, 0.55, 0.5
"""Relevance from which sentences found by a question with values, or by the algorithm that was run on them, stand beside its
run; the first are kept down to the last where the second say nothing."""
KIND_HITS = 5
"""Hits of which one must hold the kind of thing that is asked for."""
BEYOND = 0.3
"""Of the probability that is left where no document can know, or no passage holds what is asked for."""


@dataclass(frozen=True)
class Found:
    """Hits of one collection, the evidence in them and how probable it is that they answer."""

    result: SearchResult
    evidence: Evidence
    probability: float
    features: dict[str, float]


class Finder:
    """Searches snapshots for what answers.

    Parameters
    ----------
    cascade, encoder
        The read path.
    reader : Reader
        Judges whether a passage answers.
    settings : Settings
        How many hits, and how topics weigh.
    """

    def __init__(self, cascade: Cascade, encoder: Encoder, reader: Reader, settings: Settings) -> None:
        self._cascade = cascade
        self._encoder = encoder
        self._reader = reader
        self._settings = settings

    def find(
        self,
        snapshot: Snapshot | None,
        query: str,
        request: Question,
        kind: Route,
        timings: dict[str, float],
        topics: Topics,
    ) -> Found | None:
        """Hits and evidence of the user's collection; None where it is missing or empty."""
        result = self.search(snapshot, query, request, timings, "retrieval", topics)
        return None if result is None else self.assess(snapshot, result, query, kind, timings, "retrieval")

    def search(
        self,
        snapshot: Snapshot | None,
        query: str,
        request: Question,
        timings: dict[str, float],
        name: str,
        topics: Topics = NO_TOPICS,
        least: int = 1,
    ) -> SearchResult | None:
        """At least `least` hits of one collection; None where it is missing or empty."""
        if snapshot is None or not len(snapshot):
            return None
        started = time.perf_counter()
        result = self._cascade.search(snapshot, query, max(least, self.hits(request)), request.stages, topics)
        timings[name] = (time.perf_counter() - started) * 1000
        return result

    def hits(self, request: Question) -> int:
        """Passages that evidence is taken from."""
        return request.k or self._settings.answer.hits

    def assess(
        self,
        snapshot: Snapshot | None,
        result: SearchResult,
        query: str,
        kind: Route,
        timings: dict[str, float],
        name: str,
    ) -> Found:
        """The evidence in some hits, and how probable it is that they answer."""
        assert snapshot is not None
        started = time.perf_counter()
        encoding = self._encoder.encode_query(query)
        evidence = self.evidence(snapshot, query, result.hits, kind)
        hits = [less_orders(hit, query, encoding, evidence.coverage, self._encoder) for hit in result.hits]
        values = features(query, snapshot, hits, evidence, self._reader)
        timings[name] += (time.perf_counter() - started) * 1000
        chance = probability(values, calibration())
        if beyond_documents(query, date.today().year) or kind_missing(query, [hit.text for hit in hits[:KIND_HITS]]):
            chance *= BEYOND
        return Found(result, evidence, chance, values)

    def evidence(self, snapshot: Snapshot, query: str, hits: Sequence[Hit], kind: Route) -> Evidence:
        """The sentences of some hits that answer a question."""
        encoding = self._encoder.encode_query(query)
        weights = root_idf(snapshot.token_frequencies(encoding.token_ids), len(snapshot))
        return choose_evidence(encoding, weights, hits, self._encoder, kind, query)

    def beside_run(self, snapshot: Snapshot | None, used: Found, entry: Algorithm) -> Found:
        """The evidence as it stands beside a run on the question's values: about what was computed, or none.

        Numbers of a question match numbers of any text, so the sentences are looked for by what the algorithm is.
        """
        assert snapshot is not None
        evidence = used.evidence
        if evidence.best < BEARS_ON_VALUES:
            about = self.evidence(snapshot, f"{entry.name}. {entry.summary}", used.result.hits, "compute")
            evidence = about if about.best >= BEARS_ON_ALGORITHM else evidence
            if evidence.best < LEAST_BESIDE_RUN:
                evidence = replace(evidence, sentences=())
        told = fold(entry.summary)  # opens the run's own text, and the handbook's article of the algorithm too
        sentences = tuple(sentence for sentence in evidence.sentences if fold(sentence.text) != told)
        return replace(used, evidence=replace(evidence, sentences=sentences))

    def topics(self, request: Question, builtin: SearchResult | None) -> Topics:
        """What the question is about in the handbook's words, for the cascade as it runs by default."""
        if builtin is None or request.stages is not None or request.collection == "handbook":
            return NO_TOPICS
        return topics_of(builtin.hits, self._settings.retrieval.topics)


def less_orders(hit: Hit, query: str, question: Encoding, coverage: float, encoder: Encoder) -> Hit:
    """A hit as it would be found without the orders to the assistant in it, so that they cannot make a question answerable."""
    if about_instructions(query):
        return hit
    spans = [part for span in sentence_spans(hit.text, 0, len(hit.text)) for part in parted(hit.text, *span)]
    kept = [hit.text[start:end] for start, end in spans if not is_instruction(hit.text[start:end])]
    if len(kept) == len(spans):
        return hit
    text = "\n".join(kept)
    dense = float(encoder.encode_documents([text])[0].sentence @ question.sentence) if text.strip() else 0.0
    limits = {"dense": dense, "colbert": coverage if text.strip() else 0.0}
    stages = {
        name: stage.model_copy(update={"score": min(stage.score, limits[name])})
        if stage is not None and name in limits
        else stage
        for name, stage in hit.stages.items()
    }
    return hit.model_copy(update={"text": text, "stages": stages})


def covers(found: Found | None, bar: float) -> bool:
    """Whether what was found answers with at least a probability of `bar`."""
    return found is not None and found.probability >= bar and bool(found.evidence.sentences)
