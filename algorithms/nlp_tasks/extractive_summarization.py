r"""Extractive summarization selects the most important sentences of a text and returns them unchanged, in their order.

$$\text{TextRank: } r_i = \frac{1 - d}{n} + d \sum_j \frac{w_{ji}}{\sum_k w_{jk}}\, r_j, \qquad w_{ij} = \cos(s_i, s_j)$$

**Intuition.** A sentence matters if it holds frequent content words, if it is near the centre of the text in embedding space, or
if other important sentences resemble it. The last idea is PageRank on a graph of sentences.

**When to use it.** News, minutes and legal text, where every sentence of the summary must be traceable to the source.

**Cost.** $O(n^2)$ similarities for $n$ sentences.

**Pitfalls.** Sentences are verbatim, so pronouns may lose their antecedent. Salient sentences repeat each other: penalise redundancy
(MMR). In news the first sentences are a hard baseline. Encoders such as BERT produce no text, so alone they serve
extraction, by scoring sentences; T5 and other decoders write abstractive summaries, which may state what the source does
not. "Which of BERT and T5 for summaries" is thus a question of the kind of summary, not of one model being newer. ROUGE
rewards overlap, not truth.

**References.** Mihalcea and Tarau, *TextRank* (2004). Nenkova and Vanderwende, *SumBasic* (2005). Liu and Lapata, *Text
Summarization with Pretrained Encoders*, arXiv:1908.08345.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from algorithms.nlp_tasks.text_clustering import tf_idf
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

STOP = set(
    [
        "the",
        "a",
        "an",
        "and",
        "or",
        "of",
        "to",
        "in",
        "on",
        "is",
        "are",
        "was",
        "were",
        "it",
        "this",
        "that",
        "for",
        "with",
        "as",
        "by",
        "at",
        "from",
        "be",
        "has",
        "have",
        "but",
        "not",
    ]
)


def split_sentences(text: str) -> list[str]:
    """Sentences that end with . ! or ? before white space."""
    return [s for s in re.split(r"(?<=[.!?])\s+", text.strip()) if s]


def text_rank(W: Floats, damping: float = 0.85, rounds: int = 200) -> Floats:
    """PageRank (n,) of a similarity matrix (n, n) without loops; a sentence without neighbours spreads evenly.

    Examples
    --------
    >>> text_rank(np.array([[0.0, 1.0, 1.0], [1.0, 0.0, 0.0], [1.0, 0.0, 0.0]])).round(3).tolist()
    [0.486, 0.257, 0.257]
    """
    n = len(W)
    sums = W.sum(axis=1, keepdims=True)  # (n, 1)
    P = np.where(sums > 0, W / np.where(sums > 0, sums, 1), 1 / n)  # (n, n), rows sum to 1
    rank = np.full(n, 1 / n)  # (n,)
    for _ in range(rounds):
        rank = (1 - damping) / n + damping * rank @ P
    return rank


def scores(sentences: list[str], method: str) -> Floats:
    """Importance of each sentence (n,)."""
    if method == "frequency":
        words = [[w for w in re.findall(r"[a-z']+", s.lower()) if w not in STOP] for s in sentences]
        flat = [w for group in words for w in group]
        share = {w: flat.count(w) / len(flat) for w in set(flat)}
        return np.array([sum(share[w] for w in group) / max(len(group), 1) for group in words])
    X, _ = tf_idf([" ".join(w for w in re.findall(r"\w+", s.lower()) if w not in STOP) for s in sentences])
    similarity = X @ X.T  # (n, n)
    if method == "embedding":
        center = X.mean(axis=0)  # (d,)
        return np.asarray(X @ center / max(float(np.linalg.norm(center)), 1e-12))
    np.fill_diagonal(similarity, 0)
    return text_rank(similarity)


@algorithm(
    id="extractive-summarization",
    name="Extractive summarization",
    aliases=("sentence selection", "TextRank", "BERT summarization", "text summarization", "extractive vs abstractive"),
    example={
        "text": "Retrieval finds relevant documents. Good retrieval needs a good index. The weather was fine that day. An index maps"
        " words to documents. Lunch was served late. Documents are ranked by relevance.",
        "n_sentences": 2,
        "method": "textrank",
    },
)
def extractive_summarization(
    text: Annotated[str, Field(min_length=1, max_length=5_000)],
    n_sentences: Annotated[int, Field(ge=1, le=20)] = 2,
    method: Literal["frequency", "embedding", "textrank"] = "textrank",
) -> Output:
    """Pick sentences of a text.

    Parameters
    ----------
    text : str
        The source, at most 100 sentences.
    n_sentences : int
        Sentences to keep.
    method : {"frequency", "embedding", "textrank"}
        Mean frequency of content words, closeness to the mean TF-IDF vector, or PageRank on similarities.

    Returns
    -------
    dict
        ``summary``, sentences in the order of the text; ``chosen``, their numbers; ``scores`` (first 50 sentences); ``compression``,
        characters of the summary over those of the text.

    Raises
    ------
    ValueError
        If the text is blank or has more than 100 sentences.

    Examples
    --------
    >>> extractive_summarization("Cats chase mice. It rained. Mice fear cats.", 2, "frequency")["summary"]
    ['Cats chase mice.', 'Mice fear cats.']
    """
    sentences = split_sentences(text)
    if not 1 <= len(sentences) <= 100:
        raise ValueError(f"the text has {len(sentences)} sentences; give 1 to 100")
    importance = scores(sentences, method)  # (n,)
    chosen = np.sort(np.argsort(-importance, kind="stable")[:n_sentences])
    summary = [sentences[i] for i in chosen]
    return {
        "summary": summary,
        "chosen": chosen,
        "scores": importance[:50],
        "compression": len(" ".join(summary)) / len(text),
    }
