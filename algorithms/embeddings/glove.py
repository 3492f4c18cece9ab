r"""GloVe learns word vectors whose dot products approximate the logarithms of how often words occur together.

$$J = \sum_{i,j:\, X_{ij} > 0} f(X_{ij}) \left( w_i^\top \tilde w_j + b_i + \tilde b_j - \log X_{ij} \right)^2, \qquad f(x) = \min\!\left(1, (x / x_{max})^{3/4}\right)$$

**Intuition.** Meaning shows in *ratios* of co-occurrence: ice goes with solid more than steam does. Ratios of counts are differences of logarithms, hence of dot products. The counts are gathered once; then a weighted least-squares factorisation is fitted, in which $f$ keeps very frequent pairs from dominating.

**When to use it.** Like word2vec, for static vectors; both give similar quality.

**Cost.** One pass to count, then time linear in the number of non-zero counts an epoch.

**Pitfalls.** Only non-zero counts enter: $\log 0$ is never taken. Counts are weighted by one over the distance. Word and context vectors play equal roles and are added at the end. The vectors are static: one a word. The biases absorb word frequency; without them length would encode it.

**References.** Pennington, Socher and Manning, *GloVe: Global Vectors for Word Representation*, EMNLP (2014).
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.embeddings.cosine_similarity import cosine_matrix
from algorithms.embeddings.word2vec import ANIMALS_AND_FOOD, Corpus
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Parameters = dict[str, Floats]


def cooccurrences(sentences: list[list[str]], vocabulary: list[str], window: int) -> Floats:
    """Symmetric matrix (V, V): each pair of words counts one over its distance.

    Examples
    --------
    >>> cooccurrences([["a", "b", "c"]], ["a", "b", "c"], 2).tolist()
    [[0.0, 1.0, 0.5], [1.0, 0.0, 1.0], [0.5, 1.0, 0.0]]
    """
    number = {word: i for i, word in enumerate(vocabulary)}
    X = np.zeros((len(vocabulary), len(vocabulary)))
    for sentence in sentences:
        for i, a in enumerate(sentence):
            for distance, b in enumerate(sentence[i + 1 : i + 1 + window], start=1):
                X[number[a], number[b]] += 1 / distance
                X[number[b], number[a]] += 1 / distance
    return X


def weight(X: Floats, x_max: float) -> Floats:
    """Weights f(X), 0 where X is 0."""
    return np.asarray(np.minimum(1, (X / x_max) ** 0.75))


def objective(theta: Parameters, X: Floats, x_max: float) -> tuple[float, Parameters]:
    """J and its gradients; `theta` has W and C (V, d), b and c (V,)."""
    seen = X > 0
    log_X = np.log(np.where(seen, X, 1))
    error = np.where(seen, theta["W"] @ theta["C"].T + theta["b"][:, None] + theta["c"] - log_X, 0)  # (V, V)
    F = weight(X, x_max)
    G = 2 * F * error  # (V, V)
    gradients = {"W": G @ theta["C"], "C": G.T @ theta["W"], "b": G.sum(axis=1), "c": G.sum(axis=0)}
    return float((F * error**2).sum()), gradients


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Objective by step."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.semilogy(output["losses"])
    axes.set(xlabel="checkpoint", ylabel="J", title="GloVe")
    return figure


@algorithm(
    id="glove",
    name="GloVe",
    aliases=("global vectors", "co-occurrence factorisation"),
    example={"corpus": ANIMALS_AND_FOOD, "word": "cat"},
    cost="trains",
    figure=draw,
)
def glove(
    corpus: Corpus,
    word: Annotated[str, Field(min_length=1, max_length=30)] = "cat",
    window: Annotated[int, Field(ge=1, le=10)] = 4,
    dim: Annotated[int, Field(ge=1, le=16)] = 6,
    x_max: Annotated[float, Field(gt=0, le=1000)] = 10.0,
    steps: Annotated[int, Field(ge=1, le=500)] = 300,
    seed: Seed = 0,
) -> Output:
    """Fit word vectors to the co-occurrences of `corpus` with AdaGrad, and list the neighbours of `word`.

    Parameters
    ----------
    corpus : list of str
        Sentences; words are split at spaces, at most 200 distinct ones.
    word : str
        Word whose neighbours are listed.
    window : int
        Largest distance of a pair.
    dim : int
        Length of a vector.
    x_max : float
        Count above which the weight is 1.
    steps : int
        Steps over all counts.
    seed : int
        Seed of the initial vectors.

    Returns
    -------
    dict
        ``loss_before``, ``loss_after`` and ``losses`` at up to 20 checkpoints; ``neighbours``, the 8 most similar words with cosine;
        ``fit_error``, root mean weighted squared error of log X; ``nonzero`` counts; ``vocabulary_size``.

    Raises
    ------
    ValueError
        If the word is not in the corpus, there are more than 200 words, or no pairs.

    Examples
    --------
    >>> output = glove(ANIMALS_AND_FOOD, "boy")
    >>> next(iter(output["neighbours"])), output["loss_after"] < 0.05 * output["loss_before"]
    ('girl', True)
    """
    sentences = [sentence.split() for sentence in corpus]
    vocabulary = sorted({w for sentence in sentences for w in sentence})
    if word not in vocabulary or len(vocabulary) > 200:
        raise ValueError(f"{word!r} must be one of at most 200 words of the corpus (it has {len(vocabulary)})")
    X = cooccurrences(sentences, vocabulary, window)  # (V, V)
    if not X.any():
        raise ValueError("no two words stand in one sentence; give longer sentences")
    rng = np.random.default_rng(seed)
    V = len(vocabulary)
    theta = {
        "W": 0.1 * rng.standard_normal((V, dim)),
        "C": 0.1 * rng.standard_normal((V, dim)),
        "b": np.zeros(V),
        "c": np.zeros(V),
    }
    squares = {name: np.full_like(value, 1e-8) for name, value in theta.items()}
    losses = []
    for _ in range(steps):
        loss, gradients = objective(theta, X, x_max)
        losses.append(loss)
        for name, gradient in gradients.items():
            squares[name] += gradient**2
            theta[name] = theta[name] - 0.2 * gradient / np.sqrt(squares[name])
    losses.append(objective(theta, X, x_max)[0])
    vectors = theta["W"] + theta["C"]  # (V, d)
    i = vocabulary.index(word)
    cosines = cosine_matrix(vectors[i : i + 1], vectors)[0]  # (V,)
    order = [j for j in np.argsort(-cosines, kind="stable") if j != i][:8]
    return {
        "loss_before": losses[0],
        "loss_after": losses[-1],
        "losses": losses[:: max(1, steps // 20)][:20],
        "neighbours": {vocabulary[j]: float(cosines[j]) for j in order},
        "fit_error": float(np.sqrt(losses[-1] / weight(X, x_max).sum())),
        "nonzero": int((X > 0).sum()),
        "vocabulary_size": V,
    }
