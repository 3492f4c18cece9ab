"""The answer path: condense, route, retrieve, choose evidence, decide, run, compose, verify."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal

from pydantic import Field

from algorithms.registry import Algorithm
from answering.abstain import calibration, features, probability, threshold
from answering.beyond import beyond_documents, kind_missing
from answering.choose_runs import ALGORITHMS_PREFIX, plan_runs
from answering.compose import IN_SHORT, blocks_of, cite, lead_sentence, rendered
from answering.condense import check_question, condense
from answering.describe import describe
from answering.disagree import disagreements
from answering.evidence import Evidence, choose_evidence, fold
from answering.execute import Executor
from answering.instructions import about_instructions, is_instruction, parted
from answering.link import AlgorithmLinker
from answering.overlay import correct, review
from answering.pages import on_their_pages
from answering.route import Route, route
from checking.recognise import Recogniser
from core.errors import NotFound, VouchError
from core.protocols import Encoder, Encoding, LanguageModel, Reader
from core.settings import Settings
from core.types import Answer, Citation, Document, Execution, Frozen, Hit, ModelInfo, SearchResult, Turn, Warning
from indexing.chunking.blocks import sentences as sentence_spans
from indexing.stores.base import Snapshot
from retrieval.pipeline import Cascade, check_stages
from retrieval.scoring.maxsim import root_idf
from retrieval.topics import NO_TOPICS, Topics, topics_of

EventKind = Literal["token", "citation", "execution", "warning", "done"]
HANDBOOK_NOTICE = "Your documents do not cover this; the built-in handbook does."
HANDBOOK_ALONE = "You have no documents of your own here; the built-in handbook answers."
HANDBOOK_BAR = 0.9
"""The handbook answers only what it is sure of: nobody chose its documents for this question."""
RUN_HITS = 32
"""Hits of the handbook among which an algorithm that takes the question's values is looked for."""
BEARS_ON_VALUES, BEARS_ON_ALGORITHM, LEAST_BESIDE_RUN = 0.6, 0.55, 0.5
"""Relevance from which sentences found by a question with values, or by the algorithm that was run on them, stand beside its
run; the first are kept down to the last where the second say nothing."""
KIND_HITS = 5
"""Hits of which one must hold the kind of thing that is asked for."""
BEYOND = 0.3
"""Of the probability that is left where no document can know, or no passage holds what is asked for."""
NOT_COVERED = "The indexed documents do not answer this."


class Question(Frozen):
    """A request to answer."""

    question: str = Field(min_length=1, max_length=20_000)
    history: tuple[Turn, ...] = Field((), max_length=200)
    collection: str = "default"
    k: int | None = Field(None, ge=1, le=50)
    stages: tuple[str, ...] | None = None
    risk: float | None = Field(None, ge=0, le=1)
    temperature: float = Field(0.0, ge=0, le=2)
    handbook: bool = True
    trace: bool = False


@dataclass(frozen=True)
class Event:
    """One step of a streamed answer; `data` is a piece of text, a type of core, or the whole answer."""

    kind: EventKind
    data: Any


@dataclass(frozen=True)
class Found:
    """Hits of one collection, the evidence in them and how probable it is that they answer."""

    result: SearchResult
    evidence: Evidence
    probability: float
    features: dict[str, float]


@dataclass
class Draft:
    """An answer in the making."""

    citations: list[Citation] = field(default_factory=list)
    executions: list[Execution] = field(default_factory=list)
    computed: list[str] = field(default_factory=list)
    """What runs on the question's values gave, in words."""
    shown: list[str] = field(default_factory=list)
    """What runs of examples gave, in words."""
    warnings: list[Warning] = field(default_factory=list)
    timings: dict[str, float] = field(default_factory=dict)
    llm_used: bool = False


class Assistant:
    """Answers questions over snapshots.

    Parameters
    ----------
    cascade, encoder
        The read path.
    entries : mapping
        The registry's catalog.
    executor : Executor
        Runs algorithms.
    model : callable
        Gives the language model, or None for purely extractive answers; called when it is first needed.
    snapshot : callable
        Snapshot of a collection by name, or None where there is none.
    settings : Settings
        Limits and defaults.
    errata : Recogniser or None
        Knows wrong claims; None for recognition by their wording alone.
    reader : Reader
        Judges whether a passage answers.
    """

    def __init__(
        self,
        cascade: Cascade,
        encoder: Encoder,
        entries: Mapping[str, Algorithm],
        executor: Executor,
        model: Callable[[], LanguageModel | None],
        snapshot: Callable[[str], Snapshot | None],
        settings: Settings,
        errata: Recogniser | None,
        reader: Reader,
    ) -> None:
        self._cascade = cascade
        self._encoder = encoder
        self._entries = entries
        self._linker = AlgorithmLinker(entries)
        self._executor = executor
        self._model = model
        self._snapshot = snapshot
        self._settings = settings
        self._errata = errata
        self._reader = reader

    def ask(self, question: Question) -> Answer:
        """One whole answer.

        Raises
        ------
        InputError
            If the question has no word or a stage makes no sense.
        """
        answer: Answer | None = None
        for event in self.events(question):
            if event.kind == "done":
                answer = event.data
        assert answer is not None
        return answer

    def events(self, request: Question, stop: Callable[[], bool] | None = None) -> Iterator[Event]:
        """The answer step by step; the last event holds it whole."""
        started = time.perf_counter()
        check_question(request.question)
        check_stages(request.stages)
        draft = Draft()
        standalone = condense(request.question, request.history, self._linker)
        kind = route(standalone)
        wide = self._search(self._snapshot("handbook"), standalone, request, draft, "handbook", least=RUN_HITS)
        builtin = None if wide is None else wide.model_copy(update={"hits": wide.hits[: self._hits(request)]})
        topics = self._topics(request, builtin)
        own = self._find(self._snapshot(request.collection), standalone, request, kind, draft, topics)
        bar = threshold(self._settings.answer.risk if request.risk is None else request.risk, calibration())
        handbook: Found | None = None
        if builtin is not None and not covers(own, bar) and request.handbook and self._settings.answer.handbook:
            handbook = self._assess(self._snapshot("handbook"), builtin, standalone, kind, draft, "handbook")
        used, from_handbook = self._decide(own, handbook, bar, request)
        self._run(standalone, kind, wide.hits if wide is not None and kind == "compute" else near(builtin), used, draft)
        computed = any(e.ok and e.inputs_from in {"question", "mixed"} for e in draft.executions)
        abstained = used is None and not computed
        if used is not None and computed:
            used = self._beside_run(self._snapshot("handbook" if from_handbook else request.collection), used, draft)
        pieces = self._compose(standalone, kind, used, from_handbook, builtin, draft, request, stop)
        text = ""
        for piece in pieces:
            if "first_token" not in draft.timings:
                draft.timings["first_token"] = (time.perf_counter() - started) * 1000
            text += piece
            yield Event("token", piece)
        nearest = self._closest(own or handbook) if abstained else None
        closest = on_their_pages([nearest], self._documents(request))[0] if nearest is not None else None
        if abstained:
            draft.executions.clear()
            message = abstention(standalone, closest)
            draft.timings.setdefault("first_token", (time.perf_counter() - started) * 1000)
            text = message
            yield Event("token", message)
        draft.citations = on_their_pages(draft.citations, self._documents(request))
        for citation in draft.citations:
            yield Event("citation", citation)
        for execution in draft.executions:
            yield Event("execution", execution)
        for warning in draft.warnings:
            yield Event("warning", warning)
        draft.timings["total"] = (time.perf_counter() - started) * 1000
        confidence = self._confidence(used, own, handbook, computed, request)
        yield Event("done", self._answer(request, standalone, text, abstained, confidence, draft, closest, kind, used))

    def measure(self, request: Question) -> dict[str, float]:
        """Features of a question over its collection, for fitting the abstention model.

        Raises
        ------
        NotFound
            If the collection is missing or empty.
        """
        standalone = condense(request.question, request.history, self._linker)
        draft = Draft()
        topics = self._topics(request, self._search(self._snapshot("handbook"), standalone, request, draft, "handbook"))
        found = self._find(self._snapshot(request.collection), standalone, request, route(standalone), draft, topics)
        if found is None:
            raise NotFound(f"collection {request.collection!r} is empty", fix="index something first")
        return found.features

    def _find(
        self, snapshot: Snapshot | None, query: str, request: Question, kind: Route, draft: Draft, topics: Topics
    ) -> Found | None:
        """Hits and evidence of the user's collection; None where it is missing or empty."""
        result = self._search(snapshot, query, request, draft, "retrieval", topics)
        return None if result is None else self._assess(snapshot, result, query, kind, draft, "retrieval")

    def _search(
        self,
        snapshot: Snapshot | None,
        query: str,
        request: Question,
        draft: Draft,
        name: str,
        topics: Topics = NO_TOPICS,
        least: int = 1,
    ) -> SearchResult | None:
        """At least `least` hits of one collection; None where it is missing or empty."""
        if snapshot is None or not len(snapshot):
            return None
        started = time.perf_counter()
        result = self._cascade.search(snapshot, query, max(least, self._hits(request)), request.stages, topics)
        draft.timings[name] = (time.perf_counter() - started) * 1000
        return result

    def _hits(self, request: Question) -> int:
        """Passages that evidence is taken from."""
        return request.k or self._settings.answer.hits

    def _assess(
        self, snapshot: Snapshot | None, result: SearchResult, query: str, kind: Route, draft: Draft, name: str
    ) -> Found:
        """The evidence in some hits, and how probable it is that they answer."""
        assert snapshot is not None
        started = time.perf_counter()
        encoding = self._encoder.encode_query(query)
        evidence = self._evidence(snapshot, query, result.hits, kind)
        hits = [less_orders(hit, query, encoding, evidence.coverage, self._encoder) for hit in result.hits]
        values = features(query, snapshot, hits, evidence, self._reader)
        draft.timings[name] += (time.perf_counter() - started) * 1000
        chance = probability(values, calibration())
        if beyond_documents(query, date.today().year) or kind_missing(query, [hit.text for hit in hits[:KIND_HITS]]):
            chance *= BEYOND
        return Found(result, evidence, chance, values)

    def _evidence(self, snapshot: Snapshot, query: str, hits: Sequence[Hit], kind: Route) -> Evidence:
        """The sentences of some hits that answer a question."""
        encoding = self._encoder.encode_query(query)
        weights = root_idf(snapshot.token_frequencies(encoding.token_ids), len(snapshot))
        return choose_evidence(encoding, weights, hits, self._encoder, kind, query)

    def _beside_run(self, snapshot: Snapshot | None, used: Found, draft: Draft) -> Found:
        """The evidence as it stands beside a run on the question's values: about what was computed, or none.

        Numbers of a question match numbers of any text, so the sentences are looked for by what the algorithm is.
        """
        assert snapshot is not None
        evidence = used.evidence
        entry = self._entries[draft.executions[0].algorithm]
        if evidence.best < BEARS_ON_VALUES:
            about = self._evidence(snapshot, f"{entry.name}. {entry.summary}", used.result.hits, "compute")
            evidence = about if about.best >= BEARS_ON_ALGORITHM else evidence
            if evidence.best < LEAST_BESIDE_RUN:
                evidence = replace(evidence, sentences=())
        told = fold(entry.summary)  # opens the run's own text, and the handbook's article of the algorithm too
        sentences = tuple(sentence for sentence in evidence.sentences if fold(sentence.text) != told)
        return replace(used, evidence=replace(evidence, sentences=sentences))

    def _topics(self, request: Question, builtin: SearchResult | None) -> Topics:
        """What the question is about in the handbook's words, for the cascade as it runs by default."""
        if builtin is None or request.stages is not None or request.collection == "handbook":
            return NO_TOPICS
        return topics_of(builtin.hits, self._settings.retrieval.topics)

    def _decide(
        self, own: Found | None, handbook: Found | None, bar: float, request: Question
    ) -> tuple[Found | None, bool]:
        """What to answer from: the user's documents where they cover the question, else the handbook, else nothing."""
        if covers(own, bar):
            return own, False
        sure = max(bar, HANDBOOK_BAR) if request.collection != "handbook" else bar
        if covers(handbook, sure):
            return handbook, True
        return None, False

    def _run(self, question: str, kind: Route, hits: Sequence[Hit], used: Found | None, draft: Draft) -> None:
        begun = time.perf_counter()
        evidence = [sentence.text for sentence in used.evidence.sentences] if used is not None else []
        for planned in plan_runs(question, kind, self._linker, self._entries, hits, evidence):
            source: Literal["question", "mixed", "example"] = "example"
            if planned.inputs is not None:
                source = "question" if planned.complete else "mixed"
            execution = self._executor.execute(planned.entry, planned.inputs, source)
            draft.executions.append(execution)
            said = describe(execution, question, planned.inputs or (), planned.entry.summary)
            (draft.shown if source == "example" else draft.computed).append(said)
        draft.timings["runs"] = (time.perf_counter() - begun) * 1000

    def _compose(
        self,
        question: str,
        kind: Route,
        used: Found | None,
        from_handbook: bool,
        builtin: SearchResult | None,
        draft: Draft,
        request: Question,
        stop: Callable[[], bool] | None,
    ) -> Iterator[str]:
        """Yield the answer's Markdown piece by piece."""
        written = "\n\n".join(draft.computed)
        if written:
            yield written
        if used is None:
            return
        if from_handbook and request.collection != "handbook":
            own = self._snapshot(request.collection)
            draft.warnings.append(notice(HANDBOOK_NOTICE if own is not None and len(own) else HANDBOOK_ALONE))
        hits = used.result.hits
        reviewed = review(question, used.evidence.sentences, hits, self._errata)
        sentences = reviewed.clean
        used = replace(used, evidence=replace(used.evidence, sentences=sentences))
        draft.citations.extend(cite(s, hits[s.hit], i) for i, s in enumerate(sentences, start=1))
        after = len(sentences) + 1
        corrections = correct(reviewed.refuted, hits, after, draft.executions, self._entries, self._executor)
        draft.citations.extend(c.citation for c in corrections)
        draft.warnings.extend(c.warning for c in corrections)
        beside = builtin.hits if builtin is not None and request.handbook and not from_handbook else ()
        unlike = disagreements(question, sentences, hits, beside, after + len(corrections))
        draft.citations.extend(citation for one in unlike for citation in one.citations)
        draft.warnings.extend(one.warning for one in unlike)
        blocks = [c.block for c in corrections] + blocks_of(sentences) + [one.block for one in unlike]
        for number, piece in enumerate(rendered(blocks)):
            yield ("\n\n" if written and not number else "") + piece
        # last, since it takes longest and is seldom let through: nobody should wait for it to read what is known
        if sentences and not (written or corrections) and (short := self._short(question, used, draft, request, stop)):
            yield f"\n\n{IN_SHORT} {short}"
        if draft.shown:
            yield "\n\n" + "\n\n".join(draft.shown)

    def _short(
        self, question: str, used: Found, draft: Draft, request: Question, stop: Callable[[], bool] | None
    ) -> str | None:
        """The answer in a sentence by the language model, where it has one that the verifier accepts."""
        model = self._model()
        if model is None or (stop is not None and stop()):
            return None
        begun = time.perf_counter()
        try:
            found = lead_sentence(
                model,
                question,
                used.evidence.sentences,
                self._encoder,
                temperature=request.temperature,
                max_tokens=self._settings.llm.max_tokens,
                stop=stop,
            )
        except VouchError as error:
            draft.warnings.append(notice(f"The language model did not answer: {error}"))
            found = None
        draft.timings["llm"] = (time.perf_counter() - begun) * 1000
        if found is None:
            return None
        draft.llm_used = True
        claim, supporting, _ = found
        return claim + " " + "".join(f"[{index + 1}]" for index in supporting)

    def _documents(self, request: Question) -> Callable[[str], Document | None]:
        """Finds documents of the collection asked and of the handbook."""
        snapshots = [found for name in (request.collection, "handbook") if (found := self._snapshot(name)) is not None]
        return lambda id: next((found for one in snapshots if (found := one.document(id)) is not None), None)

    def _closest(self, found: Found | None) -> Citation | None:
        """The nearest passage, for an answer that abstains."""
        if found is None or not found.result.hits:
            return None
        best = max(found.evidence.sentences, key=lambda s: s.relevance, default=None)
        if best is not None:
            hit = found.result.hits[best.hit]
            return cite(best, hit, 0).model_copy(update={"marker": None, "support": round(best.relevance, 4)})
        return None

    def _confidence(
        self, used: Found | None, own: Found | None, handbook: Found | None, computed: bool, request: Question
    ) -> float:
        """Probability that the sources used answer; a run with the user's own inputs answers its part by itself."""
        if used is not None:
            base = used.probability
        else:
            base = max((found.probability for found in (own, handbook) if found is not None), default=0.0)
        return round(max(base, 0.9) if computed else base, 4)

    def _answer(
        self,
        request: Question,
        standalone: str,
        text: str,
        abstained: bool,
        confidence: float,
        draft: Draft,
        closest: Citation | None,
        kind: Route,
        used: Found | None,
    ) -> Answer:
        generations = {
            name: snapshot.generation
            for name in (request.collection, "handbook")
            if (snapshot := self._snapshot(name)) is not None
        }
        key = json.dumps(
            [generations, self._settings.model_dump(mode="json"), request.model_dump(mode="json")], sort_keys=True
        )
        model = self._model() if self._settings.llm.backend != "none" else None
        trace = None
        if request.trace:
            trace = {
                "route": kind,
                "features": used.features if used else None,
                "hits": [h.model_dump() for h in used.result.hits] if used else [],
                "llm_sentence": draft.llm_used,
            }
        return Answer(
            question=request.question,
            standalone_question=standalone,
            answer=text,
            abstained=abstained,
            confidence=confidence,
            citations=() if abstained else tuple(draft.citations),
            executions=tuple(draft.executions),
            warnings=tuple(draft.warnings),
            closest=closest,
            answer_id=hashlib.sha256(key.encode()).hexdigest()[:24],
            model=ModelInfo(llm=model.name if model else "none", profile=self._settings.profile),
            timings_ms={name: round(value, 3) for name, value in draft.timings.items()},
            trace=trace,
        )


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


def near(builtin: SearchResult | None) -> Sequence[Hit]:
    """Hits of the handbook whose algorithms may be shown."""
    return builtin.hits if builtin is not None else ()


def covers(found: Found | None, bar: float) -> bool:
    """Whether what was found answers with at least a probability of `bar`."""
    return found is not None and found.probability >= bar and bool(found.evidence.sentences)


def notice(text: str) -> Warning:
    """A warning that is merely to be noticed."""
    return Warning(kind="notice", marker=None, claim="", correct=text, execution=None, reference=None)


def abstention(question: str, closest: Citation | None) -> str:
    """What an abstaining answer says: what was looked for, and the nearest thing found."""
    asked = question.split(" (about: ")[0].strip()
    looked = f"{NOT_COVERED} Looked for: “{asked}”."
    if closest is None:
        return looked
    where = " › ".join((closest.source, *closest.heading_path[-1:]))
    return f"{looked} The closest passage stands in {where}, but it does not answer the question."


__all__ = ["ALGORITHMS_PREFIX", "Assistant", "Event", "Question"]
