r"""ROUGE scores a summary by the n-grams (ROUGE-N) or the longest common subsequence (ROUGE-L) it shares with a
reference.

$$\mathrm{ROUGE\text{-}N}_{\text{recall}} = \frac{\sum_{g} \min(c_{\text{cand}}(g),\, c_{\text{ref}}(g))}{\sum_{g} c_{\text{ref}}(g)},
\qquad R_L = \frac{\mathrm{LCS}(X, Y)}{|Y|},\ P_L = \frac{\mathrm{LCS}(X, Y)}{|X|}$$

**Intuition.** Recall asks how much of the reference came back, which suits summaries; precision asks how much of the
candidate is covered, and F1 joins the two. The subsequence of ROUGE-L keeps the order of words and allows gaps.

**When to use it.** To compare summarisers with human reference summaries. Without a reference, ROUGE-C takes the source
document in its place.

**Cost.** $O(|X| + |Y|)$ for ROUGE-N, $O(|X|\,|Y|)$ for ROUGE-L.

**Pitfalls.** It counts n-gram overlap, not meaning: paraphrases lose, and a fluent denial that copies the words wins.
That limit belongs to ROUGE and BLEU, and so to ROUGE-C; it is often blamed on likelihood scoring, whose own limit is to
judge fluency and not content. The name is ROUGE; "ROGUE" is a common misspelling. Report which of recall, precision or
F1 you mean. Stemming and tokenisation change the third digit; on a summary of several sentences ROUGE-Lsum differs from
ROUGE-L.

**References.** Lin, *ROUGE: A package for automatic evaluation of summaries* (2004). He et al., *ROUGE-C: A fully
automated evaluation method for multi-document summarization* (2008).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from algorithms.registry import Output, algorithm

Passage = Annotated[str, Field(min_length=1, max_length=2000)]


def words(text: str) -> list[str]:
    """Lower-case runs of letters and digits.

    Examples
    --------
    >>> words("The cat's mat, 2x.")
    ['the', 'cat', 's', 'mat', '2x']
    """
    return re.findall(r"[a-z0-9]+", text.lower())


def ngram_counts(tokens: Sequence[str], n: int) -> Counter[tuple[str, ...]]:
    """How often each run of n tokens occurs.

    Examples
    --------
    >>> ngram_counts(["a", "b", "a", "b"], 2)[("a", "b")]
    2
    """
    return Counter(tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1))


def common_subsequence(x: Sequence[str], y: Sequence[str]) -> int:
    """Length of the longest common subsequence.

    Examples
    --------
    >>> common_subsequence("abcd", "acbd")
    3
    """
    row = [0] * (len(y) + 1)  # row[j]: LCS of the tokens of x so far with y[:j]
    for token in x:
        diagonal = 0
        for j, other in enumerate(y, start=1):
            above = row[j]
            row[j] = diagonal + 1 if token == other else max(above, row[j - 1])
            diagonal = above
    return row[-1]


def scores(overlap: int, candidate: int, reference: int) -> dict[str, float]:
    """Precision, recall and F1 of an overlap; 0 where a side is empty."""
    precision = overlap / candidate if candidate else 0.0
    recall = overlap / reference if reference else 0.0
    f1 = 2 * precision * recall / (precision + recall) if overlap else 0.0
    return {"precision": precision, "recall": recall, "f1": f1}


def rouge_n(candidate: Sequence[str], reference: Sequence[str], n: int) -> dict[str, float]:
    """ROUGE-N of two token sequences."""
    left, right = ngram_counts(candidate, n), ngram_counts(reference, n)
    return scores((left & right).total(), left.total(), right.total())


@algorithm(
    id="rouge",
    name="ROUGE (N, L and C)",
    aliases=("ROUGE-N", "ROUGE-L", "ROUGE-1", "ROUGE-2", "ROUGE-C", "ROGUE-C", "reference-free ROUGE"),
    example={"candidate": "the cat was found under the bed", "reference": "the cat was under the bed"},
)
def rouge(
    candidate: Passage,
    reference: Passage,
    n: Annotated[int, Field(ge=1, le=9)] = 1,
    source: Passage | None = None,
) -> Output:
    """ROUGE-N and ROUGE-L of a candidate against a reference, and ROUGE-C against a source document.

    Parameters
    ----------
    candidate : str
        The summary to score.
    reference : str
        The summary written by a person.
    n : int
        Length of the n-grams.
    source : str or None
        The document that was summarised; with it ROUGE-C is reported too.

    Returns
    -------
    dict
        ``rouge_n``, ``rouge_l`` and, with a source, ``rouge_c``: each a dict of precision, recall and f1 in [0, 1].

    Examples
    --------
    >>> rouge("the cat sat", "the cat sat down")["rouge_n"]["recall"]
    0.75
    """
    x, y = words(candidate), words(reference)
    output: Output = {"rouge_n": rouge_n(x, y, n), "rouge_l": scores(common_subsequence(x, y), len(x), len(y))}
    if source is not None:
        output["rouge_c"] = rouge_n(x, words(source), n)
    return output
