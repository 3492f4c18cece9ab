r"""word2vec learns word vectors by predicting which words occur near each other; skip-gram with negative sampling tells true neighbours from random words.

$$\mathcal L = -\sum_{(w, c)} \left[ \log \sigma(u_c^\top v_w) + \sum_{k=1}^{K} \log \sigma(-u_{n_k}^\top v_w) \right], \qquad n_k \sim P(n) \propto \#(n)^{3/4}$$

**Intuition.** Words that keep the same company need similar vectors to make the same predictions. CBOW turns it round: the mean of the neighbours predicts the word. fastText builds a word's vector as the sum of the vectors of its character n-grams, so that even an unseen word gets one.

**When to use it.** For fast, small word vectors on a corpus of one's own; contextual models are better where they fit.

**Cost.** $O(K d)$ a pair instead of $O(V d)$ for the full softmax.

**Pitfalls.** Each word has *one* vector, whatever the context: it is static. That means independent of the context, not of training, as is sometimes said. There are two matrices, for words and for contexts; usually only the first is kept. Frequent words should be subsampled. Similar vectors mean similar use, so antonyms come out close. Small corpora give noise.

**References.** Mikolov et al., arXiv:1301.3781 and arXiv:1310.4546. Bojanowski et al., *Enriching Word Vectors with Subword Information*, arXiv:1607.04606.
"""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.activations.sigmoid import logistic
from algorithms.embeddings.cosine_similarity import cosine_matrix
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Ints = NDArray[np.int64]
Corpus = Annotated[list[Annotated[str, Field(min_length=1, max_length=200)]], Field(min_length=1, max_length=64)]
ANIMALS_AND_FOOD = [
    f"{a} {verb} {b}"
    for a, b, verb in (
        *(("the cat", place, "sleeps in") for place in ("the house", "the garden", "the barn")),
        *(("the dog", place, "sleeps in") for place in ("the house", "the garden", "the barn")),
        *(
            (who, food, "eats")
            for who in ("the boy", "the girl")
            for food in ("some bread", "some cheese", "some rice")
        ),
    )
]
"""Twelve sentences in which cat and dog, boy and girl, and bread, cheese and rice keep the same company."""


def context_pairs(sentences: list[list[int]], window: int) -> Ints:
    """Pairs (n, 2) of a word and each neighbour at most `window` places away.

    Examples
    --------
    >>> context_pairs([[7, 8, 9]], 1).tolist()
    [[7, 8], [8, 7], [8, 9], [9, 8]]
    """
    return np.array(
        [
            (word, sentence[j])
            for sentence in sentences
            for i, word in enumerate(sentence)
            for j in range(max(0, i - window), min(len(sentence), i + window + 1))
            if j != i
        ],
        dtype=np.int64,
    ).reshape(-1, 2)


def character_ngrams(word: str, n: int = 3) -> list[str]:
    """The word in brackets and its character n-grams.

    Examples
    --------
    >>> character_ngrams("cat")
    ['<cat>', '<ca', 'cat', 'at>']
    """
    marked = f"<{word}>"
    return [marked, *(marked[i : i + n] for i in range(len(marked) - n + 1) if len(marked) > n)]


def training_pairs(sentences: list[list[int]], window: int, V: int, model: str) -> tuple[Floats, Ints]:
    """Input mixtures (n, V) and target words (n,).

    Skip-gram has a row for each pair, the word alone, with a neighbour as target; CBOW a row for each word that has
    neighbours, their mean, with the word as target.
    """
    pairs = context_pairs(sentences, window)
    if model != "cbow" or not len(pairs):
        return np.eye(V)[pairs[:, 0]], pairs[:, 1]
    rows, targets = [], []
    for sentence in sentences:
        for i, word in enumerate(sentence):
            around = sentence[max(0, i - window) : i] + sentence[i + 1 : i + 1 + window]
            if around:
                rows.append(np.eye(V)[around].mean(axis=0))
                targets.append(word)
    return np.stack(rows), np.array(targets)


def ngram_membership(vocabulary: list[str]) -> tuple[list[str], Floats]:
    """All character n-grams, and how often each word has each of them (V, G).

    Examples
    --------
    >>> ngram_membership(["ab"])[0]
    ['<ab', '<ab>', 'ab>']
    """
    grams = sorted({g for word in vocabulary for g in character_ngrams(word)})
    place = {g: i for i, g in enumerate(grams)}
    M = np.zeros((len(vocabulary), len(grams)))
    for i, word in enumerate(vocabulary):
        np.add.at(M[i], [place[g] for g in character_ngrams(word)], 1)
    return grams, M


def loss_and_gradients(v: Floats, U: Floats, contexts: Ints, negatives: Ints) -> tuple[float, Floats, Floats]:
    """Mean loss of input vectors `v` (n, d) with contexts (n,) and negatives (n, K), and gradients for `v` and U (V, d)."""
    positive = logistic((v * U[contexts]).sum(axis=1))  # (n,)
    negative = logistic(np.einsum("nd,nkd->nk", v, U[negatives]))  # (n, K)
    n = len(v)
    loss = -(np.log(positive + 1e-12).sum() + np.log(1 - negative + 1e-12).sum()) / n
    dv = ((positive - 1)[:, None] * U[contexts] + np.einsum("nk,nkd->nd", negative, U[negatives])) / n
    dU = np.zeros_like(U)
    np.add.at(dU, contexts, (positive - 1)[:, None] * v / n)
    np.add.at(dU, negatives, negative[:, :, None] * v[:, None, :] / n)
    return float(loss), dv, dU


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Training loss."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.plot(output["losses"])
    axes.set(xlabel="checkpoint", ylabel="loss", title=f"word2vec ({inputs['model']})")
    return figure


@algorithm(
    id="word2vec",
    name="word2vec skip-gram with negative sampling",
    aliases=(
        "skip-gram",
        "CBOW",
        "SGNS",
        "static embedding",
        "fastText subword embeddings",
        "character n-gram embeddings",
        "fastText",
        "negative sampling",
    ),
    example={"corpus": ANIMALS_AND_FOOD, "word": "cat"},
    cost="trains",
    figure=draw,
)
def word2vec(
    corpus: Corpus,
    word: Annotated[str, Field(min_length=1, max_length=30)] = "cat",
    model: Literal["skip-gram", "cbow", "fasttext"] = "skip-gram",
    window: Annotated[int, Field(ge=1, le=5)] = 2,
    dim: Annotated[int, Field(ge=1, le=32)] = 12,
    negatives: Annotated[int, Field(ge=1, le=10)] = 5,
    steps: Annotated[int, Field(ge=1, le=400)] = 300,
    seed: Seed = 0,
) -> Output:
    """Train word vectors on `corpus` and list the neighbours of `word`.

    Parameters
    ----------
    corpus : list of str
        Sentences; words are split at spaces.
    word : str
        Word whose neighbours are listed; with fasttext it may be unseen.
    model : {"skip-gram", "cbow", "fasttext"}
        Word predicts neighbours, neighbours predict word, or skip-gram on sums of character n-grams.
    window : int
        Neighbours on each side.
    dim : int
        Length of a vector.
    negatives : int
        Random words K for each true neighbour.
    steps : int
        Steps of AdaGrad over all pairs.
    seed : int
        Seed of initial vectors and negatives.

    Returns
    -------
    dict
        ``loss_before``, ``loss_after`` and ``losses`` at up to 20 checkpoints; ``neighbours``, the 8 words most similar to `word` with
        cosine; ``vector`` of the word; ``pairs`` trained on; ``vocabulary_size``.

    Raises
    ------
    ValueError
        If there are no training pairs or more than 2,000, more than 150 words, or the word is unseen (unless fasttext).

    Examples
    --------
    >>> output = word2vec(ANIMALS_AND_FOOD, "cat")
    >>> next(iter(output["neighbours"])), output["loss_after"] < output["loss_before"]
    ('dog', True)
    """
    sentences = [sentence.split() for sentence in corpus]
    counts = Counter(w for sentence in sentences for w in sentence)
    vocabulary = sorted(counts)
    number = {w: i for i, w in enumerate(vocabulary)}
    A, target = training_pairs(
        [[number[w] for w in sentence] for sentence in sentences], window, len(vocabulary), model
    )
    if not 1 <= len(target) <= 2_000 or len(vocabulary) > 150:
        raise ValueError(
            f"{len(target)} training pairs, {len(vocabulary)} words; give 1 to 2,000 pairs, at most 150 words"
        )
    if model != "fasttext" and word not in number:
        raise ValueError(f"{word!r} is not in the corpus; only fasttext makes vectors of unseen words")
    grams, M = ngram_membership(vocabulary) if model == "fasttext" else (vocabulary, np.eye(len(vocabulary)))
    place = {g: i for i, g in enumerate(grams)}
    rng = np.random.default_rng(seed)
    per_word = M.sum(axis=1).mean()
    Z = rng.standard_normal((len(grams), dim)) / np.sqrt(dim) / np.sqrt(per_word)
    U = 0.1 * rng.standard_normal((len(vocabulary), dim)) / np.sqrt(dim)
    noise = np.array([counts[w] for w in vocabulary]) ** 0.75
    squares_Z, squares_U = np.full_like(Z, 1e-12), np.full_like(U, 1e-12)
    losses = []
    for _ in range(steps):
        sampled = rng.choice(len(vocabulary), size=(len(target), negatives), p=noise / noise.sum())
        loss, dv, dU = loss_and_gradients(A @ (M @ Z), U, target, sampled)
        dZ = M.T @ (A.T @ dv)
        squares_Z += dZ**2
        squares_U += dU**2
        Z, U = Z - 0.1 * dZ / np.sqrt(squares_Z), U - 0.1 * dU / np.sqrt(squares_U)
        losses.append(loss)
    V = M @ Z  # (V, d)
    own = [place[g] for g in character_ngrams(word) if g in place] if model == "fasttext" else [number[word]]
    vector = Z[own].sum(axis=0)  # (d,)
    cosines = cosine_matrix(vector[None], V)[0]  # (V,)
    order = [i for i in np.argsort(-cosines, kind="stable") if vocabulary[i] != word][:8]
    return {
        "loss_before": losses[0],
        "loss_after": losses[-1],
        "losses": losses[:: max(1, steps // 20)][:20],
        "neighbours": {vocabulary[i]: float(cosines[i]) for i in order},
        "vector": vector,
        "pairs": len(target),
        "vocabulary_size": len(vocabulary),
    }
