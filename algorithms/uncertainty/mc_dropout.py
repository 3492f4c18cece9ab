r"""MC dropout keeps dropout switched on at prediction time and reads uncertainty from the spread of repeated passes.

$$\hat\mu(x) = \frac1T \sum_{t=1}^{T} f(x; W \odot m_t), \qquad
\hat\sigma^2(x) = \frac1T \sum_t \big(f(x; W \odot m_t) - \hat\mu\big)^2, \quad m_t \sim \text{Bernoulli}(1 - p)$$

**Intuition.** Each dropout mask is another thinned network trained on the same data. Where training points pin the function
down they agree; away from them they diverge. The average of many passes is the prediction.

**When to use it.** As a cheap estimate of model uncertainty for a network that has dropout layers already.

**Cost.** $T$ forward passes, 20 to 100 as a rule.

**Pitfalls.** Frameworks switch dropout off in evaluation mode: turn on the dropout layers only, and leave batch normalisation in
evaluation mode. The spread is epistemic; add the noise variance for intervals. Its size depends on the dropout rate and
does not shrink with data as a posterior would, so calibrate it. Deep ensembles are usually better. For classification
average the probabilities, then take the entropy of the average ("entropy with Monte Carlo dropout"), or the mutual
information.

**References.** Gal and Ghahramani, *Dropout as a Bayesian Approximation*, arXiv:1506.02142. Srivastava et al., *Dropout* (2014).
"""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Parameters = list[Floats]


def initial(hidden: int, rng: np.random.Generator) -> Parameters:
    """Weights of a network 1 - hidden - hidden - 1 with ReLU, He-scaled."""
    sizes = [1, hidden, hidden, 1]
    return [
        p
        for a, b in pairwise(sizes)
        for p in (rng.standard_normal((a, b)) * np.sqrt(2 / a), 0.1 * rng.standard_normal(b))
    ]


def forward(theta: Parameters, x: Floats, masks: list[Floats]) -> tuple[Floats, list[Floats]]:
    """Outputs (n,) and the layers' activations, hidden layers multiplied by their masks (hidden,) or (n, hidden)."""
    layers = [x[:, None]]  # (n, 1)
    for i in range(2):
        z = layers[-1] @ theta[2 * i] + theta[2 * i + 1]  # (n, hidden)
        layers.append(np.maximum(z, 0) * masks[i])
    return (layers[-1] @ theta[4] + theta[5])[:, 0], layers


def backward(theta: Parameters, layers: list[Floats], masks: list[Floats], delta: Floats) -> Parameters:
    """Gradients for the gradient `delta` (n,) of the loss in the outputs."""
    d = delta[:, None]  # (n, 1)
    found: Parameters = []
    for i in (2, 1, 0):
        found = [layers[i].T @ d, d.sum(axis=0), *found]
        if i:
            d = d @ theta[2 * i].T * masks[i - 1] * (layers[i] > 0)  # (n, hidden)
    return found


def dropout_masks(shape: tuple[int, int], p: float, rng: np.random.Generator) -> list[Floats]:
    """Two masks of zeros and 1 / (1 - p), so that the expectation of a unit is unchanged."""
    return [(rng.random(shape) >= p) / (1 - p) for _ in range(2)]


def train(
    x: Floats, y: Floats, hidden: int, p: float, steps: int, rng: np.random.Generator
) -> tuple[Parameters, list[float]]:
    """Weights and losses of training by Adam on the squared error, all points in each step."""
    theta = initial(hidden, rng)
    m, v = [np.zeros_like(w) for w in theta], [np.zeros_like(w) for w in theta]
    losses = []
    for t in range(1, steps + 1):
        masks = dropout_masks((len(x), hidden), p, rng)
        out, layers = forward(theta, x, masks)
        losses.append(float(np.mean((out - y) ** 2)))
        for i, g in enumerate(backward(theta, layers, masks, 2 * (out - y) / len(y))):
            m[i], v[i] = 0.9 * m[i] + 0.1 * g, 0.999 * v[i] + 0.001 * g**2
            theta[i] = theta[i] - 0.01 * m[i] / (1 - 0.9**t) / (np.sqrt(v[i] / (1 - 0.999**t)) + 1e-8)
    return theta, losses


def curve(n: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Points of y = sin(3x) with noise 0.1; x in [-1, 1]."""
    x = rng.uniform(-1, 1, n)
    return x, np.sin(3 * x) + 0.1 * rng.standard_normal(n)


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Mean and a band of two standard deviations, inside and outside of the data."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    x, mean, std = (np.asarray(output[key]) for key in ("x", "mean", "std"))
    axes.plot(x, mean)
    axes.fill_between(x, mean - 2 * std, mean + 2 * std, alpha=0.3)
    axes.axvspan(-1, 1, color="grey", alpha=0.15, label="training data")
    axes.set(xlabel="x", ylabel="prediction", title="uncertainty grows away from the data")
    axes.legend()
    return figure


@algorithm(
    id="mc-dropout",
    name="MC dropout",
    aliases=("Monte Carlo dropout", "dropout at inference", "Bayesian dropout", "dropout uncertainty"),
    example={"dropout": 0.1, "passes": 100, "steps": 800},
    cost="trains",
    figure=draw,
)
def mc_dropout(
    dropout: Annotated[float, Field(ge=0, le=0.8)] = 0.1,
    passes: Annotated[int, Field(ge=2, le=200)] = 100,
    steps: Annotated[int, Field(ge=10, le=1_000)] = 800,
    hidden: Annotated[int, Field(ge=4, le=48)] = 32,
    n: Annotated[int, Field(ge=10, le=100)] = 60,
    seed: Seed = 0,
) -> Output:
    """Train a network on a sine within [-1, 1] and predict within [-3, 3] with dropout on.

    Parameters
    ----------
    dropout : float
        Probability p that a hidden unit is dropped; 0 gives no spread.
    passes : int
        Forward passes T.
    steps : int
        Training steps.
    hidden : int
        Units of each of the two hidden layers.
    n : int
        Training points.
    seed : int
        Seed of data, weights and masks.

    Returns
    -------
    dict
        ``loss_before`` and ``loss_after`` of training; at 25 points ``x`` the ``mean`` and ``std`` over the passes;
        ``std_inside`` and ``std_outside``, means of it for |x| ≤ 1 and |x| ≥ 2; ``rmse_inside`` of the mean.

    Examples
    --------
    >>> r = mc_dropout(dropout=0.1, steps=300, passes=50)
    >>> r["std_outside"] > r["std_inside"] > 0
    True
    """
    rng = np.random.default_rng(seed)
    x, y = curve(n, rng)
    theta, losses = train(x, y, hidden, dropout, steps, rng)
    points = np.linspace(-3, 3, 25)
    samples = np.stack(
        [forward(theta, points, dropout_masks((1, hidden), dropout, rng))[0] for _ in range(passes)]
    )  # (T, 25), one mask a pass for all points
    mean, std = samples.mean(axis=0), samples.std(axis=0)  # (25,), (25,)
    inside, outside = np.abs(points) <= 1, np.abs(points) >= 2
    return {
        "loss_before": losses[0],
        "loss_after": losses[-1],
        "x": points,
        "mean": mean,
        "std": std,
        "std_inside": float(std[inside].mean()),
        "std_outside": float(std[outside].mean()),
        "rmse_inside": float(np.sqrt(np.mean((mean - np.sin(3 * points))[inside] ** 2))),
    }
