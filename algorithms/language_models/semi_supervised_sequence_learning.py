r"""Semi-supervised sequence learning pretrains a model on unlabelled text, as a language model or an autoencoder, and then trains it on a supervised task with few labels.

$$\theta_0 = \arg\min_\theta \mathcal L_{LM}(\text{unlabelled}), \qquad \theta = \arg\min_\theta \mathcal L_{task}(\text{few labels}) \;\text{ from } \theta_0$$

**Intuition.** Predicting words needs no labels, yet it places words of like use near each other. A classifier that starts from such vectors understands a word it
never saw with a label, since a neighbour of that word was labelled. This two-step recipe grew into GPT and BERT.

**When to use it.** Whenever unlabelled text is plentiful and labels are few.

**Cost.** Pretraining dominates; it is paid once and shared by all tasks.

**Pitfalls.** Pretraining text must resemble the task's, or it helps little. A large learning rate in the second step destroys what the first has learned. Compare with a model of the same size trained from random
weights, on the same labels. The test set must not be part of the unlabelled text in a way that leaks labels. The gain shrinks as labels grow.

**References.** Dai and Le, *Semi-supervised Sequence Learning*, arXiv:1511.01432. Radford et al., *Improving Language Understanding by Generative
Pre-Training* (2018).
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.activations.sigmoid import logistic
from algorithms.activations.softmax import softmax_along
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

V, D, LENGTH = 40, 8, 10
Ints = NDArray[np.int64]


def topic_texts(n: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Texts (n, 10) of two classes and labels (n,): each class prefers one half of the 40 words, three words in four.

    Examples
    --------
    >>> X, y = topic_texts(5, np.random.default_rng(0))
    >>> X.shape, y.shape
    ((5, 10), (5,))
    """
    y = rng.integers(2, size=n)
    own = rng.random((n, LENGTH)) < 0.75
    return rng.integers(V // 2, size=(n, LENGTH)) + (V // 2) * np.where(own, y[:, None], 1 - y[:, None]), y


def bags(X: Ints) -> Floats:
    """Mean one-hot vector (n, V) of each text."""
    return np.asarray(np.eye(V)[X].mean(axis=1))


def pretrain(X: Ints, kind: str, steps: int, E: Floats, rng: np.random.Generator) -> tuple[Floats, list[float]]:
    """Embeddings (V, D) after learning to predict words from mean embeddings of texts `X`, and the losses.

    ``language-model`` predicts each word from the mean of those before it, ``autoencoder`` the bag of words from itself.
    """
    U = 0.1 * rng.standard_normal((D, V))
    source = target = bags(X)  # (n, V)
    if kind == "language-model":
        running = np.eye(V)[X].cumsum(axis=1)[:, :-1] / np.arange(1, LENGTH)[:, None]  # (n, 9, V)
        source, target = running.reshape(-1, V), np.eye(V)[X[:, 1:]].reshape(-1, V)  # (9 n, V)
    losses = []
    for _ in range(steps):
        h = source @ E  # (n, D)
        P = softmax_along(h @ U)  # (n, V)
        losses.append(float(-(target * np.log(P)).sum(axis=1).mean()))
        dlogits = (P - target) / len(source)  # (n, V)
        dE, dU = source.T @ (dlogits @ U.T), h.T @ dlogits
        E, U = E - 20 * dE, U - 20 * dU
    return E, losses


def classify(X: Ints, y: Ints, E: Floats, steps: int = 100) -> tuple[Floats, Floats]:
    """Embeddings and weights (D + 1,) after logistic regression on mean embeddings, both trained."""
    w = np.zeros(D + 1)
    for _ in range(steps):
        h = np.column_stack([bags(X) @ E, np.ones(len(X))])  # (n, D + 1)
        error = (logistic(h @ w) - y) / len(X)  # (n,)
        dE = bags(X).T @ np.outer(error, w[:D])
        w, E = w - 1.0 * h.T @ error, E - 1.0 * dE
    return E, w


def evaluate(X: Ints, y: Ints, E: Floats, w: Floats) -> tuple[float, float]:
    """Cross-entropy and accuracy."""
    p = np.clip(logistic(np.column_stack([bags(X) @ E, np.ones(len(X))]) @ w), 1e-12, 1 - 1e-12)
    return float(-(y * np.log(p) + (1 - y) * np.log(1 - p)).mean()), float(((p > 0.5) == y).mean())


@algorithm(
    id="semi-supervised-sequence-learning",
    name="Pretraining by language modeling before a supervised task",
    aliases=("Dai and Le", "LM pretraining", "sequence autoencoder pretraining", "pretrain then fine-tune"),
    example={"labelled": 6, "unlabelled": 400},
    cost="trains",
)
def semi_supervised_sequence_learning(
    labelled: Annotated[int, Field(ge=2, le=200)] = 6,
    unlabelled: Annotated[int, Field(ge=10, le=1000)] = 400,
    objective: Literal["language-model", "autoencoder"] = "language-model",
    steps: Annotated[int, Field(ge=1, le=400)] = 200,
    seed: Seed = 0,
) -> Output:
    """Classify topic texts from few labels, with and without pretraining.

    Parameters
    ----------
    labelled : int
        Texts with a label.
    unlabelled : int
        Texts without, for pretraining.
    objective : {"language-model", "autoencoder"}
        Predict each next word, or the words of the text itself.
    steps : int
        Steps of pretraining.
    seed : int
        Seed of texts and weights.

    Returns
    -------
    dict
        ``pretraining_loss_before`` and ``_after``; ``test_loss_random`` and ``test_loss_pretrained``; ``accuracy_random`` and
        ``accuracy_pretrained`` on 500 new texts.

    Examples
    --------
    >>> output = semi_supervised_sequence_learning()
    >>> output["test_loss_pretrained"] < output["test_loss_random"]
    True
    """
    rng = np.random.default_rng(seed)
    free, _ = topic_texts(unlabelled, rng)
    X, y = topic_texts(labelled, rng)
    y[:2], X[:2] = [0, 1], [np.arange(LENGTH), np.arange(LENGTH) + V // 2]  # both classes are present
    test, truth = topic_texts(500, rng)
    start = 0.3 * rng.standard_normal((V, D))
    pretrained, losses = pretrain(free, objective, steps, start, rng)
    scores = {
        name: evaluate(test, truth, *classify(X, y, E)) for name, E in (("random", start), ("pretrained", pretrained))
    }
    return {
        "pretraining_loss_before": losses[0],
        "pretraining_loss_after": losses[-1],
        "test_loss_random": scores["random"][0],
        "test_loss_pretrained": scores["pretrained"][0],
        "accuracy_random": scores["random"][1],
        "accuracy_pretrained": scores["pretrained"][1],
    }
