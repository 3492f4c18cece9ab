r"""Mini-batch gradient descent steps along the average gradient of a small random subset of the data.

$$\theta \leftarrow \theta - \frac{\eta}{B} \sum_{i \in \text{batch}} \nabla J_i(\theta), \qquad
\mathbb E[g_B] = \nabla J, \qquad \operatorname{Var}[g_B] = \frac{\sigma^2}{B}$$

**Intuition.** The mean over $B$ random samples is an unbiased estimate of the full gradient; its variance falls as
$1/B$, its standard deviation only as $1/\sqrt B$. Four times the work halves the noise, so beyond some size more
samples a step no longer pay.

**When to use it.** Nearly always: batches of 16 to 64 on small tasks, 128 to 1024 and far more on large ones, as memory
and parallel hardware allow.

**Cost.** $B$ sample gradients a step, computed in parallel.

**Pitfalls.** Mini-batch steps are still random and can leave a shallow minimum; they are only less noisy than steps on
one sample. Large batches do not *overfit* as such: what has been observed is a generalisation gap, with sharper minima,
that shrinks when the learning rate is raised along. Change $B$ and the best $\eta$ changes. The $1/B$ law holds for
draws with replacement; without, the variance falls faster and is zero for the full batch. Reshuffle every epoch.

**References.** Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 8.1.3. Keskar et al., *On large-batch
training*, arXiv:1609.04836.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.optimizers.stochastic_gradient_descent import least_squares_gradients
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats, linear_data

BatchSizes = Annotated[list[Annotated[int, Field(ge=1, le=256)]], Field(min_length=1, max_length=8)]


def gradient_noise(gradients: Floats, batch_size: int, draws: int, rng: np.random.Generator) -> tuple[float, float]:
    """Distance of the mean of many batch gradients from the full gradient, and their summed variance.

    Examples
    --------
    >>> gradient_noise(np.ones((4, 2)), 2, 10, np.random.default_rng(0))
    (0.0, 0.0)
    """
    batches = gradients[rng.integers(len(gradients), size=(draws, batch_size))].mean(axis=1)  # (draws, d)
    bias = np.linalg.norm(batches.mean(axis=0) - gradients.mean(axis=0))
    return float(bias), float(batches.var(axis=0).sum())


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Measured gradient variance and σ²/B against the batch size."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.loglog(output["batch_sizes"], output["variances"], "o", label="measured")
    axes.loglog(output["batch_sizes"], output["expected_variances"], "--", label="σ²/B")
    axes.set(xlabel="batch size", ylabel="variance of the gradient")
    axes.legend()
    return figure


@algorithm(
    id="mini-batch-gradient-descent",
    name="Mini-batch gradient descent",
    aliases=(
        "mini-batch SGD",
        "Mini-batch gradient noise vs batch size",
        "batch-size effect",
        "gradient noise of a mini-batch",
        "unbiased gradient estimate",
        "minibatch gradient descent",
    ),
    example={"batch_size": 16, "batch_sizes": [1, 4, 16, 64], "learning_rate": 0.1, "epochs": 20, "seed": 0},
    cost="seconds",
    figure=draw,
)
def mini_batch_gradient_descent(
    batch_size: Annotated[int, Field(ge=1, le=256)] = 16,
    batch_sizes: BatchSizes = [1, 4, 16, 64],  # noqa: B006
    learning_rate: Annotated[float, Field(gt=0, le=0.2)] = 0.1,
    epochs: Annotated[int, Field(ge=1, le=40)] = 20,
    seed: Seed = 0,
) -> Output:
    """Mini-batch descent on a linear regression of 256 samples with weights (2, -1), and the gradient noise at its
    start.

    Parameters
    ----------
    batch_size : int
        Samples a step of the training run.
    batch_sizes : list of int, at most 8
        Sizes whose gradient noise is measured, with 2,000 batches each, drawn with replacement.
    learning_rate : float
        Step size η.
    epochs : int
        Passes over the data.
    seed : int
        Seed of the data and of the batches.

    Returns
    -------
    dict
        ``weights`` (2,), ``optimum`` (2,), ``loss_before``, ``loss_after`` and ``lowest_loss`` (half the mean squared
        error); ``steps``; ``batch_sizes``, their ``biases`` (distance of the mean gradient from the full one),
        ``variances`` and ``expected_variances`` σ²/B.

    Examples
    --------
    >>> out = mini_batch_gradient_descent(batch_size=64, epochs=5)
    >>> out["steps"], bool(out["loss_after"] < 0.2 * out["loss_before"])
    (20, True)
    """
    n = 256
    X, y = linear_data(np.array([2.0, -1.0]), 0.0, n, 0.5, seed)  # (n, 2), (n,)
    rng = np.random.default_rng(seed + 1)
    at_start = least_squares_gradients(X, y, np.zeros(2))  # (n, 2)
    noise = [gradient_noise(at_start, b, 2000, rng) for b in batch_sizes]
    w = np.zeros(2)
    steps = 0
    for _ in range(epochs):
        order = rng.permutation(n)
        for i in range(0, n, batch_size):
            batch = order[i : i + batch_size]
            w = w - learning_rate * least_squares_gradients(X[batch], y[batch], w).mean(axis=0)
            steps += 1
    optimum = np.linalg.lstsq(X, y, rcond=None)[0]  # (2,)
    return {
        "weights": w,
        "optimum": optimum,
        "loss_before": 0.5 * (y**2).mean(),
        "loss_after": 0.5 * ((X @ w - y) ** 2).mean(),
        "lowest_loss": 0.5 * ((X @ optimum - y) ** 2).mean(),
        "steps": steps,
        "batch_sizes": batch_sizes,
        "biases": [bias for bias, _ in noise],
        "variances": [variance for _, variance in noise],
        "expected_variances": at_start.var(axis=0).sum() / np.asarray(batch_sizes),
    }
