"""The answer path: condense, route, retrieve, choose evidence, decide, run, compose, verify."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from algorithms.registry import Algorithm
from answering.abstain import calibration, threshold
from answering.choose_runs import plan_runs
from answering.compose import IN_SHORT, blocks_of, cite, lead_sentence, rendered
from answering.condense import check_question, condense
from answering.describe import describe
from answering.disagree import disagreements
from answering.execute import Executor
from answering.finding import Finder, Found, covers
from answering.link import AlgorithmLinker
from answering.overlay import correct, review
from answering.pages import on_their_pages
from answering.requests import Event, Question
from answering.route import Route, route
from checking.recognise import Recogniser
from core.errors import NotFound, VouchError
from core.protocols import Encoder, LanguageModel, Reader
from core.settings import Settings
from core.types import Answer, Citation, Document, Execution, Hit, ModelInfo, SearchResult, Warning
from indexing.stores.base import Snapshot
from retrieval.pipeline import Cascade, check_stages

HANDBOOK_NOTICE = "Your documents do not cover this; the built-in handbook does."
HANDBOOK_ALONE = "You have no documents of your own here; the built-in handbook answers."
HANDBOOK_BAR = 0.9
"""The handbook answers only what it is sure of: nobody chose its documents for this question."""
RUN_HITS = 32
"""Hits of the handbook among which an algorithm that takes the question's values is looked for."""
NOT_COVERED = "The indexed documents do not answer this."


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
        self._finder = Finder(cascade, encoder, reader, settings)
        self._encoder = encoder
        self._entries = entries
        self._linker = AlgorithmLinker(entries)
        self._executor = executor
        self._model = model
        self._snapshot = snapshot
        self._settings = settings
        self._errata = errata

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
        wide = self._finder.search(
            self._snapshot("handbook"), standalone, request, draft.timings, "handbook", least=RUN_HITS
        )
        builtin = None if wide is None else wide.model_copy(update={"hits": wide.hits[: self._finder.hits(request)]})
        topics = self._finder.topics(request, builtin)
        own = self._finder.find(self._snapshot(request.collection), standalone, request, kind, draft.timings, topics)
        bar = threshold(self._settings.answer.risk if request.risk is None else request.risk, calibration())
        handbook: Found | None = None
        if builtin is not None and not covers(own, bar) and request.handbook and self._settings.answer.handbook:
            handbook = self._finder.assess(
                self._snapshot("handbook"), builtin, standalone, kind, draft.timings, "handbook"
            )
        used, from_handbook = self._decide(own, handbook, bar, request)
        self._run(standalone, kind, wide.hits if wide is not None and kind == "compute" else near(builtin), used, draft)
        computed = any(e.ok and e.inputs_from in {"question", "mixed"} for e in draft.executions)
        abstained = used is None and not computed
        if used is not None and computed:
            entry = self._entries[draft.executions[0].algorithm]
            used = self._finder.beside_run(
                self._snapshot("handbook" if from_handbook else request.collection), used, entry
            )
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
        timings: dict[str, float] = {}
        builtin = self._finder.search(self._snapshot("handbook"), standalone, request, timings, "handbook")
        topics = self._finder.topics(request, builtin)
        own, kind = self._snapshot(request.collection), route(standalone)
        found = self._finder.find(own, standalone, request, kind, timings, topics)
        if found is None:
            raise NotFound(f"collection {request.collection!r} is empty", fix="index something first")
        return found.features

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


def near(builtin: SearchResult | None) -> Sequence[Hit]:
    """Hits of the handbook whose algorithms may be shown."""
    return builtin.hits if builtin is not None else ()


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
