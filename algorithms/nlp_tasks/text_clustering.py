r"""Text clustering groups documents by topic without labels, in two stages: embed the texts, then cluster the vectors.

$$\text{texts} \;\to\; x_i \in \mathbb{R}^d,\; \lVert x_i \rVert = 1 \;\to\; \min_{\mu, c} \sum_i \lVert x_i - \mu_{c(i)} \rVert^2$$

**Intuition.** Texts with similar words (TF-IDF) or similar meaning (a sentence encoder) get nearby vectors. k-means then alternates
between assigning each vector to its nearest centre and moving each centre to the mean of its vectors. The heaviest terms
of a centre name the topic.

**When to use it.** Sorting tickets, news and survey answers before anyone has defined categories; finding near duplicates.

**Cost.** $O(n k d)$ a round.

**Pitfalls.** The embedding decides more than the clustering algorithm. Normalise the vectors, so that Euclidean distance orders like
cosine, or long texts form their own cluster. k-means finds a local optimum: use several starts. The number of clusters is
a choice; compare silhouettes, and read samples. Very frequent words must be weighed down. In high dimensions distances
even out, so reduce them first (PCA, UMAP) for density methods. Clusters are not classes.

**References.** Manning, Raghavan and Schütze, *Introduction to Information Retrieval* (2008), chapter 16. Grootendorst,
*BERTopic*, arXiv:2203.05794.
"""

from __future__ import annotations

import math
import re
from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats, Ints

Documents = Annotated[list[Annotated[str, Field(min_length=1, max_length=500)]], Field(min_length=2, max_length=64)]


def tf_idf(texts: list[str]) -> tuple[Floats, list[str]]:
    """Unit rows (n, V) of term frequency times ln((1 + n) / (1 + df)) + 1, and the terms."""
    split = [re.findall(r"\w\w+", text.lower()) for text in texts]
    terms = sorted({word for words in split for word in words})
    column = {term: i for i, term in enumerate(terms)}
    X = np.zeros((len(texts), len(terms)))  # (n, V)
    for row, words in enumerate(split):
        for word in words:
            X[row, column[word]] += 1
    X *= np.array([math.log((1 + len(texts)) / (1 + df)) + 1 for df in (X > 0).sum(axis=0)])
    lengths = np.linalg.norm(X, axis=1, keepdims=True)  # (n, 1)
    return X / np.where(lengths > 0, lengths, 1), terms


def k_means(X: Floats, k: int, rounds: int, rng: np.random.Generator) -> tuple[Ints, Floats, float]:
    """Labels (n,), centres (k, d) and the sum of squared distances, from k-means++ seeding."""
    centres = X[rng.integers(len(X))][None, :]  # (1, d)
    while len(centres) < k:
        nearest = ((X[:, None] - centres) ** 2).sum(-1).min(axis=1)  # (n,)
        chances = nearest / nearest.sum() if nearest.sum() > 0 else None
        centres = np.vstack([centres, X[rng.choice(len(X), p=chances)]])
    for _ in range(rounds):
        labels = ((X[:, None] - centres) ** 2).sum(-1).argmin(axis=1)  # (n,)
        means = [X[labels == c].mean(axis=0) if (labels == c).any() else centres[c] for c in range(k)]
        if np.allclose(means, centres):
            break
        centres = np.stack(means)  # (k, d)
    distances = ((X[:, None] - centres) ** 2).sum(-1)  # (n, k)
    return distances.argmin(axis=1), centres, float(distances.min(axis=1).sum())


@algorithm(
    id="text-clustering",
    name="Text clustering",
    aliases=("document clustering", "topic clustering", "cluster texts", "k-means on texts"),
    example={
        "texts": [
            "the cat chased the mouse",
            "a cat and a mouse in the house",
            "the mouse ran from the cat",
            "stocks and bonds fell today",
            "the market for stocks and bonds",
            "investors sell bonds and buy stocks",
        ],
        "k": 2,
    },
)
def text_clustering(
    texts: Documents,
    k: Annotated[int, Field(ge=1, le=10)] = 2,
    starts: Annotated[int, Field(ge=1, le=8)] = 5,
    seed: Seed = 0,
) -> Output:
    """Cluster texts by TF-IDF and k-means.

    Parameters
    ----------
    texts : list of str
        Documents.
    k : int
        Number of clusters, at most the number of texts.
    starts : int
        Runs of k-means, of which the best is kept.
    seed : int
        Seed of the starts.

    Returns
    -------
    dict
        ``labels`` (n,), numbered in order of appearance; ``top_terms``, three for each cluster; ``sizes``; ``inertia``, sum of
        squared distances to the centres; ``vocabulary_size``.

    Raises
    ------
    ValueError
        If there are more clusters than texts.

    Examples
    --------
    >>> r = text_clustering(["cat and mouse", "stocks and bonds", "mouse and cat", "bonds, stocks"], k=2)
    >>> r["labels"]
    [0, 1, 0, 1]
    """
    if k > len(texts):
        raise ValueError(f"{k} clusters for {len(texts)} texts; k can be at most the number of texts")
    X, terms = tf_idf(texts)
    X, vocabulary = (X, terms) if terms else (np.zeros((len(texts), 1)), [""])
    rng = np.random.default_rng(seed)
    labels, centres, inertia = min((k_means(X, k, 50, rng) for _ in range(starts)), key=lambda run: run[2])
    order = list(dict.fromkeys(labels.tolist()))  # clusters by first appearance
    renamed = [order.index(label) for label in labels.tolist()]
    top = [[vocabulary[i] for i in np.argsort(-centres[c], kind="stable")[:3]] for c in order]
    return {
        "labels": renamed,
        "top_terms": top,
        "sizes": [renamed.count(c) for c in range(len(order))],
        "inertia": inertia,
        "vocabulary_size": len(terms),
    }
