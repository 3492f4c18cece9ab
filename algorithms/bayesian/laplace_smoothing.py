r"""Laplace smoothing adds a constant k to every count, so that events never seen keep a small probability.

$$P(w) = \frac{c(w) + k}{N + k V}, \qquad P(w \mid h) = \frac{c(h, w) + k}{c(h) + k V}$$

with $N$ the total count and $V$ the number of possible events.

**Intuition.** Pretend that each event was seen $k$ times more. It is the posterior mean under a symmetric Dirichlet prior with parameter $k$; $k = 1$ is Laplace's rule of
succession. Large $k$ pulls towards the uniform distribution.

**When to use it.** For the word probabilities of naive Bayes and for small $n$-gram models. One unseen word otherwise gives the whole document probability 0,
that is infinite perplexity.

**Cost.** None beyond counting.

**Pitfalls.** Add-one takes far too much mass from seen events when $V$ is large against $N$, as for bigrams: use a small $k$, chosen on held-out text, or
Kneser-Ney. $V$ must count all possible events, including an unknown-word token, or the probabilities do not sum to one. Models with different
vocabularies have incomparable perplexities. Smoothing does not tell unseen but plausible pairs from impossible ones.

**References.** Laplace, *Essai philosophique sur les probabilités* (1814). Chen and Goodman, *An empirical study of smoothing techniques for language
modeling* (1999). Jurafsky and Martin, *Speech and Language Processing*, chapter 3.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.inputs import NonNegative
from algorithms.registry import Output, algorithm

Counts = Annotated[list[NonNegative], Field(min_length=1, max_length=1000)]
Added = Annotated[float, Field(gt=0, le=1000)]
Passage = Annotated[str, Field(min_length=1, max_length=5000)]
Order = Annotated[int, Field(ge=1, le=4)]


def ngram_perplexity(train: list[str], test: list[str], order: int, k: float) -> float:
    """Perplexity of the test tokens under an add-k n-gram model; infinite if k is 0 and an n-gram is unseen.

    The vocabulary is that of the training tokens and one unknown word, to which other test tokens are mapped.

    Examples
    --------
    >>> round(ngram_perplexity(["a", "b"], ["a"], order=1, k=1.0), 4)
    2.5
    """
    vocabulary = {*train, "<unk>"}
    known = [token if token in vocabulary else "<unk>" for token in test]
    padded_train, padded_test = ["<s>"] * (order - 1) + train, ["<s>"] * (order - 1) + known
    grams = Counter(tuple(padded_train[i : i + order]) for i in range(len(train)))
    histories: Counter[tuple[str, ...]] = Counter()
    for gram, count in grams.items():
        histories[gram[:-1]] += count
    log_likelihood = 0.0
    for i in range(len(test)):
        gram = tuple(padded_test[i : i + order])
        above, below = grams[gram] + k, histories[gram[:-1]] + k * len(vocabulary)
        if above == 0:
            return math.inf
        log_likelihood += math.log(above / below)
    return math.exp(-log_likelihood / len(test))


@algorithm(
    id="laplace-smoothing",
    name="Laplace (add-k) smoothing",
    aliases=("add-one smoothing", "zero-frequency problem", "unseen n-grams", "add-k smoothing", "additive smoothing"),
    example={
        "counts": [3, 0, 1],
        "k": 1.0,
        "train": "the cat sat on the mat the dog sat on the rug",
        "test": "the cat sat on the rug",
    },
)
def laplace_smoothing(counts: Counts, k: Added, train: Passage, test: Passage, order: Order = 2) -> Output:
    """Smoothed probabilities of counts, and of an n-gram language model.

    Parameters
    ----------
    counts : list of float, length V
        Count of each possible event, zeros included.
    k : float
        Added to each count; 1 is Laplace's rule.
    train, test : str
        Texts for the language model, split at white space.
    order : int
        Length of the n-grams.

    Returns
    -------
    dict
        ``probabilities`` of the first 50 events and ``unsmoothed`` (None if all counts are 0);
        ``unseen_mass``, the total probability of events with count 0; ``perplexity`` of the test text with add-k and
        ``perplexity_unsmoothed`` (infinite if the test text has an unseen n-gram).

    Raises
    ------
    ValueError
        If a text holds only white space.

    Examples
    --------
    >>> laplace_smoothing([3, 0, 1], 1.0, "a b", "a")["probabilities"].round(4).tolist()
    [0.5714, 0.1429, 0.2857]
    """
    c = np.asarray(counts, dtype=np.float64)  # (V,)
    p = (c + k) / (c.sum() + k * len(c))  # (V,)
    seen, asked = train.split(), test.split()
    if not seen or not asked:
        raise ValueError("train and test need at least one word each")
    return {
        "probabilities": p[:50],
        "unsmoothed": c[:50] / c.sum() if c.sum() > 0 else None,
        "unseen_mass": float(p[c == 0].sum()),
        "perplexity": ngram_perplexity(seen, asked, order, k),
        "perplexity_unsmoothed": ngram_perplexity(seen, asked, order, 0.0),
    }
