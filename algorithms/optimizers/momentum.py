r"""Momentum, or the heavy-ball method, steps along a decaying sum of past gradients instead of the last gradient alone.

$$v \leftarrow \beta v + \eta\,\nabla J(\theta), \qquad \theta \leftarrow \theta - v$$

**Intuition.** A ball that rolls downhill keeps its velocity. Where successive gradients agree, the steps add up to at
most $1 / (1 - \beta)$ times the plain one; where they alternate, across a narrow valley, they cancel. The ball also
rolls over flat stretches and past saddle points, where a plain step would crawl.

**When to use it.** Nearly always in place of plain SGD; $\beta = 0.9$ is the usual value. With a tuned schedule it is
still the standard for convolutional networks.

**Cost.** One more vector of the size of the parameters.

**Pitfalls.** With $\beta = 0.9$ the effective learning rate is ten times $\eta$; lower $\eta$ when momentum is raised.
It overshoots: on $x^2$ the iterates cross zero and come back. Conventions differ: here, as in the original, $\eta$ is
inside the velocity; PyTorch multiplies outside, $\theta \leftarrow \theta - \eta v$, which is the same only as long as
$\eta$ is constant. Another form scales the gradient by $1 - \beta$, which changes the step size tenfold.

**References.** Polyak, *Some methods of speeding up the convergence of iteration methods* (1964). Sutskever et al., *On
the importance of initialization and momentum in deep learning* (2013).
"""

from __future__ import annotations

import numpy as np

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


def momentum_update(learning_rate: float, beta: float) -> Update:
    """Heavy-ball momentum as an update rule; it keeps the velocity between calls.

    Examples
    --------
    >>> step = momentum_update(0.1, 0.9)
    >>> theta = step(np.array([1.0]), lambda theta: 2 * theta)
    >>> step(theta, lambda theta: 2 * theta).round(4).tolist()
    [0.46]
    """
    velocity: Floats = np.zeros(1)

    def update(theta: Floats, gradient: Gradient) -> Floats:
        nonlocal velocity
        velocity = beta * velocity + learning_rate * gradient(theta)  # (d,)
        return theta - velocity

    return update


@algorithm(
    id="momentum",
    name="Momentum (heavy ball)",
    aliases=("SGD with momentum", "heavy-ball", "heavy ball method", "Polyak momentum"),
    example={"start": [1.0], "curvatures": [1.0], "learning_rate": 0.1, "beta": 0.9, "steps": 3},
    figure=draw_descent,
)
def momentum(
    start: Point = [1.0],  # noqa: B006
    curvatures: Curvatures = [1.0],  # noqa: B006
    learning_rate: LearningRate = 0.1,
    beta: Decay = 0.9,
    steps: Steps = 20,
    gradients: Gradients | None = None,
) -> Output:
    """Momentum on J(θ) = Σ c_i θ_i².

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
    beta : float
        Share of the velocity that is kept.

    Returns
    -------
    dict
        ``theta``, ``path`` (first iterates), ``objective_curve``, ``objective`` and ``diverged``, as of `run_updates`.

    Examples
    --------
    >>> momentum([1.0], steps=3)["path"].round(4).tolist()
    [[1.0], [0.8], [0.46], [0.062]]
    """
    return run_updates(momentum_update(learning_rate, beta), start, curvatures, steps, gradients)
