r"""TF-IDF weighs each word of a document by how often it occurs there and how rare it is in the collection.

$$\text{tf-idf}(w, d) = \mathrm{tf}(w, d) \cdot \log \frac{N}{\mathrm{df}(w)}$$

**Intuition.** A word that fills one document and few others says what that document is about; a word that stands in all of them says nothing, and its weight is $\log 1 = 0$. Without the second factor the vector is a plain bag of words: counts that sum to the number of tokens, with the order of words lost.

**When to use it.** For search, keywords and as a strong, cheap baseline of text classification. BM25 refines it for search.

**Cost.** One pass over the collection; vectors are sparse.

**Pitfalls.** Many variants share the name: scikit-learn smooths, $\log\frac{1+N}{1+\mathrm{df}} + 1$, and normalises, so numbers differ from the textbook formula. IDF must be computed on the training collection and reused for queries and test texts. "dog bites man" and "man bites dog" get the same vector. Synonyms do not meet. Raw tf favours long documents; normalise or take logarithms.

**References.** Spärck Jones, *A Statistical Interpretation of Term Specificity* (1972). Salton and Buckley, *Term-Weighting Approaches in Automatic Text
Retrieval* (1988).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from algorithms.embeddings.cosine_similarity import cosine_matrix
from algorithms.figures import heatmap
from algorithms.registry import Output, algorithm
from algorithms.tokenization.word_tokenization import split_words
from algorithms.toy_data import Floats

Documents = Annotated[list[Annotated[str, Field(min_length=1, max_length=500)]], Field(min_length=1, max_length=12)]


def count_matrix(documents: list[list[str]], vocabulary: list[str]) -> Floats:
    """Counts (N, V) of the vocabulary in each document.

    Examples
    --------
    >>> count_matrix([["a", "b", "a"]], ["a", "b"]).tolist()
    [[2.0, 1.0]]
    """
    return np.array([[document.count(word) for word in vocabulary] for document in documents], dtype=np.float64)


def inverse_document_frequency(counts: Floats, smooth: bool) -> Floats:
    """IDF (V,) from counts (N, V): log N/df, or log (1 + N)/(1 + df) + 1 when smoothed."""
    N, df = len(counts), (counts > 0).sum(axis=0)
    return np.asarray(np.log((1 + N) / (1 + df)) + 1 if smooth else np.log(N / df))


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Similarities of the documents."""
    return heatmap(output["similarities"], "document similarity", xlabel="document", ylabel="document")


@algorithm(
    id="tf-idf",
    name="Bag of words and TF-IDF",
    aliases=(
        "TF-IDF",
        "term frequency inverse document frequency",
        "Bag of words",
        "BoW",
        "count vector",
        "bag-of-words",
    ),
    example={"documents": ["the cat sat on the mat", "the dog sat on the log", "cats and dogs are the best friends"]},
    figure=draw,
)
def tf_idf(
    documents: Documents, variant: Literal["counts", "tf-idf", "smooth"] = "tf-idf", normalize: bool = False
) -> Output:
    """Vectors of `documents`; words are lower-cased and punctuation is dropped.

    Parameters
    ----------
    documents : list of str
        The collection.
    variant : {"counts", "tf-idf", "smooth"}
        Plain counts, tf times log N/df, or the smoothed formula of scikit-learn.
    normalize : bool
        Scale each vector to length one.

    Returns
    -------
    dict
        ``weights``: for each document its 10 heaviest words with weight above zero; ``idf`` of at most 50 words (1 for counts);
        ``tokens`` a document, equal to the sum of its counts; ``similarities`` (N, N), cosines of the documents;
        ``vocabulary_size``.

    Raises
    ------
    ValueError
        If no document has a word.

    Examples
    --------
    >>> output = tf_idf(["the cat", "the dog"])
    >>> round(output["idf"]["the"], 4), round(output["weights"][0]["cat"], 4)
    (0.0, 0.6931)
    """
    words = [[w for w in split_words(document.lower()) if w[0].isalnum() or w[0] == "_"] for document in documents]
    vocabulary = sorted({word for document in words for word in document})
    if not vocabulary:
        raise ValueError("the documents hold no words")
    counts = count_matrix(words, vocabulary)  # (N, V)
    idf = np.ones(len(vocabulary)) if variant == "counts" else inverse_document_frequency(counts, variant == "smooth")
    X = counts * idf  # (N, V)
    if normalize:
        lengths = np.linalg.norm(X, axis=1, keepdims=True)
        X = np.divide(X, lengths, out=np.zeros_like(X), where=lengths > 0)
    top = [{vocabulary[j]: float(row[j]) for j in np.argsort(-row, kind="stable")[:10] if row[j] > 0} for row in X]
    return {
        "weights": top,
        "idf": {word: float(value) for word, value in list(zip(vocabulary, idf, strict=True))[:50]},
        "tokens": [len(document) for document in words],
        "similarities": cosine_matrix(X, X),
        "vocabulary_size": len(vocabulary),
    }
