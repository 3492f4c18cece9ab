r"""Adam combines momentum with a step scaled by the root mean square of recent gradients, both corrected for their
start at zero.

$$m_t = \beta_1 m_{t-1} + (1-\beta_1) g_t, \quad v_t = \beta_2 v_{t-1} + (1-\beta_2) g_t^2, \quad
\theta \leftarrow \theta - \eta\,\frac{m_t / (1 - \beta_1^t)}{\sqrt{v_t / (1 - \beta_2^t)} + \epsilon}$$

**Intuition.** The numerator is a smoothed gradient, the denominator its typical size, so the ratio is about $\pm 1$
where gradients agree and small where they are noise. The step is close to $\eta$ in each coordinate, whatever the scale
of the loss.

**When to use it.** The default for Transformers and most deep networks, in the form AdamW; $\beta_1 = 0.9$, $\beta_2 =
0.999$ (0.95 for large language models).

**Cost.** Two more vectors: 8 bytes a parameter in single precision.

**Pitfalls.** $\epsilon$ belongs *outside* the root, as in the paper and in PyTorch; putting it inside is a common slip
that matters for tiny gradients: at $g = 10^{-10}$ the step is $0.0099\,\eta$ outside, $10^{-6}\,\eta$ inside. The first
step is $-\eta\,\mathrm{sign}(g)$, so warm up. Without bias correction early steps are wrong by far. An L2 penalty in
the loss is not weight decay here; use AdamW. $m$ and $v$ are state: a checkpoint without them restarts cold.

**References.** Kingma and Ba, *Adam: a method for stochastic optimization*, arXiv:1412.6980. Reddi, Kale and Kumar, *On
the convergence of Adam and beyond*, arXiv:1904.09237.
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


def adam_update(
    learning_rate: float, beta1: float, beta2: float, epsilon: float, place: str = "outside", decay: float = 0.0
) -> Update:
    """Adam as an update rule, with decoupled weight decay if asked; it keeps both moments between calls.

    Examples
    --------
    >>> adam_update(0.1, 0.9, 0.999, 1e-8)(np.array([1.0]), lambda theta: 2 * theta).round(6).tolist()
    [0.9]
    """
    m: Floats = np.zeros(1)
    v: Floats = np.zeros(1)
    t = 0

    def update(theta: Floats, gradient: Gradient) -> Floats:
        nonlocal m, v, t
        t += 1
        g = gradient(theta)  # (d,)
        m = beta1 * m + (1 - beta1) * g  # (d,)
        v = beta2 * v + (1 - beta2) * g**2  # (d,)
        m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)  # (d,) each
        scale = np.sqrt(v_hat) + epsilon if place == "outside" else np.sqrt(v_hat + epsilon)
        ratio = np.divide(m_hat, scale, out=np.zeros_like(m_hat), where=scale > 0)
        return theta - learning_rate * (ratio + decay * theta)

    return update


@algorithm(
    id="adam",
    name="Adam",
    aliases=("adaptive moment estimation", "Adam optimizer", "bias correction"),
    example={"start": [1.0], "curvatures": [1.0], "learning_rate": 0.1, "steps": 3},
    figure=draw_descent,
)
def adam(
    start: Point = [1.0],  # noqa: B006
    curvatures: Curvatures = [1.0],  # noqa: B006
    learning_rate: LearningRate = 0.1,
    beta1: Decay = 0.9,
    beta2: Decay = 0.999,
    epsilon: Epsilon = 1e-8,
    epsilon_place: Literal["outside", "inside"] = "outside",
    steps: Steps = 20,
    gradients: Gradients | None = None,
) -> Output:
    """Adam on J(θ) = Σ c_i θ_i².

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
    beta1 : float
        Decay of the average gradient.
    beta2 : float
        Decay of the average squared gradient.
    epsilon : float
        Keeps the denominator above zero.
    epsilon_place : {"outside", "inside"}
        Outside the root, as published, or inside.

    Returns
    -------
    dict
        theta, path (first iterates), objective_curve, objective and diverged, as of `run_updates`;
        first_step, the change of the parameters in step 1.

    Examples
    --------
    >>> adam([1.0], steps=3)["path"].round(4).tolist()
    [[1.0], [0.9], [0.8004], [0.7016]]
    """
    rule = adam_update(learning_rate, beta1, beta2, epsilon, epsilon_place)
    output = run_updates(rule, start, curvatures, steps, gradients)
    return {**output, "first_step": output["path"][1] - output["path"][0]}
