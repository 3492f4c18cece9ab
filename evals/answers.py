"""Judge the answers to a question set: every verdict is deterministic."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from evals.asking import Asked
from evals.datasets.seeds import Seed
from evals.metrics.calibration import Reliability, RiskCoverage, auroc, precision_recall, reliability, risk_coverage
from evals.metrics.evidence import cited_groups, evidence_recall, span_precision, span_recall
from evals.metrics.key_facts import key_fact_recall
from evals.metrics.reading import exact_match, normalised, token_f1
from evals.metrics.values import MARKERS, right_value
from evals.statistics.intervals import Estimate, mean_interval, statistic_interval

PROOFS = frozenset({"erratum", "contradiction", "recomputed"})
"""Kinds of warnings that show a claim of a source to be wrong."""


@dataclass(frozen=True)
class AnswersResult:
    """All measures of a question set.

    Attributes
    ----------
    measures : dict
        Name → mean over the questions it applies to, with interval.
    counts : dict
        Name → number of questions.
    by_type : dict
        Type of question → measures.
    per_question : dict
        Measure → question id → value.
    """

    measures: dict[str, Estimate]
    counts: dict[str, int]
    by_type: dict[str, dict[str, Estimate]]
    per_question: dict[str, dict[str, float]]
    curve: RiskCoverage | None
    calibration: Reliability | None
    timings: dict[str, list[float]]
    errors: dict[str, str]


@dataclass
class Tally:
    """Values of each measure by question."""

    values: dict[str, dict[str, float]] = field(default_factory=dict)

    def add(self, measure: str, id: str, value: float | bool) -> None:
        """Note one value."""
        self.values.setdefault(measure, {})[id] = float(value)


def judge(seed: Seed, asked: Asked, k: int, tally: Tally) -> None:
    """Add the verdicts on one answer."""
    answer = asked.answer
    if answer is None:
        return
    if seed.false_premise:
        tally.add("false_premise_caught", seed.id, answer["abstained"] or warns(answer, PROOFS | {"false_premise"}))
        return
    for number, exact in enumerate(asked.exact):
        tally.add("quote_exact", f"{seed.id}#{number}", exact)
    if seed.reading:
        judge_reading(seed, answer, tally)
    if not seed.answerable:
        tally.add("abstained_unanswerable", seed.id, answer["abstained"])
        return
    tally.add("answered_answerable", seed.id, not answer["abstained"])
    judge_evidence(seed, asked, answer, k, tally)
    judge_content(seed, answer, tally)


def judge_evidence(seed: Seed, asked: Asked, answer: Mapping[str, Any], k: int, tally: Tally) -> None:
    """Retrieved and cited passages against the gold ones."""
    if not seed.evidence:
        return
    recall = evidence_recall(seed.evidence, [hit["text"] for hit in asked.hits], k)
    tally.add(f"evidence_recall@{k}", seed.id, recall)
    tally.add(f"evidence_any@{k}", seed.id, recall > 0)
    citations = answer["citations"]
    if citations:
        tally.add("cites_gold", seed.id, cited_groups(seed.evidence, [c["quote"] for c in citations]))
        tally.add("citation_span_precision", seed.id, span_precision(seed.evidence, citations))
        tally.add("citation_span_recall", seed.id, span_recall(seed.evidence, citations))


def judge_content(seed: Seed, answer: Mapping[str, Any], tally: Tally) -> None:
    """Facts, values, runs and traps."""
    text = answer["answer"] or ""
    runs = [run for run in answer["executions"] if run.get("ok", True)]
    if seed.key_facts:
        tally.add("key_fact_recall", seed.id, key_fact_recall(seed.key_facts, text))
    if seed.algorithms:
        tally.add("algorithm_shown", seed.id, any(r["algorithm"] in seed.algorithms for r in answer["executions"]))
    if seed.type in {"execute", "numeric"}:
        outputs = [run["output"] for run in runs]
        right = right_value(text, outputs, seed.expected, seed.expected_text, seed.tolerance)
        tally.add(f"{seed.type}_right", seed.id, right)
    if seed.type == "trap":
        tally.add("trap_repeated", seed.id, any(re.search(pattern, text, re.I) for pattern in seed.must_not))
        tally.add("trap_right", seed.id, any(re.search(pattern, text, re.I) for pattern in seed.must))
        tally.add("trap_flagged", seed.id, warns(answer, PROOFS))
    else:
        tally.add("warned_untrapped", seed.id, warns(answer, PROOFS))


def judge_reading(seed: Seed, answer: Mapping[str, Any], tally: Tally) -> None:
    """SQuAD's exact match and F1 of the words of the answer, without markers; abstaining is the empty prediction.

    Notes
    -----
    Answers here are sentences, SQuAD's are spans: F1 and exact match are low by construction, and `contains_answer`, the
    share of answers that hold a right span, says more.
    """
    prediction = "" if answer["abstained"] else MARKERS.sub(" ", answer["answer"] or "")
    exact, overlap = exact_match(prediction, seed.answers), token_f1(prediction, seed.answers)
    kind = "has_answer" if seed.answerable else "no_answer"
    for name, value in (("exact_match", exact), ("F1", overlap)):
        tally.add(name, seed.id, value)
        tally.add(f"{kind}_{name}", seed.id, value)
    if seed.answerable:
        said = f" {normalised(prediction)} "
        tally.add("contains_answer", seed.id, any(f" {normalised(gold)} " in said for gold in seed.answers))


def warns(answer: Mapping[str, Any], kinds: frozenset[str]) -> bool:
    """Whether the answer carries a warning of one of these kinds."""
    return any(warning["kind"] in kinds for warning in answer.get("warnings") or [])


def score_answers(seeds: Sequence[Seed], asked: Sequence[Asked], k: int = 5) -> AnswersResult:
    """All measures over a question set.

    Parameters
    ----------
    seeds, asked : sequences in the same order
        Questions and what came back.
    k : int
        Hits that count for evidence recall.
    """
    tally = Tally()
    for seed, row in zip(seeds, asked, strict=True):
        judge(seed, row, k, tally)
    measures = {name: mean_interval(list(values.values())) for name, values in tally.values.items()}
    judged = [
        (seed, row) for seed, row in zip(seeds, asked, strict=True) if row.answer is not None and not seed.false_premise
    ]
    curve, calibration = None, None
    if judged:
        measures |= abstention(judged)
        confidence = [float(row.answer["confidence"]) for _, row in judged if row.answer]
        answerable = [seed.answerable for seed, _ in judged]
        curve = risk_coverage(confidence, [float(not a) for a in answerable])
        calibration = reliability(confidence, answerable)
        measures |= of_confidence(confidence, answerable)
        for (seed, _), value in zip(judged, confidence, strict=True):
            tally.add("Brier", seed.id, (value - seed.answerable) ** 2)
    return AnswersResult(
        measures=measures,
        counts=counts_of(measures, tally, judged),
        by_type=by_type(seeds, tally),
        per_question=tally.values,
        curve=curve,
        calibration=calibration,
        timings=timings(asked),
        errors={row.id: row.error for row in asked if row.error is not None},
    )


def counts_of(measures: Mapping[str, Estimate], tally: Tally, judged: Sequence[tuple[Seed, Asked]]) -> dict[str, int]:
    """How many questions (citations, for quotes) each measure is a mean over."""
    whole = {
        "abstention_precision": sum(bool(row.answer and row.answer["abstained"]) for _, row in judged),
        "abstention_recall": sum(not seed.answerable for seed, _ in judged),
    }
    return {
        name: len(tally.values[name]) if name in tally.values else whole.get(name, len(judged)) for name in measures
    }


def abstention(judged: Sequence[tuple[Seed, Asked]]) -> dict[str, Estimate]:
    """Precision and recall of abstention, with intervals where questions are resampled."""
    gold = [not seed.answerable for seed, _ in judged]
    predicted = [bool(row.answer and row.answer["abstained"]) for _, row in judged]
    precision, recall = precision_recall(gold, predicted)
    found = decisions(gold, predicted)
    if precision is not None:
        found["abstention_precision"] = mean_interval([float(g) for g, p in zip(gold, predicted, strict=True) if p])
    if recall is not None:
        found["abstention_recall"] = mean_interval([float(p) for g, p in zip(gold, predicted, strict=True) if g])
    return found


def decisions(unanswerable: Sequence[bool], abstained: Sequence[bool]) -> dict[str, Estimate]:
    """Share of right decisions to answer or to abstain, beside always and never answering; empty without both kinds.

    Examples
    --------
    >>> found = decisions([True, False, False, False], [True, True, False, False])
    >>> [found[name].value for name in DECISIONS]
    [0.75, 0.75, 0.25]
    """
    if len(set(unanswerable)) < 2:
        return {}
    right = [
        [g == p for g, p in zip(unanswerable, abstained, strict=True)],
        [not g for g in unanswerable],
        unanswerable,
    ]
    return {name: mean_interval([float(r) for r in row]) for name, row in zip(DECISIONS, right, strict=True)}


DECISIONS = ("decision_right", "decision_right_always_answering", "decision_right_never_answering")


def of_confidence(confidence: Sequence[float], answerable: Sequence[bool]) -> dict[str, Estimate]:
    """What is computed of all questions together, with intervals where questions are resampled."""
    found: dict[str, Estimate] = {}
    for name, statistic in OF_CONFIDENCE.items():
        estimate = statistic_interval(statistic, confidence, answerable)
        if estimate is not None:
            found[name] = estimate
    return found


OF_CONFIDENCE: dict[str, Callable[[Sequence[float], Sequence[bool]], float | None]] = {
    "answerability_AUROC": auroc,
    "AURC": lambda confidence, answerable: risk_coverage(confidence, [float(not a) for a in answerable]).area,
    "ECE": lambda confidence, answerable: reliability(confidence, answerable).error,
    "Brier": lambda confidence, answerable: reliability(confidence, answerable).brier,
}


def by_type(seeds: Sequence[Seed], tally: Tally) -> dict[str, dict[str, Estimate]]:
    """Measures of each type of question."""
    types = {seed.id: seed.kind for seed in seeds}
    found: dict[str, dict[str, Estimate]] = {}
    for name, values in tally.values.items():
        for kind in sorted(set(types.values())):
            own = [value for id, value in values.items() if types[id.split("#")[0]] == kind]
            if own:
                found.setdefault(kind, {})[name] = mean_interval(own)
    return found


def timings(asked: Sequence[Asked]) -> dict[str, list[float]]:
    """Milliseconds of each stage over all answers, and of the whole as the asker saw it."""
    found: dict[str, list[float]] = {}
    for row in asked:
        if row.answer is not None:
            for name, value in row.answer["timings_ms"].items():
                found.setdefault(name, []).append(float(value))
            found.setdefault("end to end", []).append(row.seconds * 1000)
    return found
