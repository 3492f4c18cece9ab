r"""Gradient descent moves the parameters a small step against the gradient of the loss, again and again.

$$\theta \leftarrow \theta - \eta\,\nabla J(\theta)$$

**Intuition.** The gradient points uphill; the opposite direction is, locally, the steepest way down. Full-batch
gradient descent computes it on the whole data set, so every step is exact and the path is smooth.

**When to use it.** For small data sets and convex problems. For large ones a step on a mini-batch costs a fraction and
is nearly as good.

**Cost.** One pass over the data and $O(d)$ memory a step.

**Pitfalls.** Convexity alone does not guarantee that it converges: the learning rate must be small enough. On $J = x^2$
each step multiplies $x$ by $1 - 2\eta$, so it diverges for $\eta > 1$. On a non-convex loss it goes towards a
stationary point, not necessarily the nearest minimum. A step is not aimed at the minimum either: in a narrow valley it
zig-zags. Backpropagation computes the gradient; the update is the optimiser's. Parameters that are equal and have equal
partial derivatives stay equal.

**References.** Cauchy, *Méthode générale pour la résolution des systèmes d'équations simultanées* (1847). Nocedal and
Wright, *Numerical Optimization* (2006), chapter 3. Goodfellow, Bengio and Courville, *Deep Learning* (2016), section
4.3.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.inputs import Number, Steps
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Gradient = Callable[[Floats], Floats]
Update = Callable[[Floats, Gradient], Floats]
LearningRate = Annotated[float, Field(allow_inf_nan=False, gt=0, le=1e6)]
Decay = Annotated[float, Field(allow_inf_nan=False, ge=0, lt=1)]
Epsilon = Annotated[float, Field(allow_inf_nan=False, ge=0, le=1)]
Point = Annotated[list[Number], Field(min_length=1, max_length=16)]
Curvatures = Annotated[list[Annotated[float, Field(ge=-1e6, le=1e6)]], Field(min_length=1, max_length=16)]
Gradients = Annotated[list[Number], Field(min_length=1, max_length=5000)]


def run_updates(
    update: Update, start: list[float], curvatures: list[float], steps: int, gradients: list[float] | None = None
) -> Output:
    """Apply an update rule to J(θ) = Σ c_i θ_i², or to a given series of gradients of one parameter.

    Returns
    -------
    dict
        ``theta``, the last parameters; ``path``, the start and at most 20 iterates; ``objective_curve``, at most 50
        values over all steps; ``objective``, the last value; ``diverged``. Objectives are null for given gradients.

    Raises
    ------
    ValueError
        If the numbers of parameters and curvatures, or of gradients and parameters, don't fit.

    Examples
    --------
    >>> run_updates(lambda theta, gradient: theta - 0.1 * gradient(theta), [1.0], [1.0], 2)["path"].round(6).tolist()
    [[1.0], [0.8], [0.64]]
    """
    theta = np.asarray(start, dtype=np.float64)  # (d,)
    if len(curvatures) not in (1, len(theta)):
        raise ValueError(f"give one curvature, or one for each of the {len(theta)} parameters")
    if gradients is not None and len(theta) != 1:
        raise ValueError("given gradients belong to one parameter; start must hold one number")
    c = np.broadcast_to(np.asarray(curvatures, dtype=np.float64), theta.shape)  # (d,)
    path = [theta]
    for t in range(steps if gradients is None else len(gradients)):
        if gradients is None:
            theta = update(theta, lambda at: 2 * c * at)
        else:
            given = np.asarray(gradients[t : t + 1], dtype=np.float64)
            theta = update(theta, lambda at, given=given: given)  # type: ignore[misc]
        path.append(theta)
        if np.abs(theta).max() > 1e50:
            break
    iterates = np.stack(path)  # (steps + 1, d)
    curve = (c * iterates**2).sum(axis=1)  # (steps + 1,)
    shown = np.unique(np.linspace(0, len(curve) - 1, 50).astype(int))
    return {
        "theta": theta,
        "path": iterates[:21],
        "objective_curve": None if gradients is not None else curve[shown],
        "objective": None if gradients is not None else curve[-1],
        "diverged": bool(np.abs(theta).max() > 1e3 * (1 + np.abs(path[0]).max())),
    }


def draw_descent(inputs: dict[str, Any], output: Output) -> Any:
    """The objective over the steps, or the first iterates where gradients were given; all update rules draw with it.

    Examples
    --------
    >>> output = run_updates(lambda theta, gradient: theta - 0.1 * gradient(theta), [1.0], [1.0], 2)
    >>> draw_descent({"steps": 2}, output).axes[0].get_ylabel()
    'objective'
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    curve = output["objective_curve"]
    if curve is None:
        axes.plot(output["path"], "o-")
        axes.set(xlabel="step", ylabel="parameter")
    else:
        axes.plot(np.linspace(0, inputs["steps"], len(curve)), curve, ".-")
        axes.set(xlabel="step", ylabel="objective")
        if min(curve) > 0:
            axes.set_yscale("log")
    return figure


def descent_update(learning_rate: float) -> Update:
    """Plain gradient descent as an update rule.

    Examples
    --------
    >>> descent_update(0.5)(np.array([1.0]), lambda theta: 2 * theta).tolist()
    [0.0]
    """
    return lambda theta, gradient: theta - learning_rate * gradient(theta)


@algorithm(
    id="gradient-descent",
    name="(Full-batch) gradient descent",
    aliases=("GD", "batch gradient descent", "steepest descent", "full-batch gradient descent"),
    example={"start": [1.0], "curvatures": [1.0], "learning_rate": 0.1, "steps": 3},
    figure=draw_descent,
)
def gradient_descent(
    start: Point = [1.0],  # noqa: B006
    curvatures: Curvatures = [1.0],  # noqa: B006
    learning_rate: LearningRate = 0.1,
    steps: Steps = 20,
    gradients: Gradients | None = None,
) -> Output:
    """Gradient descent on J(θ) = Σ c_i θ_i².

    Parameters
    ----------
    start : list of float, length d
        First parameters θ.
    curvatures : list of float, length 1 or d
        The c_i; negative ones make a saddle.
    learning_rate : float
        Step size η.
    steps : int
        Number of steps.
    gradients : list of float or null
        If given, these gradients of one parameter are used in turn instead of those of J.

    Returns
    -------
    dict
        ``theta``, ``path``, ``objective_curve``, ``objective`` and ``diverged``, as of `run_updates`;
        ``largest_stable_rate``, 1 / max c_i, above which the iterates grow (null for given gradients or without a
        positive curvature).

    Examples
    --------
    >>> gradient_descent([1.0], steps=3)["path"].round(4).tolist()
    [[1.0], [0.8], [0.64], [0.512]]
    """
    output = run_updates(descent_update(learning_rate), start, curvatures, steps, gradients)
    steepest = max(curvatures)
    output["largest_stable_rate"] = 1 / steepest if steepest > 0 and gradients is None else None
    return output
