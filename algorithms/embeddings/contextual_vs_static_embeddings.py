r"""A static embedding gives a word one vector for good; a contextual embedding computes its vector anew from the sentence in which it stands.

$$\text{static: } e(w), \qquad \text{contextual: } h(w \mid \text{sentence}), \qquad \text{ELMo: } \gamma \sum_{j} s_j\, h_j, \quad s = \mathrm{softmax}(\lambda)$$

**Intuition.** "Bank" by a river and "bank" with a loan share their word2vec vector, a blend of both senses. In a Transformer attention mixes in the neighbours, so the two come out different. ELMo takes the layers of a bidirectional language model and lets the task learn how to weigh them, with softmax weights $s$ and a scale $\gamma$.

**When to use it.** Contextual vectors for nearly all tasks; static ones where speed, memory or simple lookup count.

**Cost.** A lookup against a forward pass of the encoder.

**Pitfalls.** Static vectors are independent of the *context*, not of training: they are learned. A contextual model also has a static table at its bottom, and token embeddings of a Transformer are not its contextual vectors. Which layer to use matters; the last is not always best. Comparing one word in two contexts needs the
right token position. The encoder here has random weights: it shows that vectors differ, not that they are good.

**References.** Peters et al., *Deep Contextualized Word Representations* (ELMo), arXiv:1802.05365. Devlin et al., *BERT*, arXiv:1810.04805. Mikolov et al., arXiv:1301.3781.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.activations.softmax import softmax_along
from algorithms.embeddings.cosine_similarity import cosine_matrix
from algorithms.embeddings.sentence_embedding_mean_pooling import word_vector
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.tokenization.word_tokenization import split_words
from algorithms.toy_data import Floats
from algorithms.transformers.transformer_encoder_layer import LayerWeights, encoder_layer

Sentence = Annotated[str, Field(min_length=1, max_length=200)]
LayerScores = Annotated[list[Annotated[float, Field(ge=-100, le=100)]], Field(min_length=3, max_length=3)]


def layers_of(words: list[str], d: int, seed: int) -> Floats:
    """Vectors (3, n, d): static embeddings and the outputs of two random encoder layers."""
    rng = np.random.default_rng(seed)
    X = np.stack([word_vector(word, d, seed) for word in words])  # (n, d)
    outputs = [X]
    for _ in range(2):
        outputs.append(encoder_layer(outputs[-1], LayerWeights.random(d, rng), heads=2)[0])
    return np.stack(outputs)


def elmo_mix(layers: Floats, scores: Floats, gamma: float) -> Floats:
    """Weighted sum (n, d) of layers (L, n, d).

    Examples
    --------
    >>> elmo_mix(np.array([[[1.0]], [[3.0]]]), np.zeros(2), gamma=2.0).tolist()
    [[4.0]]
    """
    return np.asarray(gamma * np.tensordot(softmax_along(scores), layers, axes=1))


@algorithm(
    id="contextual-vs-static-embeddings",
    name="Contextual vs static word vectors",
    aliases=("BERT vs word2vec", "ELMo contextual embeddings", "biLM embeddings", "ELMo", "contextual embeddings"),
    example={"first": "we sat on the bank of the river", "second": "the bank approved the loan", "word": "bank"},
)
def contextual_vs_static_embeddings(
    first: Sentence,
    second: Sentence,
    word: Annotated[str, Field(min_length=1, max_length=30)] = "bank",
    layer_scores: LayerScores | None = None,
    gamma: Annotated[float, Field(gt=0, le=100)] = 1.0,
    seed: Seed = 0,
) -> Output:
    """Vectors of one word in two sentences, by layer of a random encoder.

    Parameters
    ----------
    first : str
        A sentence that holds the word.
    second : str
        Another one.
    word : str
        The word to compare, at its first place in each.
    layer_scores : list of float, (3,), optional
        ELMo scores λ of the three layers, static first; all 0 if not given.
    gamma : float
        ELMo scale.
    seed : int
        Seed of word vectors and encoder.

    Returns
    -------
    dict
        ``similarity_by_layer``, the cosine of both vectors in the static table and after one and two layers: 1 and then below 1;
        ``static_equal``; ``contextual_difference``, the distance after two layers; ``elmo_weights`` (3,); ``elmo_similarity``;
        ``elmo_vector_first``, the first 8 of 16 numbers.

    Raises
    ------
    ValueError
        If a sentence does not hold the word.

    Examples
    --------
    >>> output = contextual_vs_static_embeddings("the river bank", "a bank loan", "bank")
    >>> output["static_equal"], bool(output["contextual_difference"] > 0.1)
    (True, True)
    """
    sentences = [split_words(sentence.lower()) for sentence in (first, second)]
    target = word.lower()
    if not all(target in words for words in sentences):
        raise ValueError(f"both sentences must hold the word {word!r}")
    layers = [layers_of(words, 16, seed) for words in sentences]  # (3, n, d) each
    places = [words.index(target) for words in sentences]
    scores = np.zeros(3) if layer_scores is None else np.asarray(layer_scores, dtype=np.float64)
    a, b = (stack[:, place] for stack, place in zip(layers, places, strict=True))  # (3, d)
    mixed = [elmo_mix(stack, scores, gamma)[place] for stack, place in zip(layers, places, strict=True)]
    return {
        "similarity_by_layer": np.diag(cosine_matrix(a, b)),
        "static_equal": bool(np.array_equal(a[0], b[0])),
        "contextual_difference": np.linalg.norm(a[2] - b[2]),
        "elmo_weights": softmax_along(scores),
        "elmo_similarity": cosine_matrix(mixed[0][None], mixed[1][None])[0, 0],
        "elmo_vector_first": mixed[0][:8],
    }
