r"""A Siamese network passes two inputs through the same trunk, with shared weights, and compares the two embeddings.

$$d(x_1, x_2) = \lVert f_\theta(x_1) - f_\theta(x_2) \rVert, \qquad L = y\,d^2 + (1 - y)\,\max(0, m - d)^2$$

Here $y = 1$ for a pair of the same class and $m$ is the margin.

**Intuition.** Whether two faces are the same person should not depend on having seen that person in training. So the
network learns a *distance*: pairs of one class are pulled together, others pushed apart up to the margin. Since the
twins are one function, the distance is symmetric, and zero for equal inputs.

**When to use it.** For verification (faces, signatures), one-shot classification, duplicate detection and sentence
similarity.

**Cost.** Two forward passes a pair; with stored embeddings one.

**Pitfalls.** The twins share *one* set of weights, whose gradient is the sum over both branches; two networks that
merely look alike are no Siamese network. This tying between twins is not the sharing of a filter over positions in a
convolution. Without a margin, or without unequal pairs, everything collapses to one point. Easy negative pairs give no
gradient: mine hard ones. At distance zero the norm has no derivative; add a small constant.

**References.** Bromley et al., *Signature verification using a "Siamese" time delay neural network* (1993). Hadsell,
Chopra and LeCun, *Dimensionality reduction by learning an invariant mapping* (2006).
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.neural_network_basics.backpropagation import Layer, backward, forward, initial_layers
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats, Ints, gaussian_blobs


def contrastive_loss(a: Floats, b: Floats, same: Floats, margin: float) -> tuple[float, Floats]:
    """Mean contrastive loss of embedding pairs (n, d), and its gradient by the first ones (minus that by the second).

    Examples
    --------
    >>> round(contrastive_loss(np.array([[0.0, 0.0]]), np.array([[0.6, 0.8]]), np.array([0.0]), 2.0)[0], 6)
    1.0
    """
    difference = a - b  # (n, d)
    distance = np.sqrt((difference**2).sum(axis=1) + 1e-12)  # (n,)
    gap = np.maximum(margin - distance, 0)  # (n,)
    loss = (same * distance**2 + (1 - same) * gap**2).mean()
    slope = 2 * same * distance - 2 * (1 - same) * gap  # (n,), by the distance
    return float(loss), (slope / distance)[:, None] * difference / len(a)


def separation(z: Floats, y: Ints) -> float:
    """Share of pairs (same class, other class) whose distances are in the right order.

    Examples
    --------
    >>> separation(np.array([[0.0], [0.1], [5.0], [5.1]]), np.array([0, 0, 1, 1]))
    1.0
    """
    distances = np.linalg.norm(z[:, None] - z[None], axis=2)  # (n, n)
    i, j = np.triu_indices(len(z), 1)
    same = y[i] == y[j]
    return float((distances[i, j][same][:, None] < distances[i, j][~same][None]).mean())


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Embeddings of the unseen classes."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4, 3.5), layout="constrained")
    axes = figure.subplots()
    z = np.asarray(output["new_embeddings"])
    axes.scatter(z[:, 0], z[:, 1], c=output["new_labels"])
    axes.set(title="embeddings of unseen classes")
    return figure


@algorithm(
    id="siamese-network",
    name="Siamese network (shared-weight twins)",
    aliases=("twin network", "tied weights", "siamese twins", "contrastive pair loss"),
    example={"margin": 1.0, "steps": 400, "seed": 0},
    cost="trains",
    figure=draw,
)
def siamese_network(
    margin: Annotated[float, Field(gt=0, le=10)] = 1.0,
    steps: Annotated[int, Field(ge=1, le=1500)] = 400,
    learning_rate: Annotated[float, Field(gt=0, le=0.3)] = 0.1,
    seed: Seed = 0,
) -> Output:
    """Learn a distance from pairs of six classes that differ in two of ten features, and test it on four new classes.

    Parameters
    ----------
    margin : float
        Distance m up to which unequal pairs are pushed apart.
    steps : int
        Steps of 64 pairs.
    learning_rate : float
        Step size of gradient descent.
    seed : int
        Seed of data, weights and pairs.

    Returns
    -------
    dict
        ``loss_before`` and ``loss_after`` on 500 fixed pairs; ``order_before`` and ``order_after`` on the training
        classes and ``new_order_before``, ``new_order_after`` on the unseen ones, the share of correctly ordered
        distances, and ``new_order_raw`` that of the raw inputs; ``self_distance``, 0, and ``asymmetry``, 0;
        ``new_embeddings`` (24, 2) and ``new_labels``.

    Examples
    --------
    >>> out = siamese_network(steps=5)
    >>> out["self_distance"], out["asymmetry"]
    (0.0, 0.0)
    """
    rng = np.random.default_rng(seed)
    centers = np.zeros((10, 10))  # classes differ in the first two features; the other eight are noise
    angles = 2 * np.pi * np.arange(10) / 10
    centers[:, 0], centers[:, 1] = 3 * np.cos(angles), 3 * np.sin(angles)
    X, y = gaussian_blobs(centers, 30, 0.4, seed)  # (300, 10)
    X[:, 2:] = 3 * rng.standard_normal((len(X), 8))
    X = X / 3
    unseen = np.isin(y, [2, 4, 7, 9])
    train_X, train_y = X[~unseen], y[~unseen]
    new = np.concatenate([np.flatnonzero(y == c)[:6] for c in (2, 4, 7, 9)])
    layers = initial_layers([10, 16, 2], rng)

    def draw_pairs(n: int) -> tuple[Ints, Ints, Floats]:
        i, j = rng.integers(len(train_X), size=(2, n))
        half = rng.random(n) < 0.5  # about half of the pairs from one class
        mates = np.zeros(n, dtype=np.int64)
        for index in np.flatnonzero(half):
            mates[index] = rng.choice(np.flatnonzero(train_y == train_y[i[index]]))
        j = np.where(half, mates, j)
        return i, j, (train_y[i] == train_y[j]).astype(np.float64)

    def embed(inputs: Floats, trunk: list[Layer]) -> Floats:
        return forward(inputs, trunk, "tanh")[0]

    fixed = draw_pairs(500)

    def fixed_loss(trunk: list[Layer]) -> float:
        z = embed(train_X, trunk)
        return contrastive_loss(z[fixed[0]], z[fixed[1]], fixed[2], margin)[0]

    start = layers
    for _ in range(steps):
        i, j, same = draw_pairs(64)
        a, cache_a = forward(train_X[i], layers, "tanh")
        b, cache_b = forward(train_X[j], layers, "tanh")
        delta = contrastive_loss(a, b, same, margin)[1]  # (n, 2)
        left, right = backward(delta, layers, cache_a), backward(-delta, layers, cache_b)
        layers = [
            (W - learning_rate * (dW + eW), c - learning_rate * (dc + ec))
            for (W, c), (dW, dc), (eW, ec) in zip(layers, left, right, strict=True)
        ]
    pair = embed(X[:2], layers)
    flipped = embed(X[1::-1], layers)
    return {
        "loss_before": fixed_loss(start),
        "loss_after": fixed_loss(layers),
        "order_before": separation(embed(train_X, start)[::3], train_y[::3]),
        "order_after": separation(embed(train_X, layers)[::3], train_y[::3]),
        "new_order_raw": separation(X[new], y[new]),
        "new_order_before": separation(embed(X[new], start), y[new]),
        "new_order_after": separation(embed(X[new], layers), y[new]),
        "self_distance": float(np.linalg.norm(pair[0] - embed(X[:2], layers)[0])),
        "asymmetry": abs(float(np.linalg.norm(pair[0] - pair[1]) - np.linalg.norm(flipped[0] - flipped[1]))),
        "new_embeddings": embed(X[new], layers),
        "new_labels": y[new],
    }
