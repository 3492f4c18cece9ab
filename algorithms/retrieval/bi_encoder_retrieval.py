r"""Bi-encoder (dense) retrieval embeds query and documents separately and ranks documents by the similarity of vectors.

$$s(q, d) = \frac{E(q) \cdot E(d)}{\lVert E(q) \rVert\, \lVert E(d) \rVert}$$

**Intuition.** Because the towers never see each other's text, every document vector can be computed once and stored. At
query time one text is encoded and compared with the stored vectors by dot product, which a vector index makes fast.

**When to use it.** As the first stage over large collections, and wherever wording differs between question and answer.

**Cost.** $N + q$ forward passes for $N$ documents and $q$ queries: 1,000,100 for a million documents and a hundred
queries, against $10^8$ for a cross-encoder.

**Pitfalls.** One vector must summarise a whole text, so token-level detail is lost here, and not in a cross-encoder, which
keeps full interaction between tokens; the reverse is often claimed. ColBERT also encodes independently, so independence
is not the difference: it keeps one vector a token. Query and documents need the prefixes and the normalisation the model
was trained with. Embeddings of two models cannot be mixed in one index.

The encoder of this implementation is feature hashing of words and letter trigrams: it needs no weights, behaves like a
tower (a fixed function of one text), and matches spelling rather than meaning.

**References.** Karpukhin et al., *Dense Passage Retrieval*, arXiv:2004.04906. Reimers and Gurevych, *Sentence-BERT*,
arXiv:1908.10084.
"""

from __future__ import annotations

import zlib
from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.inputs import Count, Name
from algorithms.registry import Output, algorithm
from algorithms.retrieval.inverted_index_search import Passages, TopK, words
from algorithms.toy_data import Floats


def embed(texts: list[str], dim: int = 256) -> Floats:
    """Unit vectors (n, dim) by signed hashing of words (weight 1) and letter trigrams (weight 0.3).

    A text without any word becomes the zero vector.

    Examples
    --------
    >>> E = embed(["red apple", "apple red", "blue car"])
    >>> bool(E[0] @ E[1] > 0.999), bool(E[0] @ E[2] < 0.5)
    (True, True)
    """
    vectors = np.zeros((len(texts), dim))  # (n, dim)
    for row, text in enumerate(texts):
        for word in words(text):
            marked = f"<{word}>"
            features = [(word, 1.0)] + [(marked[i : i + 3], 0.3) for i in range(len(marked) - 2)]
            for feature, weight in features:
                code = zlib.crc32(feature.encode())
                vectors[row, code % dim] += weight if code >> 31 else -weight
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)  # (n, 1)
    return np.asarray(vectors / np.where(lengths > 0, lengths, 1))


@algorithm(
    id="bi-encoder-retrieval",
    name="Bi-encoder (dense) retrieval",
    aliases=("dense retrieval", "dual encoder", "two-tower", "bi-encoder", "embedding search", "semantic search"),
    example={
        "query": "how do I sort a list",
        "documents": [
            "sorting lists in Python with sorted",
            "plotting a histogram with matplotlib",
            "how to sort the rows of a table",
            "training a neural network",
        ],
        "n_documents": 1_000_000,
        "n_queries": 100,
    },
)
def bi_encoder_retrieval(
    query: Name,
    documents: Passages,
    top_k: TopK = 3,
    dim: Annotated[int, Field(ge=8, le=2_048)] = 256,
    n_documents: Count = 1_000_000,
    n_queries: Count = 100,
) -> Output:
    """Rank `documents` by cosine similarity to `query`, and count encoder passes for a collection of a given size.

    Parameters
    ----------
    query : str
        The question.
    documents : list of str
        The collection to rank.
    top_k : int
        Number of results.
    dim : int
        Length of the vectors.
    n_documents : int
        Size N of the collection whose cost is counted.
    n_queries : int
        Number q of queries whose cost is counted.

    Returns
    -------
    dict
        ``ranking`` document numbers, best first, and their cosine ``scores``; ``forward_passes`` = N + q of the
        bi-encoder; ``cross_encoder_passes`` = N q; ``index_bytes`` of N vectors in fp32.

    Examples
    --------
    >>> r = bi_encoder_retrieval("red apples", ["a blue car", "an apple, red"], n_documents=1000000, n_queries=100)
    >>> r["ranking"].tolist(), r["forward_passes"], r["cross_encoder_passes"]
    ([1, 0], 1000100, 100000000)
    """
    D = embed(documents, dim)  # (N, dim), computed once, before any query
    q = embed([query], dim)[0]  # (dim,)
    scores = D @ q  # (N,)
    order = np.argsort(-scores, kind="stable")[:top_k]  # (k,)
    return {
        "ranking": order,
        "scores": scores[order],
        "forward_passes": n_documents + n_queries,
        "cross_encoder_passes": n_documents * n_queries,
        "index_bytes": n_documents * dim * 4,
    }
