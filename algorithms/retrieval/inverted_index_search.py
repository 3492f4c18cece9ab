r"""An inverted index maps every term to the sorted list of documents that contain it, and BM25 ranks those documents.

$$\text{score}(q, d) = \sum_{t \in q} \ln\!\Big(1 + \frac{N - n_t + 0.5}{n_t + 0.5}\Big)\,
\frac{f_{t,d}\,(k_1 + 1)}{f_{t,d} + k_1\,(1 - b + b\,|d| / \overline{|d|})}$$

**Intuition.** Only documents that share a term with the query can score, so the search walks the posting lists of the
query terms and never the collection. A rare term weighs more (idf), repetitions of a term count less and less ($k_1$),
and long documents are held back ($b$).

**When to use it.** As the first stage of keyword search (the model behind Elasticsearch and Lucene), for names, codes
and rare words, and beside a dense retriever, whose ranking is then fused with this one.

**Cost.** Building takes one pass over the tokens. A query costs the total length of its posting lists.

**Pitfalls.** Index and query need the same tokeniser. Synonyms do not match. The older idf without the "1 +" turns
negative for a term in more than half of the documents. BM25 scores are not probabilities and cannot be compared
between queries. With $b = 0$ length plays no role; with $k_1 = 0$ neither do repetitions.

**References.** Robertson and Zaragoza, *The Probabilistic Relevance Framework: BM25 and Beyond* (2009). Manning, Raghavan
and Schütze, *Introduction to Information Retrieval* (2008), chapters 1 and 11.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.inputs import Name
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Passages = Annotated[list[Annotated[str, Field(min_length=1, max_length=2_000)]], Field(min_length=1, max_length=64)]
TopK = Annotated[int, Field(ge=1, le=50)]


def words(text: str) -> list[str]:
    """Lower-cased runs of letters, digits and underscores.

    Examples
    --------
    >>> words("BM25, the classic!")
    ['bm25', 'the', 'classic']
    """
    return re.findall(r"\w+", text.lower())


def build_index(documents: list[str]) -> tuple[dict[str, list[tuple[int, int]]], list[int]]:
    """Posting lists of (document, term frequency), and the document lengths in tokens.

    Examples
    --------
    >>> build_index(["a b a", "b"])
    ({'a': [(0, 2)], 'b': [(0, 1), (1, 1)]}, [3, 1])
    """
    index: dict[str, list[tuple[int, int]]] = {}
    lengths = []
    for number, document in enumerate(documents):
        counts = Counter(words(document))
        lengths.append(sum(counts.values()))
        for term, frequency in counts.items():
            index.setdefault(term, []).append((number, frequency))
    return index, lengths


def bm25_scores(query: str, documents: list[str], k1: float = 1.2, b: float = 0.75) -> Floats:
    """BM25 score of every document for `query`, shape (N,); documents without a query term score 0.

    Examples
    --------
    >>> bm25_scores("cat", ["cat", "dog"]).round(4).tolist()
    [0.6931, 0.0]
    """
    index, lengths = build_index(documents)
    n, mean_length = len(documents), max(sum(lengths) / len(lengths), 1.0)
    scores = np.zeros(n)  # (N,)
    for term in words(query):
        postings = index.get(term, [])
        idf = math.log(1 + (n - len(postings) + 0.5) / (len(postings) + 0.5))
        for document, frequency in postings:
            norm = k1 * (1 - b + b * lengths[document] / mean_length)
            scores[document] += idf * frequency * (k1 + 1) / (frequency + norm)
    return scores


@algorithm(
    id="inverted-index-search",
    name="Inverted index with BM25",
    aliases=(
        "BM25",
        "lexical search",
        "Elasticsearch",
        "keyword index",
        "inverted index",
        "Okapi BM25",
        "posting list",
    ),
    example={
        "query": "neural index",
        "documents": [
            "an inverted index maps words to documents",
            "a neural network learns weights",
            "a neural index learns to rank documents of an index",
            "the cat sat on the mat",
        ],
    },
)
def inverted_index_search(
    query: Name,
    documents: Passages,
    k1: Annotated[float, Field(ge=0, le=100)] = 1.2,
    b: Annotated[float, Field(ge=0, le=1)] = 0.75,
    top_k: TopK = 10,
) -> Output:
    """Rank `documents` for a keyword query.

    Parameters
    ----------
    query : str
        Keywords, up to 200 characters.
    documents : list of str
        The collection.
    k1 : float
        Saturation of term frequency; 0 counts presence only.
    b : float
        Strength of length normalisation, 0 to 1.
    top_k : int
        Number of results.

    Returns
    -------
    dict
        ``ranking`` document numbers with a positive score, best first, and their ``scores``; ``postings`` of each query
        term (document numbers, ascending); ``idf`` of each query term; ``vocabulary_size``; ``documents_touched``, the
        number of distinct documents in those lists.

    Examples
    --------
    >>> inverted_index_search("cat", ["a cat", "a dog", "cat cat"])["ranking"]
    [2, 0]
    """
    index, _ = build_index(documents)
    scores = bm25_scores(query, documents, k1, b)  # (N,)
    order = [int(i) for i in np.argsort(-scores, kind="stable") if scores[i] > 0][:top_k]
    postings = {term: [number for number, _ in index.get(term, [])] for term in dict.fromkeys(words(query))}
    n = len(documents)
    return {
        "ranking": order,
        "scores": scores[order],
        "postings": postings,
        "idf": {t: math.log(1 + (n - len(p) + 0.5) / (len(p) + 0.5)) for t, p in postings.items()},
        "vocabulary_size": len(index),
        "documents_touched": len({number for numbers in postings.values() for number in numbers}),
    }
