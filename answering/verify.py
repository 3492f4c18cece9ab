"""Does a span support a sentence? Numbers, negations and names must be there, and the words must align.

An extractive sentence passes trivially; the gate is for sentences that a language model wrote. It is deliberately strict:
a sentence that is dropped costs style, one that is wrong costs trust.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from core.protocols import Encoder
from indexing.stores.analysis import query_stems, stems
from retrieval.scoring.maxsim import maxima, similarities

THRESHOLD = 0.9
IN_ORDER = 0.85
"""Share of a clause's stems that must follow each other as they do in one clause of a span."""
CONTRASTS = re.compile(r"[;]\s|\.\s+|,?\s+\b(?:while|whereas|but|although|though|unlike)\b\s+", re.IGNORECASE)
NEGATION = re.compile(r"\b(?:not|no|never|none|neither|nor|without|cannot|\w+n't|hardly|unlike)\b", re.IGNORECASE)
NUMBERS = re.compile(r"\d+(?:[.,]\d+)*")
OPPOSITES = (
    ("increase", "decrease"), ("increases", "decreases"), ("higher", "lower"), ("more", "less"), ("faster", "slower"),
    ("larger", "smaller"), ("before", "after"), ("linear", "nonlinear"), ("supervised", "unsupervised"),
    ("encoder", "decoder"), ("l1", "l2"), ("positive", "negative"), ("precision", "recall"), ("maximum", "minimum"),
    ("maximise", "minimise"), ("maximize", "minimize"), ("overfitting", "underfitting"), ("bias", "variance"),
    ("row", "column"), ("first", "last"), ("left", "right"), ("forward", "backward"), ("true", "false"),
)  # fmt: skip


def support(claim: str, spans: Sequence[str], encoder: Encoder) -> float:
    """How well the spans together support the claim, 0 to 1; `THRESHOLD` is the bar.

    Zero where the claim has a number or negation that no span has, one of a pair of opposites where the spans have
    only the other, or where a clause of the claim puts together what no clause of a span says in that order. Otherwise the
    smaller of two shares: claim stems found in the spans, and mean MaxSim of the claim's tokens against theirs.
    """
    evidence = "\n".join(spans)
    if claim.strip() and fold(claim) in fold(evidence):
        return 1.0
    if not consistent(claim, evidence) or in_order(claim, spans) < IN_ORDER:
        return 0.0
    wanted = set(query_stems(claim))
    present = set(stems(evidence))
    overlap = len(wanted & present) / len(wanted) if wanted else 0.0
    encodings = encoder.encode_documents(list(spans))
    query = encoder.encode_query(claim)
    tokens = np.concatenate([e.tokens for e in encodings])  # (t, m)
    best = maxima(similarities(query.tokens, tokens), np.array([0, len(tokens)]))[0]  # (q,)
    alignment = float(np.clip((best - 0.3) / 0.5, 0, 1).mean())
    return min(overlap, alignment)


def in_order(claim: str, spans: Sequence[str]) -> float:
    """Least share, over the clauses of a claim, of stems that stand in that order in one clause of a span.

    The words of "A does this, while B does that" also make "A does that": only their order and their clause tell.

    Examples
    --------
    >>> span = ["A reader is a fast encoder that takes text, while a writer is a slow decoder that gives text."]
    >>> in_order("A reader is an encoder that takes text.", span), in_order("A reader is a decoder that gives text.", span)
    (1.0, 0.75)
    """
    said = [part for span in spans for part in CONTRASTS.split(span)]
    sources = [list(stems(part)) for part in said]
    shares = []
    for clause in CONTRASTS.split(claim):
        wanted = [stem for stem in stems(clause) if stem in set(query_stems(clause))]
        if wanted:
            shares.append(max((common(wanted, source) for source in sources), default=0) / len(wanted))
    return min(shares, default=0.0)


def common(one: Sequence[str], other: Sequence[str]) -> int:
    """Length of the longest common subsequence.

    Examples
    --------
    >>> common("abcd", "xaybd"), common("ab", "ba")
    (3, 1)
    """
    row = [0] * (len(other) + 1)
    for a in one:
        before = row
        row = [0]
        for j, b in enumerate(other, start=1):
            row.append(before[j - 1] + 1 if a == b else max(before[j], row[j - 1]))
    return row[-1]


def consistent(claim: str, evidence: str) -> bool:
    """Whether numbers, negations and opposites of the claim agree with the evidence.

    Examples
    --------
    >>> consistent("It has 8 heads.", "There are 8 heads."), consistent("It has 9 heads.", "There are 8 heads.")
    (True, False)
    >>> consistent("It does not overfit.", "It overfits."), consistent("Loss increases.", "Loss decreases.")
    (False, False)
    """
    if not set(NUMBERS.findall(claim)) <= set(NUMBERS.findall(evidence)):
        return False
    if bool(NEGATION.search(claim)) != bool(NEGATION.search(evidence)) and NEGATION.search(claim):
        return False
    said, seen = set(re.findall(r"\w+", claim.lower())), set(re.findall(r"\w+", evidence.lower()))
    for pair in OPPOSITES:
        for word, opposite in (pair, pair[::-1]):
            if word in said and word not in seen and opposite in seen:
                return False
    return True


def fold(text: str) -> str:
    """Lower-case words only.

    Examples
    --------
    >>> fold("It works, **really**.")
    'it works really'
    """
    return " ".join(re.findall(r"\w+", text.casefold()))
