r"""Hallucination detection by NLI checks whether each generated sentence is entailed by the evidence it should rest on.

A sentence $h$ is compared with each evidence sentence $e$ by the share of its content words that $e$ holds:

$$\text{cover}(e, h) = \frac{|W_e \cap W_h|}{|W_h|}$$

**Intuition.** Natural language inference sorts a pair of premise and hypothesis into entailment, contradiction or
neutral. A supported sentence is entailed by some evidence; both contradiction and neutral are flagged, since an answer
should not say what the evidence does not. In practice a trained cross-encoder judges the pair. The judge here is
lexical, so that every step can be followed: high coverage means entailment, unless a negation, a number or a pair of
opposites disagrees, which means contradiction.

**When to use it.** On the answers of retrieval-augmented systems, sentence by sentence, with the retrieved passages as
premises.

**Cost.** One judgement a pair: evidence sentences times output sentences.

**Pitfalls.** The direction matters: evidence is the premise, the output the hypothesis. Neutral is not contradiction,
yet both are unsupported. Lexical judges miss paraphrases and roles (*dog bites man*); trained ones fail on long
premises, so split the text. A sentence entailed by wrong evidence is still wrong. Several claims in one sentence hide
each other.

**References.** Bowman et al., *A large annotated corpus for learning natural language inference* (2015),
arXiv:1508.05326. Laban et al., *SummaC* (2022), arXiv:2111.09525.
"""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import Field

from algorithms.inputs import Probability
from algorithms.registry import Output, algorithm
from algorithms.text_generation_metrics.readability_scores import split_sentences
from algorithms.text_generation_metrics.rouge import words

Passage = Annotated[str, Field(min_length=1, max_length=4000)]
STOP = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "by",
        "did",
        "do",
        "does",
        "for",
        "from",
        "has",
        "have",
        "he",
        "her",
        "his",
        "in",
        "is",
        "it",
        "its",
        "of",
        "on",
        "or",
        "she",
        "that",
        "the",
        "their",
        "they",
        "this",
        "to",
        "was",
        "were",
        "with",
    ]
)
NEGATIONS = frozenset(["not", "no", "never", "none", "neither", "nor", "cannot", "without"])
OPPOSITES = ("increase decrease", "rise fall", "rose fell", "open closed", "before after", "above below", "true false", "more less",
             "first last", "won lost", "hot cold", "early late", "high low", "alive dead")  # fmt: skip
OPPOSITE = {a: b for pair in OPPOSITES for a, b in (pair.split(), pair.split()[::-1])}


def content(text: str) -> tuple[set[str], bool]:
    """Content words without negations, and whether the text is negated an odd number of times.

    Examples
    --------
    >>> content("The lamp is not on")
    ({'lamp'}, True)
    """
    tokens = words(re.sub(r"n't\b", " not", text.lower()))
    negations = sum(token in NEGATIONS for token in tokens)
    return {token for token in tokens if token not in STOP | NEGATIONS}, negations % 2 == 1


def judge(premise: str, hypothesis: str, threshold: float) -> tuple[str, float]:
    """Label and coverage of one pair of premise and hypothesis."""
    known, known_negated = content(premise)
    said, said_negated = content(hypothesis)
    if not said:
        return "neutral", 0.0
    missing = said - known
    opposed = {word for word in missing if OPPOSITE.get(word) in known}
    numbers = {word for word in missing if word.isdigit()} if any(word.isdigit() for word in known) else set()
    changed = opposed | numbers
    coverage = len(said & known | changed) / len(said)
    if coverage < threshold:
        return "neutral", coverage
    if numbers or (known_negated != said_negated) != bool(opposed):
        return "contradiction", coverage
    return "entailment", coverage


@algorithm(
    id="nli-hallucination-detection",
    name="Hallucination detection by NLI against evidence",
    aliases=("natural language inference", "entailment check", "NLI", "faithfulness check", "groundedness check"),
    example={
        "evidence": "The tower was built in 1889. It is 330 metres high. The lift is not open in winter.",
        "output": "The tower was built in 1889. The tower was built in 1925. The lift is open in winter. The tower is red.",
    },
)
def nli_hallucination_detection(evidence: Passage, output: Passage, threshold: Probability = 0.75) -> Output:
    """Label each output sentence by its best evidence.

    Parameters
    ----------
    evidence : str
        Trusted text; each sentence is a premise.
    output : str
        Generated text; each sentence is a hypothesis.
    threshold : float
        Coverage of content words from which a pair is about the same thing.

    Returns
    -------
    dict
        ``labels`` entailment, contradiction or neutral a sentence; ``coverage`` of the deciding premise; ``flagged`` the
        sentences that are not entailed (at most 50); ``hallucination_rate`` their share.

    Examples
    --------
    >>> nli_hallucination_detection("Sales rose in May.", "Sales fell in May.")["labels"]
    ['contradiction']
    """
    premises, hypotheses = split_sentences(evidence)[:200], split_sentences(output)[:50]
    if not premises or not hypotheses:
        raise ValueError("evidence and output each need at least one sentence")
    order = {"entailment": 2, "contradiction": 1, "neutral": 0}
    verdicts = [
        max((judge(premise, hypothesis, threshold) for premise in premises), key=lambda v: (order[v[0]], v[1]))
        for hypothesis in hypotheses
    ]
    flagged = [h for h, (label, _) in zip(hypotheses, verdicts, strict=True) if label != "entailment"]
    return {
        "labels": [label for label, _ in verdicts],
        "coverage": [coverage for _, coverage in verdicts],
        "flagged": flagged,
        "hallucination_rate": len(flagged) / len(hypotheses),
    }
