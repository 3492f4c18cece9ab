"""Whether to answer: a calibrated probability that the sources used answer the question.

A logistic regression over a few features of retrieval and evidence, fitted by `evals.calibrate` (``python -m
app.calibrate``) and kept in ``calibration.json`` with what it was fitted on.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from answering.evidence import Evidence
from core.protocols import Reader
from core.types import Hit
from indexing.stores.analysis import STOP_WORDS, WORD, query_stems, stems
from indexing.stores.base import Snapshot

CALIBRATION = Path(__file__).with_name("calibration.json")
TOP = 3
TOP_NAMES = 5
READ = 5
"""Hits that the reader reads."""
LARGEST_ODDS = 8.0
VERSION = re.compile(r"\b[A-Z][A-Za-z]+-\d+(?:\.\d+)*\b")
ABOUT = " (about: "
"""Where a standalone question names what the turns before were about."""


@dataclass(frozen=True)
class Calibration:
    """Weights of the logistic regression and what it was fitted on.

    Attributes
    ----------
    intercept : float
        Log odds where all features are 0.
    weights : dict
        Log odds a unit of each feature.
    thresholds : dict
        Accepted risk → least probability at which to answer, from the development data.
    fitted_on : str
        Which questions.
    """

    intercept: float
    weights: Mapping[str, float]
    thresholds: Mapping[str, float]
    fitted_on: str


@cache
def calibration() -> Calibration:
    """The calibration that ships with the project."""
    content = json.loads(CALIBRATION.read_text(encoding="utf-8"))
    return Calibration(**content)


def features(
    question: str, snapshot: Snapshot, hits: Sequence[Hit], evidence: Evidence, reader: Reader
) -> dict[str, float]:
    """Features of one question; they mean the same for every collection.

    Returns
    -------
    dict
        ``coverage``: share of the question's tokens matched by the sentences; ``dense``: cosine of the best hit;
        ``names_missing``: share of the question's names and numbers that no hit contains; ``unseen``: share of its stems
        that the collection lacks; ``reader``: the reader's log odds that the likeliest of the first hits answers;
        ``readers``: those of their mean probability.
    """
    asked = question.split(ABOUT)[0]
    read = [1 / (1 + math.exp(-logit)) for logit in reader.answers(asked, [hit.text for hit in hits[:READ]])]
    texts = [" ".join((*hit.heading_path, hit.text)) for hit in hits[:TOP_NAMES]]
    found = {stem for text in texts for stem in stems(text)}
    versions = versions_in(question)
    names = [stems(name)[0] for name in names_in(VERSION.sub(" ", question))]
    missing = sum(name not in found for name in names)
    missing += sum(not any(version in text.casefold() for text in texts) for version in versions)
    wanted = set(query_stems(question))
    unseen = sum(not snapshot.contains(stem) for stem in wanted)
    return {
        "coverage": evidence.coverage,
        "dense": max((score(hit, "dense") for hit in hits[:TOP]), default=0.0),
        "names_missing": missing / (len(names) + len(versions)) if names or versions else 0.0,
        "unseen": unseen / len(wanted) if wanted else 1.0,  # stop words alone ask for nothing
        "reader": log_odds(max(read, default=0.0)),
        "readers": log_odds(sum(read) / len(read) if read else 0.0),
    }


def log_odds(probability: float) -> float:
    """Log odds of a probability, within ±8.

    Examples
    --------
    >>> log_odds(0.5), log_odds(0.0), round(log_odds(0.9), 2)
    (0.0, -8.0, 2.2)
    """
    if probability <= 0 or probability >= 1:
        return LARGEST_ODDS if probability >= 1 else -LARGEST_ODDS
    return max(-LARGEST_ODDS, min(LARGEST_ODDS, math.log(probability / (1 - probability))))


def names_in(question: str) -> list[str]:
    """Words that name something particular: capitalised within the sentence, abbreviations, words with digits.

    Examples
    --------
    >>> names_in("How much of BERT's GLUE score does DistilBERT keep in 2019?")
    ["BERT's", 'GLUE', 'DistilBERT', '2019']
    """
    words = WORD.findall(question)
    return [
        word
        for position, word in enumerate(words)
        if any(character.isdigit() for character in word)
        or (len(word) > 1 and word.isupper())
        or (position > 0 and word[0].isupper() and word.casefold() not in STOP_WORDS)
    ]


def versions_in(question: str) -> list[str]:
    """Names with a number, such as those of a version, folded; the parts by themselves name something else.

    Examples
    --------
    >>> versions_in("What does GPT-4 do that GPT-3.5 and Llama cannot, in 2 steps?")
    ['gpt-4', 'gpt-3.5']
    """
    return [match.group().casefold() for match in VERSION.finditer(question)]


def score(hit: Hit, stage: str) -> float:
    """A hit's score at a stage, 0 where the stage did not see it."""
    found = hit.stages.get(stage)
    return found.score if found is not None else 0.0


def probability(values: Mapping[str, float], fitted: Calibration) -> float:
    """Calibrated probability that the question is answered.

    Examples
    --------
    >>> probability({"best": 0.0}, Calibration(0.0, {"best": 1.0}, {}, ""))
    0.5
    """
    logit = fitted.intercept + sum(weight * values[name] for name, weight in fitted.weights.items())
    return 1 / (1 + math.exp(-max(-60.0, min(60.0, logit))))


def threshold(risk: float, fitted: Calibration) -> float:
    """Least probability at which to answer for an accepted risk: that of the largest tabulated risk not above it.

    Examples
    --------
    >>> threshold(0.07, Calibration(0.0, {}, {"0.05": 0.6, "0.1": 0.4}, ""))
    0.6
    >>> threshold(0.01, Calibration(0.0, {}, {"0.05": 0.6, "0.1": 0.4}, ""))
    0.99
    """
    allowed = [float(level) for level in fitted.thresholds if float(level) <= risk]
    return fitted.thresholds[f"{max(allowed):g}"] if allowed else 1 - risk
