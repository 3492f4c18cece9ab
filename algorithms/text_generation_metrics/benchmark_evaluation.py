r"""Benchmark evaluation scores a system's outputs against known answers, here by exact match and token F1.

$$\mathrm{EM} = \frac1n \sum_{i=1}^{n} \max_j\,[\,\mathrm{norm}(\hat y_i) = \mathrm{norm}(y_{ij})\,], \qquad
\mathrm{SE} = \sqrt{\frac{\mathrm{EM}(1 - \mathrm{EM})}{n}}$$

**Intuition.** Where the right answers are known, count. Normalising (case, punctuation, articles) forgives form and not
content. Token F1 gives part credit for an answer with missing or extra words; with several accepted answers the best
one counts.

**When to use it.** For closed questions with short answers: arithmetic, truth tables, extractive question answering,
multiple choice.

**Cost.** $O(n)$ comparisons after $n$ model calls.

**Pitfalls.** A score without its interval misleads: at $n = 100$ and 50% the 95% interval is about ten points to each
side. The Wilson interval stays valid near 0 and 1, where the normal one does not. Benchmarks leak into training data,
and then measure memory. Exact match punishes right answers in other words, and F1 rewards a wrong number in a right
sentence. A constant answer can score well on unbalanced sets: compare with the majority baseline.

**References.** Rajpurkar et al., *SQuAD* (2016), arXiv:1606.05250. Wilson, *Probable inference, the law of succession,
and statistical inference* (1927).
"""

from __future__ import annotations

import math
from collections import Counter
from typing import Annotated

from pydantic import Field

from algorithms.inputs import Name
from algorithms.registry import Output, algorithm
from algorithms.text_generation_metrics.rouge import rouge_n
from algorithms.text_generation_metrics.self_consistency_check import normalise_answer

Z95 = 1.959963984540054


def wilson_interval(successes: int, n: int, z: float = Z95) -> tuple[float, float]:
    """Wilson score interval of a proportion.

    Examples
    --------
    >>> [round(end, 4) for end in wilson_interval(10, 10)]
    [0.7225, 1.0]
    """
    p = successes / n
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(0.0, centre - half), min(1.0, centre + half)


@algorithm(
    id="benchmark-evaluation",
    name="Scoring against a benchmark with known answers",
    aliases=("exact match", "known-answer test", "exact-match accuracy", "token F1", "SQuAD score"),
    example={
        "predictions": ["Paris.", "the Nile", "7", "in the year 1969"],
        "answers": [["paris"], ["Nile", "river Nile"], ["8"], ["1969"]],
    },
)
def benchmark_evaluation(
    predictions: Annotated[list[Name], Field(min_length=1, max_length=2048)],
    answers: Annotated[
        list[Annotated[list[Name], Field(min_length=1, max_length=10)]], Field(min_length=1, max_length=2048)
    ],
) -> Output:
    """Exact match and token F1 with a 95% interval.

    Parameters
    ----------
    predictions : list of str, length n
        The system's answers.
    answers : list of list of str, length n
        Accepted answers of each question.

    Returns
    -------
    dict
        ``exact_match`` and ``f1`` in [0, 1]; ``standard_error``; ``interval_95`` Wilson interval of the exact match;
        ``majority_baseline`` what always giving the most frequent answer would score; ``wrong`` numbers of the first 50 misses.

    Raises
    ------
    ValueError
        If the lists differ in length.

    Examples
    --------
    >>> benchmark_evaluation(["4", "five"], [["4"], ["5"]])["exact_match"]
    0.5
    """
    n = len(predictions)
    if len(answers) != n:
        raise ValueError(f"{n} predictions need {n} lists of answers, got {len(answers)}")
    said = [normalise_answer(prediction) for prediction in predictions]
    accepted = [{normalise_answer(answer) for answer in options} for options in answers]
    wrong = [i for i in range(n) if said[i] not in accepted[i]]
    f1 = [
        max(1.0 if s == a else rouge_n(s.split(), a.split(), 1)["f1"] for a in options)
        for s, options in zip(said, accepted, strict=True)
    ]
    match = (n - len(wrong)) / n
    popularity = Counter(answer for options in accepted for answer in options)
    return {
        "exact_match": match,
        "f1": sum(f1) / n,
        "standard_error": math.sqrt(match * (1 - match) / n),
        "interval_95": list(wilson_interval(n - len(wrong), n)),
        "majority_baseline": max(popularity.values()) / n,
        "wrong": wrong[:50],
    }
