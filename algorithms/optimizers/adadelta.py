r"""Adadelta scales each step by the ratio of two running root mean squares, that of past updates and that of past
gradients.

$$E[g^2] \leftarrow \rho E[g^2] + (1-\rho) g^2, \qquad
\Delta = -\frac{\sqrt{E[\Delta^2] + \epsilon}}{\sqrt{E[g^2] + \epsilon}}\,g, \qquad
E[\Delta^2] \leftarrow \rho E[\Delta^2] + (1-\rho)\Delta^2$$

**Intuition.** RMSProp's step $g/\mathrm{RMS}(g)$ has no unit, so a learning rate has to supply one. Adadelta takes it
from the size of its own recent updates. No learning rate is left to set.

**When to use it.** Today mainly of historical interest; it appears in older recipes where a learning rate was hard to
choose.

**Cost.** Two more vectors of the size of the parameters.

**Pitfalls.** The start is slow: before any update, the numerator is only $\sqrt\epsilon$, so $\epsilon$ takes the role
of the learning rate and matters far more than in Adam. Order counts: the numerator uses the updates *before* this one.
PyTorch's `lr` multiplies the result and is 1 by default, which is the method as published. The state doubles the memory
of momentum.

**References.** Zeiler, *ADADELTA: an adaptive learning rate method*, arXiv:1212.5701.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.inputs import Steps
from algorithms.optimizers.gradient_descent import (
    Curvatures,
    Decay,
    Gradient,
    Gradients,
    LearningRate,
    Point,
    Update,
    draw_descent,
    run_updates,
)
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


def adadelta_update(learning_rate: float, rho: float, epsilon: float) -> Update:
    """Adadelta as an update rule; it keeps both running averages between calls.

    Examples
    --------
    >>> adadelta_update(1.0, 0.9, 1e-6)(np.array([1.0]), lambda theta: 2 * theta).round(6).tolist()
    [0.996838]
    """
    squares: Floats = np.zeros(1)
    updates: Floats = np.zeros(1)

    def update(theta: Floats, gradient: Gradient) -> Floats:
        nonlocal squares, updates
        g = gradient(theta)  # (d,)
        squares = rho * squares + (1 - rho) * g**2  # (d,)
        delta = -np.sqrt(updates + epsilon) / np.sqrt(squares + epsilon) * g  # (d,)
        updates = rho * updates + (1 - rho) * delta**2  # (d,)
        return theta + learning_rate * delta

    return update


@algorithm(
    id="adadelta",
    name="Adadelta",
    aliases=("ADADELTA optimizer", "adaptive delta"),
    example={"start": [1.0], "curvatures": [1.0], "rho": 0.9, "epsilon": 1e-6, "steps": 200},
    figure=draw_descent,
)
def adadelta(
    start: Point = [1.0],  # noqa: B006
    curvatures: Curvatures = [1.0],  # noqa: B006
    learning_rate: LearningRate = 1.0,
    rho: Decay = 0.9,
    epsilon: Annotated[float, Field(allow_inf_nan=False, gt=0, le=1)] = 1e-6,
    steps: Steps = 200,
    gradients: Gradients | None = None,
) -> Output:
    """Adadelta on J(θ) = Σ c_i θ_i².

    Parameters
    ----------
    start : list of float, length d
        First parameters θ.
    curvatures : list of float, length 1 or d
        The c_i of the objective.
    learning_rate : float
        Factor on the update; 1 is the method as published.
    steps : int
        Number of steps.
    gradients : list of float or null
        If given, these gradients of one parameter are used in turn instead of those of J.
    rho : float
        Decay of both running averages.
    epsilon : float
        Added under both roots; it sets the size of the first step.

    Returns
    -------
    dict
        ``theta``, ``path`` (first iterates), ``objective_curve``, ``objective`` and ``diverged``, as of `run_updates`.

    Examples
    --------
    >>> adadelta([1.0], steps=1)["theta"].round(6).tolist()
    [0.996838]
    """
    return run_updates(adadelta_update(learning_rate, rho, epsilon), start, curvatures, steps, gradients)
