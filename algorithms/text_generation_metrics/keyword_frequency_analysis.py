r"""Keyword frequency analysis compares how often key terms occur in a text with the distribution that is expected of
them.

$$\mathrm{JSD}(p, q) = \tfrac12 \mathrm{KL}(p\,\|\,m) + \tfrac12 \mathrm{KL}(q\,\|\,m), \qquad m = \tfrac12 (p + q)$$

**Intuition.** A summary of a text on cats and dogs that speaks of cats only has lost something. Counting the terms,
normalising to shares and measuring the divergence turns this into one number: 0 bits when the shares agree, 1 bit when
the two sides share no term.

**When to use it.** To check coverage of required concepts, to watch the topics of a model's outputs drift, and to
compare a generated corpus with a real one.

**Cost.** $O(n + k)$ for $n$ words and $k$ terms.

**Pitfalls.** Frequencies say nothing about what is said of a term. Stop words dominate any free count: fix the list of
terms first. Plain Kullback-Leibler divergence is infinite when an expected term is absent and depends on the direction;
the Jensen-Shannon form is symmetric and bounded. Inflected forms count as other words here; stem both sides or neither.
Shares from a few counts are noisy, so give the counts too.

**References.** Lin, *Divergence measures based on the Shannon entropy* (1991). Manning and Schütze, *Foundations of
Statistical Natural Language Processing* (1999).
"""

from __future__ import annotations

from collections import Counter
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.inputs import Name, NonNegative, Text
from algorithms.registry import Output, algorithm
from algorithms.text_generation_metrics.rouge import words


def jensen_shannon_bits(p: NDArray[np.float64], q: NDArray[np.float64]) -> float:
    """Jensen-Shannon divergence of two distributions, in [0, 1] bits.

    Examples
    --------
    >>> jensen_shannon_bits(np.array([1.0, 0.0]), np.array([0.0, 1.0]))
    1.0
    """
    m = (p + q) / 2  # (k,)
    total = 0.0
    for side in (p, q):
        here = side > 0
        total += float((side[here] * np.log2(side[here] / m[here])).sum()) / 2
    return max(0.0, total)


@algorithm(
    id="keyword-frequency-analysis",
    name="Keyword and concept frequency analysis",
    aliases=("term distribution check", "concept frequency", "keyword coverage", "Jensen-Shannon divergence of terms"),
    example={
        "text": "The cat chased the other cat while the dog slept. A cat is not a dog.",
        "keywords": ["cat", "dog", "bird"],
        "expected": [0.5, 0.25, 0.25],
    },
)
def keyword_frequency_analysis(
    text: Text,
    keywords: Annotated[list[Name], Field(min_length=1, max_length=50)],
    expected: Annotated[list[NonNegative], Field(min_length=1, max_length=50)],
) -> Output:
    """Shares of keywords in a text and their divergence from expected shares.

    Parameters
    ----------
    text : str
        Text to analyse; case is ignored.
    keywords : list of str, length k
        Single words to count.
    expected : list of float, length k
        Expected weights; they are normalised to sum to one.

    Returns
    -------
    dict
        ``counts`` and ``shares`` (k,); ``expected_shares`` (k,); ``divergence_bits`` in [0, 1]; ``missing`` keywords that
        were expected and never occur.

    Raises
    ------
    ValueError
        If the lists differ in length, a keyword is no single word or repeats, or nothing can be normalised.

    Examples
    --------
    >>> keyword_frequency_analysis("cat dog", ["cat", "dog"], [1, 1])["divergence_bits"]
    0.0
    """
    terms = [keyword.lower() for keyword in keywords]
    if len(terms) != len(expected):
        raise ValueError("keywords and expected need the same length")
    if any(words(term) != [term] for term in terms) or len(set(terms)) != len(terms):
        raise ValueError("keywords must be different single words of letters and digits")
    found = Counter(words(text))
    counts = np.array([found[term] for term in terms], dtype=np.float64)  # (k,)
    weights = np.asarray(expected, dtype=np.float64)  # (k,)
    if counts.sum() == 0 or weights.sum() == 0:
        raise ValueError("at least one keyword must occur and at least one expected weight must be above zero")
    p, q = counts / counts.sum(), weights / weights.sum()  # (k,), (k,)
    return {
        "counts": counts.astype(int),
        "shares": p,
        "expected_shares": q,
        "divergence_bits": jensen_shannon_bits(p, q),
        "missing": [term for term, count, share in zip(keywords, counts, q, strict=True) if count == 0 and share > 0],
    }
