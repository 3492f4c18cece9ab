r"""A self-consistency check asks a model the same thing several times, by sampling or by paraphrase, and measures how
far the answers agree.

$$\text{agreement} = \frac{\max_a n_a}{n}, \qquad \text{pairwise} = \frac{\sum_a n_a (n_a - 1)}{n (n - 1)}, \qquad
H = -\sum_a \frac{n_a}{n} \log_2 \frac{n_a}{n}$$

where $n_a$ of $n$ answers are equal to $a$ after normalisation.

**Intuition.** Facts that a model knows come back the same; inventions change from sample to sample. Agreement 1 and
entropy 0 bits mean one answer; with $k$ equally frequent answers the agreement is $1/k$. The majority answer is usually
better than a single sample.

**When to use it.** To flag likely hallucinations without a knowledge base, to decide whether to abstain, and to vote
over chains of reasoning.

**Cost.** $n$ model calls; counting is free. Comparing free texts pair by pair costs $O(n^2)$ judgements.

**Pitfalls.** Agreement is not truth: a model repeats a misconception consistently. Greedy decoding of one prompt agrees
with itself and shows nothing; vary the prompt or sample at a temperature above zero. Normalise before counting, or
*Paris.* and *paris* disagree. Long free answers need a semantic comparison such as entailment.

**References.** Manakul, Liusie and Gales, *SelfCheckGPT* (2023), arXiv:2303.08896. Wang et al., *Self-consistency
improves chain of thought reasoning* (2022), arXiv:2203.11171.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import Annotated

from pydantic import Field

from algorithms.inputs import Name, Probability
from algorithms.registry import Output, algorithm
from algorithms.text_generation_metrics.rouge import words

ARTICLES = frozenset({"a", "an", "the"})


def normalise_answer(text: str) -> str:
    """Lower-case words without articles and punctuation; symbols alone stay as they are.

    Examples
    --------
    >>> normalise_answer("The answer: Paris."), normalise_answer("?")
    ('answer paris', '?')
    """
    return " ".join(word for word in words(text) if word not in ARTICLES) or text.strip().lower()


@algorithm(
    id="self-consistency-check",
    name="Paraphrase and sampling consistency check",
    aliases=("SelfCheckGPT", "consistency check", "self-consistency", "answer agreement", "majority vote"),
    example={"answers": ["Paris", "paris.", "Lyon", "Paris", "The Paris"]},
)
def self_consistency_check(
    answers: Annotated[list[Name], Field(min_length=2, max_length=512)], threshold: Probability = 0.6
) -> Output:
    """Agreement of the answers to one question.

    Parameters
    ----------
    answers : list of str, length n
        Answers to paraphrases of a question or samples of one prompt.
    threshold : float
        Agreement below which the question is flagged.

    Returns
    -------
    dict
        ``majority`` answer, normalised; ``agreement_rate`` in [1/n, 1]; ``pairwise_agreement`` in [0, 1]; ``entropy_bits``;
        ``counts``; ``flagged``.

    Examples
    --------
    >>> self_consistency_check(["4", "4", "5", "4"])["agreement_rate"]
    0.75
    """
    counts = Counter(normalise_answer(answer) for answer in answers)
    n = len(answers)
    majority, top = counts.most_common(1)[0]
    return {
        "majority": majority,
        "agreement_rate": top / n,
        "pairwise_agreement": sum(c * (c - 1) for c in counts.values()) / (n * (n - 1)),
        "entropy_bits": max(0.0, -math.fsum(c / n * math.log2(c / n) for c in counts.values())),
        "counts": dict(counts.most_common(20)),
        "flagged": top / n < threshold,
    }
