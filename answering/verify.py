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

    Zero where the claim has a number or negation that no span has, or one of a pair of opposites where the spans have
    only the other. Otherwise the smaller of two shares: claim stems found in the spans, and mean MaxSim of the claim's
    tokens against theirs.
    """
    evidence = "\n".join(spans)
    if claim.strip() and fold(claim) in fold(evidence):
        return 1.0
    if not consistent(claim, evidence):
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
