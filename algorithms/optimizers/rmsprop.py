r"""RMSProp divides each step by the root of a moving average of the squared gradients.

$$E[g^2]_t = \gamma\,E[g^2]_{t-1} + (1 - \gamma)\,g_t^2, \qquad \theta \leftarrow \theta - \frac{\eta}{\sqrt{E[g^2]_t + \epsilon}}\,g_t$$

**Intuition.** AdaGrad remembers every gradient for ever and slows down for good. RMSProp forgets: only the last
$1/(1-\gamma)$ or so gradients count, so the step adapts to the current slope. Steep directions are held back, shallow
ones pushed on.

**When to use it.** For recurrent networks and reinforcement learning; elsewhere Adam, which adds momentum and bias
correction.

**Cost.** One more vector of the size of the parameters.

**Pitfalls.** The gradient is *divided* by the root of the average: a formula that multiplies by $E[g^2]$ is a misprint
that is going round. Without bias correction the average starts near zero, so the first step is $1/\sqrt{1 - \gamma} =
3.2$ times $\eta$ at $\gamma = 0.9$. Whether $\epsilon$ stands inside the root (here) or outside (PyTorch) matters for
tiny gradients. PyTorch's default decay is 0.99, not 0.9. With a constant $\eta$ the steps near a minimum do not vanish;
decay the rate.

**References.** Tieleman and Hinton, *Lecture 6.5: RMSProp*, Coursera (2012).
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from algorithms.inputs import Steps
from algorithms.optimizers.gradient_descent import (
    Curvatures,
    Decay,
    Epsilon,
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


def rmsprop_update(learning_rate: float, gamma: float, epsilon: float, place: str = "inside") -> Update:
    """RMSProp as an update rule; it keeps the average of squared gradients between calls.

    Examples
    --------
    >>> rmsprop_update(0.1, 0.9, 1e-8)(np.array([1.0]), lambda theta: 2 * theta).round(4).tolist()
    [0.6838]
    """
    average: Floats = np.zeros(1)

    def update(theta: Floats, gradient: Gradient) -> Floats:
        nonlocal average
        g = gradient(theta)  # (d,)
        average = gamma * average + (1 - gamma) * g**2  # (d,)
        scale = np.sqrt(average + epsilon) if place == "inside" else np.sqrt(average) + epsilon
        return theta - learning_rate * np.divide(g, scale, out=np.zeros_like(g), where=scale > 0)

    return update


@algorithm(
    id="rmsprop",
    name="RMSProp",
    aliases=("root mean square propagation", "RMSprop optimizer"),
    example={"start": [1.0], "curvatures": [1.0], "learning_rate": 0.1, "gamma": 0.9, "steps": 3},
    figure=draw_descent,
)
def rmsprop(
    start: Point = [1.0],  # noqa: B006
    curvatures: Curvatures = [1.0],  # noqa: B006
    learning_rate: LearningRate = 0.1,
    gamma: Decay = 0.9,
    epsilon: Epsilon = 1e-8,
    epsilon_place: Literal["inside", "outside"] = "inside",
    steps: Steps = 20,
    gradients: Gradients | None = None,
) -> Output:
    """RMSProp on J(θ) = Σ c_i θ_i².

    Parameters
    ----------
    start : list of float, length d
        First parameters θ.
    curvatures : list of float, length 1 or d
        The c_i of the objective.
    learning_rate : float
        Step size η.
    steps : int
        Number of steps.
    gradients : list of float or null
        If given, these gradients of one parameter are used in turn instead of those of J.
    gamma : float
        Decay of the average of squared gradients.
    epsilon : float
        Keeps the denominator above zero.
    epsilon_place : {"inside", "outside"}
        Inside the root, or outside as in PyTorch.

    Returns
    -------
    dict
        ``theta``, ``path`` (first iterates), ``objective_curve``, ``objective`` and ``diverged``, as of `run_updates`.

    Examples
    --------
    >>> rmsprop([1.0], steps=3)["path"].round(4).tolist()
    [[1.0], [0.6838], [0.4989], [0.3692]]
    """
    return run_updates(
        rmsprop_update(learning_rate, gamma, epsilon, epsilon_place), start, curvatures, steps, gradients
    )
