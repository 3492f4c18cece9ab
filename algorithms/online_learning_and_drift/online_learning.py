r"""Online (incremental) learning updates a model with each example as it arrives, instead of after the whole data set.

$$\bar x_n = \bar x_{n-1} + \frac1n (x_n - \bar x_{n-1}), \qquad
w_n = w_{n-1} + K_n (y_n - w_{n-1} \cdot x_n) \;\text{(recursive least squares)}$$

**Intuition.** A running mean moves a $1/n$ share of the way to each new value and equals the batch mean exactly. Recursive least
squares does the same for a linear model by carrying the inverse of $X^\top X$. With a constant step instead of $1/n$ the
estimate forgets the past exponentially, which is what drifting data need.

**When to use it.** Streams that do not fit in memory, recommendations, ads, sensors, and data that drift.

**Cost.** Constant time and memory an example; recursive least squares takes $O(d^2)$.

**Pitfalls.** Equality with the batch result is special to means and least squares; SGD on other losses only approaches it. The order
of examples matters: shuffled epochs are not a stream. Bad or hostile examples enter at once, so validate and keep a
snapshot to roll back to. Judge by predicting each example before learning it (prequential). Feature scaling must be
online too. Labels that arrive late need a buffer.

**References.** Welford (1962). Bottou, *Online Learning and Stochastic Approximations* (1998). Shalev-Shwartz, *Online Learning and
Online Convex Optimization* (2012).
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.inputs import Number, Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats, linear_data

Stream = Annotated[list[Number], Field(min_length=1, max_length=4_096)]


def running(values: Floats, step: float | None) -> tuple[Floats, float]:
    """Estimate after each value (n,), and Welford's sum of squared deviations; `step` None means 1/n."""
    mean, squares = 0.0, 0.0
    track = np.empty(len(values))
    for n, x in enumerate(values.tolist(), 1):
        delta = x - mean
        mean += delta * (1 / n if step is None or n == 1 else step)
        squares += delta * (x - mean)
        track[n - 1] = mean
    return track, squares


def recursive_least_squares(X: Floats, y: Floats, ridge: float) -> tuple[Floats, Floats]:
    """Weights (d,) and the errors (n,) made on each example before learning from it.

    Examples
    --------
    >>> w, errors = recursive_least_squares(np.array([[1.0], [1.0]]), np.array([2.0, 4.0]), ridge=1e-9)
    >>> float(w[0].round(6)), errors.round(6).tolist()
    (3.0, [2.0, 2.0])
    """
    P, w = np.eye(X.shape[1]) / ridge, np.zeros(X.shape[1])  # (d, d), (d,)
    errors = np.empty(len(y))
    for i, x in enumerate(X):
        Px = P @ x  # (d,)
        errors[i] = y[i] - w @ x
        gain = Px / (1 + x @ Px)  # (d,)
        w, P = w + gain * errors[i], P - np.outer(gain, Px)
    return w, errors


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """The stream, its running mean and the estimate that forgets."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.plot(inputs["values"][:50], ".", label="values")
    axes.plot(output["running_mean"], label="running mean")
    axes.plot(output["forgetting_mean"], label=f"constant step {inputs['step']:g}")
    axes.set(xlabel="example", title="online estimates")
    axes.legend()
    return figure


@algorithm(
    id="online-learning",
    name="Online (incremental) learning",
    aliases=("streaming updates", "batch vs online", "incremental learning", "running mean", "recursive least squares"),
    example={"values": [2, 4, 6, 8, 20, 20, 20, 20], "step": 0.5},
    figure=draw,
)
def online_learning(
    values: Stream,
    step: Annotated[float, Field(gt=0, le=1)] = 0.5,
    n: Annotated[int, Field(ge=5, le=2_000)] = 200,
    ridge: Annotated[float, Field(ge=1e-9, le=1e3)] = 1e-6,
    seed: Seed = 0,
) -> Output:
    """Online mean of a stream, and online against batch least squares on a linear task.

    Parameters
    ----------
    values : list of float
        The stream.
    step : float
        Constant step of the estimate that forgets.
    n : int
        Examples of the linear task with weights (1, -2, 0.5) and noise 0.1.
    ridge : float
        Small penalty that starts the recursion.
    seed : int
        Seed of the linear task.

    Returns
    -------
    dict
        ``running_mean`` after each value (first 50), ``mean`` and ``batch_mean``; ``variance`` (population) by Welford and
        ``batch_variance``; ``forgetting_mean`` (first 50); ``weights`` and ``batch_weights`` of the linear task;
        ``first_errors`` and ``last_errors``, root mean squares of the tenth at each end, predicted before learning.

    Examples
    --------
    >>> r = online_learning([2, 4, 6], n=50)
    >>> r["running_mean"].tolist(), bool(np.allclose(r["weights"], r["batch_weights"]))
    ([2.0, 3.0, 4.0], True)
    """
    x = np.asarray(values, dtype=float)  # (m,)
    track, squares = running(x, None)
    X, y = linear_data(np.array([1.0, -2.0, 0.5]), 0.0, n, 0.1, seed)  # (n, 3), (n,)
    w, errors = recursive_least_squares(X, y, ridge)
    part = max(1, n // 10)
    return {
        "running_mean": track[:50],
        "mean": track[-1],
        "batch_mean": x.mean(),
        "variance": squares / len(x),
        "batch_variance": x.var(),
        "forgetting_mean": running(x, step)[0][:50],
        "weights": w,
        "batch_weights": np.linalg.solve(X.T @ X + ridge * np.eye(3), X.T @ y),
        "first_errors": np.sqrt(np.mean(errors[:part] ** 2)),
        "last_errors": np.sqrt(np.mean(errors[-part:] ** 2)),
    }
