r"""Transfer learning trains a network on a task with much data and reuses its weights for another task with little
data.

$$\theta_0 = \arg\min_\theta L_{\text{source}}(\theta), \qquad \theta_{t+1} = \theta_t - \eta\, m \odot \nabla L_{\text{target}}(\theta_t)$$

where the mask $m$ is zero on frozen weights.

**Intuition.** The first layers learn which directions of the input matter; a related task needs the same ones. *Feature
extraction* freezes them and trains a new head; *full fine-tuning* starts from them and updates all. A low learning rate
(1e-5 to 5e-5 for BERT-sized models) keeps the weights near the pretrained ones: the smaller the rate, the smaller the
norm of $\theta - \theta_0$.

**When to use it.** With few labels: freeze first; with more, fine-tune everything. For long-tailed data, pretrain on a
balanced set, then fine-tune on the real one.

**Cost.** Frozen layers need a forward pass only, no gradients and no optimizer state.

**Pitfalls.** An unrelated source can hurt (negative transfer). A large rate destroys the pretrained features in the
first steps, above all with a random head: train the head first. Preprocess as in pretraining: the tokenizer belongs to
the weights. Frozen batch normalisation must also stop updating its statistics.

**References.** Yosinski et al., *How transferable are features in deep neural networks?* (2014), arXiv:1411.1792.
Howard and Ruder, *ULMFiT* (2018), arXiv:1801.06146.
"""

from __future__ import annotations

from collections.abc import Collection
from itertools import pairwise
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.activations.softmax import softmax_along
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def new_network(sizes: Collection[int], rng: np.random.Generator) -> list[Floats]:
    """Weights and biases [W1 (d0, d1), b1 (d1,), W2, ...] of a fully connected network."""
    params: list[Floats] = []
    for fan_in, fan_out in pairwise(sizes):
        params += [rng.standard_normal((fan_in, fan_out)) / np.sqrt(fan_in), np.zeros(fan_out)]
    return params


def forward(params: list[Floats], x: Floats) -> list[Floats]:
    """Outputs of all layers, the input first; tanh between layers, the last layer linear."""
    layers = [x]  # each (n, width)
    for i in range(0, len(params), 2):
        z = layers[-1] @ params[i] + params[i + 1]  # (n, width)
        layers.append(z if i + 2 == len(params) else np.tanh(z))
    return layers


def backward(params: list[Floats], layers: list[Floats], d: Floats) -> tuple[list[Floats], Floats]:
    """Gradients of the parameters and of the input, given the gradient `d` of the last output."""
    grads: list[Floats] = []
    for i in range(len(params) - 2, -1, -2):
        below = layers[i // 2]  # (n, fan_in)
        grads = [below.T @ d, d.sum(axis=0), *grads]
        d = d @ params[i].T  # (n, fan_in)
        if i > 0:
            d = d * (1 - below**2)
    return grads, d


def cross_entropy(logits: Floats, y: Ints) -> tuple[float, Floats]:
    """Mean cross-entropy and its gradient with respect to the logits.

    Examples
    --------
    >>> round(cross_entropy(np.zeros((1, 2)), np.array([1]))[0], 4)
    0.6931
    """
    p = softmax_along(logits)  # (n, k)
    rows = np.arange(len(y))
    loss = float(-np.log(np.maximum(p[rows, y], 1e-300)).mean())
    p[rows, y] -= 1
    return loss, p / len(y)


class Adam:
    """Adam over a list of arrays, updated in place."""

    def __init__(self, learning_rate: float, beta1: float = 0.9, beta2: float = 0.999) -> None:
        self.rate, self.beta1, self.beta2, self.t = learning_rate, beta1, beta2, 0
        self.m: list[Floats] = []
        self.v: list[Floats] = []

    def step(self, params: list[Floats], grads: list[Floats], trainable: Collection[int] | None = None) -> None:
        """Update the parameters whose index is trainable (all by default); the others stay bit-identical."""
        if not self.m:
            self.m = [np.zeros_like(p) for p in params]
            self.v = [np.zeros_like(p) for p in params]
        self.t += 1
        for i in range(len(params)) if trainable is None else trainable:
            self.m[i] = self.beta1 * self.m[i] + (1 - self.beta1) * grads[i]
            self.v[i] = self.beta2 * self.v[i] + (1 - self.beta2) * grads[i] ** 2
            m_hat = self.m[i] / (1 - self.beta1**self.t)
            v_hat = self.v[i] / (1 - self.beta2**self.t)
            params[i] -= self.rate * m_hat / (np.sqrt(v_hat) + 1e-8)


def train_classifier(
    params: list[Floats], x: Floats, y: Ints, steps: int, learning_rate: float, trainable: Collection[int] | None = None
) -> list[float]:
    """Train in place on the whole set with Adam; the loss before each step."""
    optimizer, losses = Adam(learning_rate), []
    for _ in range(steps):
        layers = forward(params, x)
        loss, d = cross_entropy(layers[-1], y)
        losses.append(loss)
        optimizer.step(params, backward(params, layers, d)[0], trainable)
    return losses


def accuracy(params: list[Floats], x: Floats, y: Ints) -> float:
    """Share of rows whose largest logit is the label."""
    return float((forward(params, x)[-1].argmax(axis=1) == y).mean())


def quadrant_data(n: int, dimensions: int, seed: int) -> tuple[Floats, Ints, Ints]:
    """Points whose first two of many coordinates matter: their quadrant (source task), and which side of a diagonal they are on (target task)."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((n, dimensions))  # (n, d)
    x[:, :2] += 0.5 * np.sign(x[:, :2])  # a margin around the borders
    right, top = (x[:, 0] > 0).astype(np.int64), (x[:, 1] > 0).astype(np.int64)
    return x, 2 * right + top, (x[:, 0] + x[:, 1] > 0).astype(np.int64)


@algorithm(
    id="transfer-learning",
    name="Transfer learning (pretrain, then fine-tune)",
    aliases=(
        "fine-tuning",
        "pretraining",
        "feature extraction",
        "Low learning rate preserves pretrained weights",
        "small fine-tuning LR",
        "frozen features with a linear head",
    ),
    example={"n_target": 20, "method": "feature-extraction"},
    cost="trains",
)
def transfer_learning(
    n_target: Annotated[int, Field(ge=4, le=500)] = 20,
    method: Literal["feature-extraction", "full"] = "feature-extraction",
    learning_rate: Annotated[float, Field(gt=0, le=1)] = 0.01,
    steps: Annotated[int, Field(ge=1, le=500)] = 150,
    seed: Seed = 0,
) -> Output:
    """Pretrain on 1,000 points of a source task, then learn a target task from a few; compare with training from scratch.

    Parameters
    ----------
    n_target : int
        Labelled points of the target task.
    method : {"feature-extraction", "full"}
        Train the new head only, or all weights.
    learning_rate : float
        Step size of the fine-tuning.
    steps : int
        Steps of the fine-tuning and of the training from scratch.
    seed : int
        Seed of data and weights.

    Returns
    -------
    dict
        ``source_accuracy``; ``transfer_accuracy`` and ``scratch_accuracy`` on 2,000 fresh target points; ``feature_change`` norm of
        the change of the pretrained weights; ``trainable_parameters`` and ``parameters``.

    Examples
    --------
    >>> result = transfer_learning(n_target=20)
    >>> result["feature_change"], result["transfer_accuracy"] > result["scratch_accuracy"]
    (0.0, True)
    """
    rng = np.random.default_rng(seed)
    x_source, quadrant, _ = quadrant_data(1000, 20, seed)
    x, _, y = quadrant_data(n_target, 20, seed + 1)
    x_test, quadrant_test, y_test = quadrant_data(2000, 20, seed + 2)
    pretrained = new_network((20, 32, 4), rng)
    train_classifier(pretrained, x_source, quadrant, 120, 0.02)
    source_accuracy = accuracy(pretrained, x_test, quadrant_test)
    model = [pretrained[0].copy(), pretrained[1].copy(), *new_network((32, 2), rng)]  # new head, old features
    trainable = (2, 3) if method == "feature-extraction" else (0, 1, 2, 3)
    train_classifier(model, x, y, steps, learning_rate, trainable)
    scratch = new_network((20, 32, 2), rng)
    train_classifier(scratch, x, y, steps, 0.02)
    change = np.sqrt(sum(float(((new - old) ** 2).sum()) for new, old in zip(model[:2], pretrained[:2], strict=True)))
    return {
        "source_accuracy": source_accuracy,
        "transfer_accuracy": accuracy(model, x_test, y_test),
        "scratch_accuracy": accuracy(scratch, x_test, y_test),
        "feature_change": float(change),
        "trainable_parameters": sum(model[i].size for i in trainable),
        "parameters": sum(p.size for p in model),
    }
