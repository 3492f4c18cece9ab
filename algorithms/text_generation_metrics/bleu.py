r"""BLEU scores a translation by the clipped n-gram precisions against references, times a penalty for being short.

$$\mathrm{BLEU} = \mathrm{BP}\cdot\exp\Big(\frac1N\sum_{n=1}^{N}\ln p_n\Big), \qquad
p_n = \frac{\sum_g \min(c(g),\, \max_r c_r(g))}{\sum_g c(g)}, \qquad
\mathrm{BP} = \begin{cases}1 & c > r\\ e^{1 - r/c} & c \le r\end{cases}$$

**Intuition.** Each n-gram of the candidate earns credit at most as often as some reference has it, so repeating a right
word does not help. Precision alone would favour very short outputs; the brevity penalty stands in for recall.

**When to use it.** To compare versions of one translation system over a whole test set. For single sentences use a
smoothed variant or chrF; for meaning use learned metrics.

**Cost.** $O(N\,(c + r))$ for lengths $c$ and $r$.

**Pitfalls.** The score of a corpus pools the counts and is not the mean of sentence scores. Without smoothing one
missing 4-gram makes a sentence score 0. Tokenisation changes the score by several points: state the signature, as
sacreBLEU does. $r$ is the length of the reference closest to the candidate. It measures overlap of n-grams, not
meaning, and rewards no synonyms. Some tools print 0 to 100 instead of 0 to 1.

**References.** Papineni et al., *BLEU: a method for automatic evaluation of machine translation* (2002). Post, *A call
for clarity in reporting BLEU scores* (2018), arXiv:1804.08771.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import Annotated, Literal

from pydantic import Field

from algorithms.inputs import Text
from algorithms.registry import Output, algorithm
from algorithms.text_generation_metrics.rouge import ngram_counts


def clipped_counts(candidate: list[str], references: list[list[str]], n: int) -> tuple[int, int]:
    """Clipped matches and the number of n-grams in the candidate."""
    counts = ngram_counts(candidate, n)
    limits: Counter[tuple[str, ...]] = Counter()
    for reference in references:
        limits |= ngram_counts(reference, n)
    return (counts & limits).total(), counts.total()


@algorithm(
    id="bleu",
    name="BLEU",
    aliases=("BLEU score", "brevity penalty", "clipped n-gram precision", "BLEU-4", "machine translation metric"),
    example={"candidate": "the the the the the the the", "references": ["the cat is on the mat"]},
)
def bleu(
    candidate: Text,
    references: Annotated[list[Text], Field(min_length=1, max_length=16)],
    max_n: Annotated[int, Field(ge=1, le=6)] = 4,
    smoothing: Literal["none", "add-one"] = "none",
) -> Output:
    """BLEU of one candidate; tokens are separated by spaces and compared as they are.

    Parameters
    ----------
    candidate : str
        The output to score.
    references : list of str
        One or more right answers.
    max_n : int
        Longest n-gram; 4 is the usual BLEU-4.
    smoothing : {"none", "add-one"}
        ``add-one`` adds 1 to matches and totals for n above 1 (Lin and Och).

    Returns
    -------
    dict
        ``bleu`` in [0, 1]; ``precisions`` (max_n,) clipped; ``brevity_penalty`` in (0, 1]; ``candidate_length`` and
        ``reference_length``.

    Examples
    --------
    >>> round(bleu("the the the the the the the", ["the cat is on the mat"], 1)["precisions"][0], 4)
    0.2857
    """
    tokens = candidate.split()
    others = [reference.split() for reference in references]
    if not tokens:
        raise ValueError("the candidate holds no token")
    c = len(tokens)
    r = min((abs(len(other) - c), len(other)) for other in others)[1]
    precisions = []
    for n in range(1, max_n + 1):
        match, total = clipped_counts(tokens, others, n)
        add = 1 if smoothing == "add-one" and n > 1 else 0
        precisions.append((match + add) / (total + add) if total + add else 0.0)
    penalty = 1.0 if c > r else math.exp(1 - r / c)
    mean = math.exp(sum(map(math.log, precisions)) / max_n) if min(precisions) > 0 else 0.0
    return {
        "bleu": penalty * mean,
        "precisions": precisions,
        "brevity_penalty": penalty,
        "candidate_length": c,
        "reference_length": r,
    }
