r"""Stochastic gradient descent (SGD) updates the parameters after every single sample, along that sample's gradient.

$$\theta \leftarrow \theta - \eta_t\,\nabla J_i(\theta), \qquad i \text{ random}, \qquad
\sum_t \eta_t = \infty,\quad \sum_t \eta_t^2 < \infty$$

**Intuition.** One sample's gradient points in the right direction on average. A noisy step now is worth more than an
exact one after a pass over all the data, at least while the parameters are far from good. Near the optimum the noise
dominates: with a constant rate the iterates keep bouncing at a distance that grows with $\eta$.

**When to use it.** On streams, and on data sets too large for full gradients. In practice "SGD" mostly means
mini-batches.

**Cost.** One gradient of one sample a step; no state.

**Pitfalls.** That SGD never settles is true only for a constant rate. With a decaying rate that satisfies the two sums
above (the Robbins-Monro conditions, for instance $\eta_t \propto 1/t$) it converges. Shuffle: samples sorted by class
bias every step. The gradient of one sample varies far more than that of a batch, so SGD wants a smaller rate. The noise
may leave a poor local minimum, but that is no guarantee.

**References.** Robbins and Monro, *A stochastic approximation method* (1951). Bottou, Curtis and Nocedal, *Optimization
methods for large-scale machine learning*, arXiv:1606.04838.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats, linear_data


def least_squares_gradients(X: Floats, y: Floats, w: Floats) -> Floats:
    """Gradient of ½ (x·w - y)² for each sample (n, d).

    Examples
    --------
    >>> least_squares_gradients(np.array([[1.0, 2.0]]), np.array([3.0]), np.zeros(2)).tolist()
    [[-3.0, -6.0]]
    """
    return (X @ w - y)[:, None] * X


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Distance to the optimum after each epoch."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.semilogy(range(1, len(output["distances"]) + 1), output["distances"], "o-")
    axes.set(xlabel="epoch", ylabel="distance to the optimum", title=f"SGD, {inputs['schedule']} rate")
    return figure


@algorithm(
    id="stochastic-gradient-descent",
    name="Stochastic gradient descent (one sample per step)",
    aliases=("SGD", "online gradient descent", "Robbins-Monro"),
    example={"samples": 100, "noise": 0.5, "learning_rate": 0.05, "schedule": "robbins-monro", "epochs": 30, "seed": 0},
    cost="seconds",
    figure=draw,
)
def stochastic_gradient_descent(
    samples: Annotated[int, Field(ge=10, le=200)] = 100,
    noise: Annotated[float, Field(ge=0, le=10)] = 0.5,
    learning_rate: Annotated[float, Field(gt=0, le=0.1)] = 0.05,
    schedule: Literal["constant", "robbins-monro"] = "constant",
    epochs: Annotated[int, Field(ge=1, le=50)] = 30,
    seed: Seed = 0,
) -> Output:
    """SGD on a linear regression with weights (2, -1) plus noise.

    Parameters
    ----------
    samples : int
        Size of the data set.
    noise : float
        Standard deviation of the target's noise.
    learning_rate : float
        First step size η.
    schedule : {"constant", "robbins-monro"}
        Keep η, or decay it as η / (1 + t / samples).
    epochs : int
        Passes over the data, each in a new random order.
    seed : int
        Seed of the data and of the order.

    Returns
    -------
    dict
        ``weights`` (2,) and ``optimum`` (2,), the least-squares solution; ``distances`` (epochs,) to it; ``loss``, half
        the mean squared error, and ``lowest_loss``; ``single_gradient_variance``, the variance of one sample's gradient
        at the optimum, where the full gradient is zero.

    Examples
    --------
    >>> out = stochastic_gradient_descent(noise=0.0, epochs=20)
    >>> bool(out["distances"][-1] < 1e-6)
    True
    """
    X, y = linear_data(np.array([2.0, -1.0]), 0.0, samples, noise, seed)  # (n, 2), (n,)
    optimum: Floats = np.asarray(np.linalg.lstsq(X, y, rcond=None)[0], dtype=np.float64)  # (2,)
    rng = np.random.default_rng(seed + 1)
    w = np.zeros(2)
    distances = []
    t = 0
    for _ in range(epochs):
        for i in rng.permutation(samples):
            rate = learning_rate if schedule == "constant" else learning_rate / (1 + t / samples)
            w = w - rate * (X[i] @ w - y[i]) * X[i]
            t += 1
        distances.append(float(np.linalg.norm(w - optimum)))
    return {
        "weights": w,
        "optimum": optimum,
        "distances": distances,
        "loss": 0.5 * ((X @ w - y) ** 2).mean(),
        "lowest_loss": 0.5 * ((X @ optimum - y) ** 2).mean(),
        "single_gradient_variance": least_squares_gradients(X, y, optimum).var(axis=0).sum(),
    }
