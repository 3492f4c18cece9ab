r"""AdaGrad divides each parameter's step by the root of the sum of its squared gradients so far.

$$G_t = G_{t-1} + g_t^2, \qquad \theta \leftarrow \theta - \frac{\eta}{\sqrt{G_t} + \epsilon}\,g_t$$

All operations are elementwise.

**Intuition.** A parameter that has seen many large gradients has been told enough and takes small steps. One whose
feature is rare keeps a large step for the few times when it matters. Each parameter gets its own learning rate, with no
more tuning than one $\eta$.

**When to use it.** For sparse features: linear models on words, embeddings, click prediction. It has regret guarantees
in online convex optimisation.

**Cost.** One more vector of the size of the parameters.

**Pitfalls.** $G_t$ is the *sum of squared gradients*, and only grows, so the step decays like $1/\sqrt{t}$ and learning
can stall on long runs; RMSProp and Adam replace the sum by a moving average. Without $\epsilon$ a parameter that was
never updated divides zero by zero. The first step has the size $\eta$ whatever the gradient. Large gradients early on
shrink all later steps.

**References.** Duchi, Hazan and Singer, *Adaptive subgradient methods for online learning and stochastic optimization*
(2011).
"""

from __future__ import annotations

import numpy as np

from algorithms.inputs import Steps
from algorithms.optimizers.gradient_descent import (
    Curvatures,
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


def adagrad_update(learning_rate: float, epsilon: float) -> Update:
    """AdaGrad as an update rule; it keeps the sums of squared gradients between calls.

    Examples
    --------
    >>> adagrad_update(0.1, 1e-10)(np.array([1.0, 0.0]), lambda theta: 2 * theta).round(6).tolist()
    [0.9, 0.0]
    """
    sums: Floats = np.zeros(1)

    def update(theta: Floats, gradient: Gradient) -> Floats:
        nonlocal sums
        g = gradient(theta)  # (d,)
        sums = sums + g**2  # (d,)
        # A parameter without any gradient so far stays, also at epsilon = 0.
        scale = np.sqrt(sums) + epsilon
        return theta - learning_rate * np.divide(g, scale, out=np.zeros_like(g), where=scale > 0)

    return update


@algorithm(
    id="adagrad",
    name="AdaGrad",
    aliases=("adaptive gradient", "adaptive subgradient method"),
    example={"start": [1.0], "curvatures": [1.0], "learning_rate": 0.1, "steps": 3},
    figure=draw_descent,
)
def adagrad(
    start: Point = [1.0],  # noqa: B006
    curvatures: Curvatures = [1.0],  # noqa: B006
    learning_rate: LearningRate = 0.1,
    epsilon: Epsilon = 1e-10,
    steps: Steps = 20,
    gradients: Gradients | None = None,
) -> Output:
    """AdaGrad on J(θ) = Σ c_i θ_i².

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
    epsilon : float
        Added to the root, against division by zero.

    Returns
    -------
    dict
        ``theta``, ``path`` (first iterates), ``objective_curve``, ``objective`` and ``diverged``, as of `run_updates`.

    Examples
    --------
    >>> adagrad([1.0], steps=3)["path"].round(4).tolist()
    [[1.0], [0.9], [0.8331], [0.7805]]
    """
    return run_updates(adagrad_update(learning_rate, epsilon), start, curvatures, steps, gradients)
