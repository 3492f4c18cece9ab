r"""Nesterov accelerated gradient is momentum that takes the gradient at the point to which the velocity is about to
carry it.

$$v \leftarrow \beta v + \eta\,\nabla J(\theta - \beta v), \qquad \theta \leftarrow \theta - v$$

**Intuition.** The velocity will move the parameters by $\beta v$ anyway, so look there first. If that point is already
on the opposite slope, its gradient brakes now, one step before heavy-ball momentum would notice. The overshoot gets
smaller.

**When to use it.** In place of momentum when the gradient is not too noisy. For smooth convex functions it reaches the
optimal rate $O(1/k^2)$ of first-order methods, against $O(1/k)$ of gradient descent.

**Cost.** As momentum: one gradient a step and one more vector.

**Pitfalls.** The gradient belongs at the look-ahead point; taking it at $\theta$ gives plain momentum. Libraries
rewrite the method in terms of the look-ahead point to avoid a second copy of the parameters, so their stored weights
are not the $\theta$ of the formula. The $1/k^2$ guarantee is for full gradients of convex functions and needs a growing
$\beta$; with mini-batch noise the gain is small. Like momentum, it multiplies the effective step by about
$1/(1-\beta)$.

**References.** Nesterov, *A method for solving the convex programming problem with convergence rate O(1/k²)* (1983).
Sutskever et al., *On the importance of initialization and momentum in deep learning* (2013).
"""

from __future__ import annotations

import numpy as np

from algorithms.inputs import Steps
from algorithms.optimizers.gradient_descent import (
    Curvatures,
    Decay,
    Gradient,
    LearningRate,
    Point,
    Update,
    draw_descent,
    run_updates,
)
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


def nesterov_update(learning_rate: float, beta: float) -> Update:
    """Nesterov momentum as an update rule; it keeps the velocity between calls.

    Examples
    --------
    >>> nesterov_update(0.1, 0.9)(np.array([1.0]), lambda theta: 2 * theta).tolist()
    [0.8]
    """
    velocity: Floats = np.zeros(1)

    def update(theta: Floats, gradient: Gradient) -> Floats:
        nonlocal velocity
        velocity = beta * velocity + learning_rate * gradient(theta - beta * velocity)  # (d,)
        return theta - velocity

    return update


@algorithm(
    id="nesterov-accelerated-gradient",
    name="Nesterov accelerated gradient",
    aliases=("NAG", "look-ahead momentum", "Nesterov momentum"),
    example={"start": [1.0], "curvatures": [1.0], "learning_rate": 0.1, "beta": 0.9, "steps": 3},
    figure=draw_descent,
)
def nesterov_accelerated_gradient(
    start: Point = [1.0],  # noqa: B006
    curvatures: Curvatures = [1.0],  # noqa: B006
    learning_rate: LearningRate = 0.1,
    beta: Decay = 0.9,
    steps: Steps = 20,
) -> Output:
    """Nesterov accelerated gradient on J(θ) = Σ c_i θ_i².

    Parameters
    ----------
    start : list of float, length d
        First parameters θ.
    curvatures : list of float, length 1 or d
        The c_i of the objective.
    learning_rate : float
        Step size η.
    beta : float
        Share of the velocity that is kept.
    steps : int
        Number of steps.

    Returns
    -------
    dict
        ``theta``, ``path`` (first iterates), ``objective_curve``, ``objective`` and ``diverged``, as of `run_updates`.

    Examples
    --------
    >>> nesterov_accelerated_gradient([1.0], steps=3)["path"].round(5).tolist()
    [[1.0], [0.8], [0.496], [0.17792]]
    """
    return run_updates(nesterov_update(learning_rate, beta), start, curvatures, steps)
