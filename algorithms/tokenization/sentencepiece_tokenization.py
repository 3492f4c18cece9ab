r"""SentencePiece with a unigram language model segments raw text, spaces included, into the most probable sequence of subword pieces.

$$x^* = \arg\max_{x \in S(\text{text})} \sum_{i} \log p(x_i)$$

**Intuition.** A space is an ordinary symbol, written ▁ (U+2581), so the pieces joined together give back the text exactly, in any language, with or without
spaces between words. Each piece has a probability; the Viterbi algorithm finds the best split without trying all of them. Training starts with
many candidate pieces, estimates probabilities with EM and drops the pieces whose loss matters least.

**When to use it.** In T5, ALBERT, XLNet and many multilingual models; also for sampling alternative splits as regularisation.

**Cost.** $O(n\,m)$ for text length $n$ and longest piece $m$.

**Pitfalls.** SentencePiece is a tool with two algorithms, unigram and BPE; the name does not tell which. The mark ▁ is not an underscore. Greedy longest match
is a different method and can miss the most probable split. Single characters must stay in the vocabulary, or some texts cannot be segmented. Here a missing
character gets a very low probability, as the tool does.

**References.** Kudo and Richardson, *SentencePiece*, arXiv:1808.06226. Kudo, *Subword Regularization*, arXiv:1804.10959.
"""

from __future__ import annotations

import math
from collections import defaultdict
from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.registry import Output, algorithm

SPACE = "\u2581"
Probabilities = Annotated[
    dict[Annotated[str, Field(min_length=1, max_length=20)], Annotated[float, Field(gt=0, le=1)]], Field(max_length=500)
]


def viterbi_segment(text: str, log_p: dict[str, float], unknown: float) -> tuple[list[str], float]:
    """Most probable pieces of `text` and their log-probability; a lone missing character costs `unknown`.

    Examples
    --------
    >>> viterbi_segment("abc", {"a": -2.0, "b": -2.0, "c": -2.0, "ab": -3.0, "bc": -5.0}, -10.0)
    (['ab', 'c'], -5.0)
    """
    longest = max((len(piece) for piece in log_p), default=1)
    best, back = [0.0] + [-math.inf] * len(text), [0] * (len(text) + 1)
    for end in range(1, len(text) + 1):
        for start in range(max(0, end - longest), end):
            piece = text[start:end]
            score = best[start] + log_p.get(piece, unknown if len(piece) == 1 else -math.inf)
            if score > best[end]:
                best[end], back[end] = score, start
    pieces: list[str] = []
    end = len(text)
    while end > 0:
        pieces.append(text[back[end] : end])
        end = back[end]
    return pieces[::-1], best[-1]


def expected_counts(text: str, log_p: dict[str, float]) -> tuple[dict[str, float], float]:
    """Expected count of each piece over all segmentations, and the log-likelihood of `text`.

    Examples
    --------
    >>> counts, _ = expected_counts("aa", {"a": math.log(0.5), "aa": math.log(0.5)})
    >>> {piece: round(count, 4) for piece, count in counts.items()}
    {'a': 0.6667, 'aa': 0.6667}
    """
    n, longest = len(text), max(len(piece) for piece in log_p)
    edges = [
        (start, end, text[start:end])
        for end in range(1, n + 1)
        for start in range(max(0, end - longest), end)
        if text[start:end] in log_p
    ]
    alpha, beta = np.full(n + 1, -np.inf), np.full(n + 1, -np.inf)
    alpha[0] = beta[n] = 0.0
    for start, end, piece in edges:
        alpha[end] = np.logaddexp(alpha[end], alpha[start] + log_p[piece])
    for start, end, piece in sorted(edges, key=lambda edge: -edge[1]):
        beta[start] = np.logaddexp(beta[start], log_p[piece] + beta[end])
    counts: dict[str, float] = defaultdict(float)
    for start, end, piece in edges:
        counts[piece] += float(np.exp(alpha[start] + log_p[piece] + beta[end] - alpha[n]))
    return dict(counts), float(alpha[n])


def train_unigram(text: str, longest: int, size: int, rounds: int) -> tuple[dict[str, float], list[float]]:
    """Log-probabilities of at most `size` pieces (and all single characters), and the log-likelihood after each round."""
    seeds: dict[str, float] = defaultdict(float)
    for start in range(len(text)):
        for end in range(start + 1, min(start + longest, len(text)) + 1):
            if SPACE not in text[start + 1 : end]:
                seeds[text[start:end]] += 1
    kept = {piece: count for piece, count in seeds.items() if count > 1 or len(piece) == 1}
    likelihoods: list[float] = []
    for _ in range(rounds):
        total = sum(kept.values())
        log_p = {piece: math.log(count / total) for piece, count in kept.items()}
        counts, likelihood = expected_counts(text, log_p)
        likelihoods.append(likelihood)
        kept = {piece: count for piece, count in counts.items() if count > 1e-6 or len(piece) == 1}
    ranked = sorted(kept, key=lambda piece: (len(piece) > 1, -kept[piece], piece))
    singles = sum(len(piece) == 1 for piece in ranked)
    chosen = ranked[: max(size, singles)]
    total = sum(max(kept[piece], 1e-6) for piece in chosen)
    return {piece: math.log(max(kept[piece], 1e-6) / total) for piece in chosen}, likelihoods


@algorithm(
    id="sentencepiece-tokenization",
    name="SentencePiece / unigram tokenization",
    aliases=("unigram LM tokenizer", "SentencePiece", "unigram tokenization"),
    example={"text": "new lower lowest", "corpus": "low lower lowest new newer newest low low new wide wider widest"},
)
def sentencepiece_tokenization(
    text: Annotated[str, Field(min_length=1, max_length=500)],
    corpus: Annotated[
        str, Field(min_length=1, max_length=500)
    ] = "low lower lowest new newer newest low low new wide wider widest",
    probabilities: Probabilities | None = None,
    vocabulary_size: Annotated[int, Field(ge=1, le=200)] = 30,
    rounds: Annotated[int, Field(ge=1, le=8)] = 4,
) -> Output:
    """Segment `text` with given piece probabilities, or with ones learned from `corpus` by EM.

    Parameters
    ----------
    text : str
        Text to segment; runs of white space count as one space.
    corpus : str
        Training text if no probabilities are given.
    probabilities : dict of str to float, optional
        Probability of each piece; ▁ stands for a space.
    vocabulary_size : int
        Pieces to keep; single characters are always kept.
    rounds : int
        Rounds of EM.

    Returns
    -------
    dict
        ``tokens``; ``log_probability`` of the split; ``decoded`` text; ``lossless``; ``likelihoods`` of the corpus after each
        round (non-decreasing until a piece is dropped; empty if probabilities were given); ``vocabulary_size``.

    Raises
    ------
    ValueError
        If text or corpus hold only white space.

    Examples
    --------
    >>> p = {"▁": 0.1, "▁hug": 0.3, "s": 0.1, "h": 0.1, "u": 0.1, "g": 0.1, "ug": 0.1, "▁hugs": 0.02}
    >>> sentencepiece_tokenization("hugs", probabilities=p)["tokens"]
    ['▁hug', 's']
    """
    words = text.split()
    if not words or not corpus.split():
        raise ValueError("text and corpus need at least one character that is not white space")
    marked = SPACE + SPACE.join(words)
    likelihoods: list[float] = []
    if probabilities:
        log_p = {piece: math.log(p) for piece, p in probabilities.items()}
    else:
        log_p, likelihoods = train_unigram(SPACE + SPACE.join(corpus.split()), 8, vocabulary_size, rounds)
    pieces, score = viterbi_segment(marked, log_p, min(log_p.values()) - 10)
    decoded = "".join(pieces).replace(SPACE, " ").strip()
    return {
        "tokens": pieces,
        "log_probability": score,
        "decoded": decoded,
        "lossless": decoded == " ".join(words),
        "likelihoods": likelihoods,
        "vocabulary_size": len(log_p),
    }
