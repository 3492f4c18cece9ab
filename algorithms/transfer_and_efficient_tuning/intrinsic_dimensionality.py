r"""Intrinsic dimensionality is the smallest number of free parameters in a random subspace of the weights with which a
network still learns its task.

$$\theta^{(D)} = \theta_0^{(D)} + P\, z^{(d)}, \qquad P \in \mathbb{R}^{D \times d} \text{ random and fixed, only } z \text{ trained}$$

**Intuition.** An over-parameterised network has so many good weight vectors that a random plane of modest dimension
through the start meets some of them. One trains $d$ numbers instead of $D$ and looks for the least $d$ that reaches 90%
of the full accuracy, called $d_{90}$. That $d_{90} \ll D$ motivates LoRA: fine-tuning needs few directions.

**When to use it.** To compare the difficulty of tasks for a model, and to see how compressible an update is.

**Cost.** A gradient of the full model a step, plus the product $P^\top \nabla_\theta L$ of size $D d$.

**Pitfalls.** It belongs to task, model and start together; a pretrained start has a much smaller one than a random
start. It is an upper bound found by a given optimizer: train long enough before calling a dimension too small.
Normalise the columns of $P$, or the step size changes with $d$. The number is random through $P$; average over seeds.
It is not the dimension of the data.

**References.** Li et al., *Measuring the intrinsic dimension of objective landscapes* (2018), arXiv:1804.08838.
Aghajanyan, Zettlemoyer and Gupta (2020), arXiv:2012.13255.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats, Ints, two_moons
from algorithms.toy_networks import Adam, accuracy, backward, cross_entropy, forward, new_network


def train_in_subspace(
    start: list[Floats], P: Floats, x: Floats, y: Ints, steps: int, learning_rate: float
) -> tuple[list[Floats], list[float]]:
    """Train z in theta = start + P z; the resulting parameters and the losses."""
    z = np.zeros(P.shape[1])  # (d,)
    shapes = [p.shape for p in start]
    ends = np.cumsum([p.size for p in start])[:-1]
    optimizer, losses = Adam(learning_rate), []
    params = [p.copy() for p in start]
    for _ in range(steps):
        layers = forward(params, x)
        loss, d = cross_entropy(layers[-1], y)
        losses.append(loss)
        g = np.concatenate([grad.ravel() for grad in backward(params, layers, d)[0]])  # (D,)
        optimizer.step([z], [P.T @ g])
        moved = np.split(P @ z, ends)
        params = [p + delta.reshape(shape) for p, delta, shape in zip(start, moved, shapes, strict=True)]
    return params, losses


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Accuracy over the dimension of the subspace."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.plot(output["dimensions"], output["accuracies"], "o-")
    axes.axhline(0.9 * output["full_accuracy"], linestyle="--")
    axes.set(xlabel="subspace dimension d", ylabel="accuracy", xscale="log", title=f"D = {output['parameters']}")
    return figure


@algorithm(
    id="intrinsic-dimensionality",
    name="Intrinsic dimensionality (random-subspace training)",
    aliases=("random subspace training", "intrinsic dimension", "d90"),
    example={"dimensions": [1, 2, 4, 8, 16, 32]},
    cost="trains",
    figure=draw,
)
def intrinsic_dimensionality(
    dimensions: Annotated[list[Annotated[int, Field(ge=1, le=128)]], Field(min_length=1, max_length=8)],
    hidden: Annotated[int, Field(ge=2, le=64)] = 32,
    steps: Annotated[int, Field(ge=1, le=400)] = 200,
    seed: Seed = 0,
) -> Output:
    """Train a network on two moons inside random subspaces of its weights.

    Parameters
    ----------
    dimensions : list of int
        Subspace dimensions d to try.
    hidden : int
        Hidden width of the network.
    steps : int
        Training steps for each dimension.
    seed : int
        Seed of data, start and subspaces.

    Returns
    -------
    dict
        ``dimensions`` sorted; ``accuracies`` and ``losses`` for each; ``full_accuracy`` of training all ``parameters``; ``d90`` smallest
        tried dimension with 90% of it, or None.

    Examples
    --------
    >>> result = intrinsic_dimensionality([1, 32])
    >>> result["parameters"], result["d90"]
    (162, 32)
    """
    rng = np.random.default_rng(seed)
    x, y = two_moons(200, 0.1, seed)
    x = (x - x.mean(axis=0)) / x.std(axis=0)  # (200, 2)
    start = new_network((2, hidden, 2), rng)
    D = sum(p.size for p in start)
    full, _ = train_in_subspace(start, np.eye(D), x, y, steps, 0.05)
    tried = sorted(set(dimensions))
    accuracies, final_losses = [], []
    for d in tried:
        P = rng.standard_normal((D, d))
        P /= np.linalg.norm(P, axis=0)  # unit columns: the step size then means the same for each d
        params, losses = train_in_subspace(start, P, x, y, steps, 0.2)
        accuracies.append(accuracy(params, x, y))
        final_losses.append(losses[-1])
    full_accuracy = accuracy(full, x, y)
    return {
        "dimensions": tried,
        "accuracies": accuracies,
        "losses": final_losses,
        "full_accuracy": full_accuracy,
        "parameters": D,
        "d90": next((d for d, a in zip(tried, accuracies, strict=True) if a >= 0.9 * full_accuracy), None),
    }
