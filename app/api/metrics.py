"""What the server counts, in the Prometheus format."""

from __future__ import annotations

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from answering.compose import IN_SHORT
from app.api.admission import Admission
from core.types import Answer

SECONDS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


class Metrics:
    """Counters and histograms of one server, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter("vouch_requests", "Requests.", ("route", "method", "status"), registry=self.registry)
        self._request_seconds = Histogram(
            "vouch_request_seconds", "Time until a response ended.", ("route",), buckets=SECONDS, registry=self.registry
        )
        self._stage_seconds = Histogram(
            "vouch_stage_seconds", "Time of each stage.", ("stage",), buckets=SECONDS, registry=self.registry
        )
        self._answers = Counter("vouch_answers", "Answers given and withheld.", ("outcome",), registry=self.registry)
        self._citations = Counter(
            "vouch_citations", "Cited spans by the verifier's verdict.", ("verdict",), registry=self.registry
        )
        self._executions = Counter("vouch_executions", "Runs of algorithms.", ("outcome",), registry=self.registry)
        self._warnings = Counter("vouch_warnings", "Warnings in answers.", ("kind",), registry=self.registry)
        self._jobs = Counter("vouch_jobs", "Ingest jobs that ended.", ("state",), registry=self.registry)
        self._confidence = Histogram(
            "vouch_confidence",
            "Calibrated confidence of answers.",
            buckets=[n / 10 for n in range(1, 11)],
            registry=self.registry,
        )
        self._llm = Counter(
            "vouch_llm_sentences",
            "Sentences of the language model by the verifier's verdict.",
            ("verdict",),
            registry=self.registry,
        )
        self._jobs_waiting = Gauge("vouch_jobs_waiting", "Ingest jobs that have not ended.", registry=self.registry)
        self._queue_age = Gauge("vouch_job_queue_age_seconds", "Age of the oldest of them.", registry=self.registry)
        self._index_age = Gauge(
            "vouch_index_age_seconds", "Since the last commit of a collection.", ("collection",), registry=self.registry
        )
        self._in_flight = Gauge("vouch_in_flight", "Requests that hold a slot.", registry=self.registry)
        self._waiting = Gauge("vouch_waiting", "Requests that wait for a slot.", registry=self.registry)
        self.waited = Histogram(
            "vouch_wait_seconds", "Wait for a slot, of those who got one.", buckets=SECONDS, registry=self.registry
        )
        self.limited = Counter("vouch_limited", "Requests turned away.", ("reason",), registry=self.registry)

    def watch(self, admission: Admission) -> None:
        """Read how many work and wait where that is known."""
        self._in_flight.set_function(lambda: admission.working)
        self._waiting.set_function(lambda: admission.waiting)

    def request(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count one request; `route` is the template of its path, so that ids make no series of their own."""
        self._requests.labels(route, method, str(status)).inc()
        self._request_seconds.labels(route).observe(seconds)

    def stages(self, timings_ms: dict[str, float]) -> None:
        """Note the time of each stage."""
        for stage, milliseconds in timings_ms.items():
            self._stage_seconds.labels(stage).observe(milliseconds / 1000)

    def answer(self, answer: Answer) -> None:
        """Note the outcome of a question and of its verification."""
        self.stages(answer.timings_ms)
        self._answers.labels("abstained" if answer.abstained else "answered").inc()
        self._confidence.observe(answer.confidence)
        for citation in answer.citations:
            self._citations.labels(citation.verdict).inc()
        for execution in answer.executions:
            self.execution(execution.ok)
        if "llm" in answer.timings_ms and not answer.abstained:
            self._llm.labels("kept" if has_model_sentence(answer) else "refused").inc()
        for warning in answer.warnings:
            self._warnings.labels(warning.kind).inc()

    def execution(self, ok: bool) -> None:
        """Count one run."""
        self._executions.labels("ok" if ok else "failed").inc()

    def job(self, state: str) -> None:
        """Count a job that ended."""
        self._jobs.labels(state).inc()

    def queue(self, waiting: int, seconds: float) -> None:
        """Note the jobs that have not ended, and the age of the oldest."""
        self._jobs_waiting.set(waiting)
        self._queue_age.set(seconds)

    def freshness(self, ages_seconds: Mapping[str, float]) -> None:
        """Note how long ago each collection was committed to; those that are gone are forgotten."""
        self._index_age.clear()
        for collection, seconds in ages_seconds.items():
            self._index_age.labels(collection).set(seconds)

    def text(self) -> bytes:
        """All of it, as Prometheus reads it."""
        return generate_latest(self.registry)


def has_model_sentence(answer: Answer) -> bool:
    """Whether a sentence of the language model stands in the answer."""
    return IN_SHORT in answer.answer
