r"""Mean pooling makes one vector of a sentence by averaging the vectors of its tokens, leaving padding out.

$$s = \frac{\sum_t m_t\, h_t}{\sum_t m_t}, \qquad m_t = 1 \text{ for real tokens, } 0 \text{ for padding}$$

**Intuition.** Averaged, the directions that the words share add up and the rest cancels. With static word vectors the result does not know the order of words; with the outputs of an encoder each vector already holds its context, and the mean is a good summary.

**When to use it.** For sentence embeddings in search, clustering and classification; sentence-transformers use it by default.

**Cost.** $O(n d)$.

**Pitfalls.** Padding must be masked out of sum *and* count; otherwise a sentence's vector depends on the longest one in its batch. With static vectors "dog bites man" equals "man bites dog". An unadapted BERT mean is mediocre; contrastive training makes it good. Frequent words dominate a plain mean; weighting by rarity helps. Normalise afterwards if dot products are to be cosines. An empty sentence has no mean.

**References.** Reimers and Gurevych, *Sentence-BERT*, arXiv:1908.10084. Arora, Liang and Ma, *A Simple but Tough-to-Beat Baseline for Sentence Embeddings*, ICLR (2017).
"""

from __future__ import annotations

import zlib
from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.embeddings.cosine_similarity import cosine_matrix
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.tokenization.word_tokenization import split_words
from algorithms.toy_data import Floats

Sentences = Annotated[list[Annotated[str, Field(min_length=1, max_length=300)]], Field(min_length=1, max_length=8)]


def word_vector(word: str, d: int, seed: int) -> Floats:
    """Random vector (d,) that depends on the word and the seed alone."""
    return np.random.default_rng([seed, zlib.crc32(word.encode())]).standard_normal(d)


def masked_mean(H: Floats, mask: Floats) -> Floats:
    """Mean (b, d) of token vectors (b, n, d) where the mask (b, n) is 1.

    Examples
    --------
    >>> masked_mean(np.array([[[1.0], [3.0], [99.0]]]), np.array([[1.0, 1.0, 0.0]])).tolist()
    [[2.0]]
    """
    return np.asarray((H * mask[:, :, None]).sum(axis=1) / mask.sum(axis=1, keepdims=True))


@algorithm(
    id="sentence-embedding-mean-pooling",
    name="Mean-pooled sentence embedding",
    aliases=("sentence encoding", "average word vectors", "mean pooling", "sentence embedding"),
    example={"sentences": ["dog bites man", "man bites dog", "the weather is fine today"], "padding": 2},
)
def sentence_embedding_mean_pooling(
    sentences: Sentences,
    padding: Annotated[int, Field(ge=0, le=50)] = 2,
    masked: bool = True,
    d: Annotated[int, Field(ge=1, le=32)] = 8,
    seed: Seed = 0,
) -> Output:
    """Average random static word vectors of each sentence.

    Parameters
    ----------
    sentences : list of str
        Sentences; words are lower-cased.
    padding : int
        Padding tokens beyond the longest sentence.
    masked : bool
        Leave padding out of the mean.
    d : int
        Length of a vector.
    seed : int
        Seed of the vectors of words and padding.

    Returns
    -------
    dict
        ``embeddings`` (b, d); ``similarities`` (b, b), cosines; ``tokens`` a sentence; ``padding_effect``, largest change of an embedding
        when the padding is removed (0 with the mask, for sentences of any length).

    Raises
    ------
    ValueError
        If a sentence has no tokens.

    Examples
    --------
    >>> output = sentence_embedding_mean_pooling(["dog bites man", "man bites dog"])
    >>> bool(np.allclose(output["embeddings"][0], output["embeddings"][1])), float(output["padding_effect"])
    (True, 0.0)
    """
    words = [split_words(sentence.lower()) for sentence in sentences]
    if not all(words):
        raise ValueError("every sentence needs at least one token")
    length = max(len(w) for w in words) + padding
    pad = word_vector("[PAD]", d, seed)
    H = np.array([[word_vector(w, d, seed) for w in row] + [pad] * (length - len(row)) for row in words])  # (b, n, d)
    mask = np.array([[1.0] * len(row) + [0.0] * (length - len(row)) for row in words])  # (b, n)
    embeddings = masked_mean(H, mask if masked else np.ones_like(mask))  # (b, d)
    alone = np.stack([H[i, : len(row)].mean(axis=0) for i, row in enumerate(words)])  # (b, d)
    difference = np.abs(embeddings - alone).max()
    return {
        "embeddings": embeddings,
        "similarities": cosine_matrix(embeddings, embeddings),
        "tokens": [len(row) for row in words],
        "padding_effect": difference if difference > 1e-12 else 0.0,
    }
