r"""Maximum likelihood estimation of a hidden Markov model from tagged sequences is counting: how often each tag follows each tag and emits each word.

$$\hat a_{ij} = \frac{\#(i \to j)}{\#(i \to \cdot)}, \qquad \hat b_j(w) = \frac{\#(j, w)}{\#(j)}, \qquad \text{add-}k:\; \hat b_j(w) = \frac{\#(j, w) + k}{\#(j) + k\,|V|}$$

**Intuition.** When states are annotated nothing is hidden, the likelihood splits into independent multinomials, and each is maximised by relative frequencies.

**When to use it.** To train taggers from annotated corpora; as the start of Baum-Welch.

**Cost.** One pass over the data.

**Pitfalls.** A word never seen with a tag gets emission zero and makes every path through it impossible; add-$k$ smoothing, with one slot for unknown words, repairs it. $k = 1$ is often too much when the vocabulary is large: it takes most of the mass from rare
tags. Transitions out of a tag are divided by the number of times something follows it, not by all its occurrences, unless an end tag is counted. Splitting "word/tag" at the first slash breaks words with a slash: split at the last.

**References.** Jurafsky and Martin, *Speech and Language Processing*, chapter 8. Manning and Schütze, *Foundations of Statistical Natural Language
Processing*, chapter 10.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

UNKNOWN = "<unk>"
Tagged = Annotated[list[Annotated[str, Field(min_length=1, max_length=500)]], Field(min_length=1, max_length=64)]
Ints = NDArray[np.int64]


def count_tables(pairs: list[tuple[Ints, Ints]], N: int, M: int) -> tuple[Floats, Floats, Floats]:
    """Counts of starts (N,), transitions (N, N) and emissions (N, M) of (states, observations) sequences.

    Examples
    --------
    >>> starts, moves, emitted = count_tables([(np.array([0, 1, 1]), np.array([2, 0, 0]))], 2, 3)
    >>> moves.tolist(), emitted.tolist()
    ([[0.0, 1.0], [0.0, 1.0]], [[0.0, 0.0, 1.0], [2.0, 0.0, 0.0]])
    """
    starts, moves, emitted = np.zeros(N), np.zeros((N, N)), np.zeros((N, M))
    for z, x in pairs:
        starts[z[0]] += 1
        np.add.at(moves, (z[:-1], z[1:]), 1)
        np.add.at(emitted, (z, x), 1)
    return starts, moves, emitted


def smoothed(counts: Floats, k: float) -> Floats:
    """Rows (counts + k) / sum; a row without any mass becomes uniform."""
    total = counts.sum(axis=-1, keepdims=True) + k * counts.shape[-1]
    return np.asarray(np.where(total > 0, (counts + k) / np.where(total > 0, total, 1), 1 / counts.shape[-1]))


@algorithm(
    id="hmm-mle-estimation",
    name="Count-based HMM emission and transition estimates",
    aliases=("emission probabilities", "transition probabilities", "MLE counts", "tagger counts"),
    example={
        "sentences": ["the/DT cat/NN saw/VB the/DT dog/NN", "a/DT dog/NN barks/VB", "dogs/NN saw/VB a/DT cat/NN"],
        "k": 0.0,
    },
)
def hmm_mle_estimation(sentences: Tagged, k: Annotated[float, Field(ge=0, le=100)] = 0.0) -> Output:
    """Estimate a tagger from sentences of word/TAG tokens.

    Parameters
    ----------
    sentences : list of str
        Sentences of tokens word/TAG, separated by spaces.
    k : float
        Added to each count; above 0 an entry <unk> for unseen words is included.

    Returns
    -------
    dict
        ``tags``; ``initial`` (N,); ``transition`` (N, N), rows in the order of the tags; ``emission``: for each tag its 10 likeliest
        words with probability; ``unseen_probability`` of an unseen word for each tag; ``tag_counts``; ``vocabulary_size``.

    Raises
    ------
    ValueError
        If a token has no tag, there are no tokens, or more than 12 tags.

    Examples
    --------
    >>> output = hmm_mle_estimation(["the/DT cat/NN", "the/DT dog/NN"])
    >>> output["emission"]["NN"], output["transition"][0].tolist()
    ({'cat': 0.5, 'dog': 0.5}, [0.0, 1.0])
    """
    parsed = [[token.rsplit("/", 1) for token in sentence.split()] for sentence in sentences]
    parsed = [sentence for sentence in parsed if sentence]
    wrong = [part[0] for sentence in parsed for part in sentence if len(part) != 2 or not all(part)]
    if wrong or not parsed:
        raise ValueError(f"every token must be word/TAG; these are not: {wrong[:5]}")
    tags = sorted({tag for sentence in parsed for _, tag in sentence})
    words = sorted({word for sentence in parsed for word, _ in sentence}) + ([UNKNOWN] if k > 0 else [])
    if len(tags) > 12:
        raise ValueError(f"there are {len(tags)} tags; at most 12 are supported")
    tag_at, word_at = {t: i for i, t in enumerate(tags)}, {w: i for i, w in enumerate(words)}
    pairs = [
        (np.array([tag_at[t] for _, t in sentence]), np.array([word_at[w] for w, _ in sentence])) for sentence in parsed
    ]
    starts, moves, emitted = count_tables(pairs, len(tags), len(words))
    B = smoothed(emitted, k)  # (N, M)
    top = {
        tag: {words[j]: float(B[i, j]) for j in np.argsort(-B[i], kind="stable")[:10] if B[i, j] > 0}
        for i, tag in enumerate(tags)
    }
    return {
        "tags": tags,
        "initial": smoothed(starts, k),
        "transition": smoothed(moves, k),
        "emission": top,
        "unseen_probability": {tag: B[i, -1] if k > 0 else 0.0 for i, tag in enumerate(tags)},
        "tag_counts": {tag: int(emitted[i].sum()) for i, tag in enumerate(tags)},
        "vocabulary_size": len(words),
    }
