r"""AdamW is Adam with decoupled weight decay: the weights shrink by a fixed share, apart from the adaptive step.

$$\theta \leftarrow \theta - \eta\left(\frac{\hat m_t}{\sqrt{\hat v_t} + \epsilon} + \lambda\,\theta\right)$$

**Intuition.** An L2 penalty would add $\lambda\theta$ to the gradient, and Adam would then divide it by $\sqrt{\hat
v}$: weights with large gradients would hardly decay at all. AdamW applies the decay outside that division, so every
weight shrinks by the factor $1 - \eta\lambda$.

**When to use it.** The default optimiser for Transformers; $\lambda$ of 0.01 to 0.1, none on biases and normalisation
gains.

**Cost.** Two moments, 8 bytes of state a parameter in single precision. The 8-bit variant stores both as one byte each,
with a scale a block: about 2 bytes.

**Pitfalls.** Under Adam, L2 in the loss and weight decay are *not* equivalent; that is why AdamW exists. The decay is
no term of the loss, so it does not show in the reported loss. An L2 penalty is proportional to the *squared* norm of
the weights, not to their magnitude. The decay is multiplied by $\eta$: halving the rate halves it too. The class was
removed from `transformers`; take `torch.optim.AdamW`. Quantised states need a non-linear code: small second moments
that round to zero would blow up the step.

**References.** Loshchilov and Hutter, *Decoupled weight decay regularization*, arXiv:1711.05101. Dettmers et al.,
*8-bit optimizers via block-wise quantization*, arXiv:2110.02861.
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from algorithms.inputs import Steps
from algorithms.optimizers.adam import adam_update
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


def store_in_bytes(values: Floats, block: int, signed: bool) -> Floats:
    """Values after a round trip through one byte each, scaled by the absolute maximum of their block.

    The code is quadratic, so that small values keep their relative precision; a positive value never becomes zero.

    Examples
    --------
    >>> store_in_bytes(np.array([1.0, 0.25, 1e-9]), 2, signed=False).round(5).tolist()
    [1.0, 0.25196, 0.0]
    """
    levels = 127 if signed else 255
    restored = np.empty_like(values)
    for i in range(0, len(values), block):
        part = values[i : i + block]
        largest = np.abs(part).max()
        if largest == 0:
            restored[i : i + block] = 0
            continue
        code = np.rint(levels * np.sqrt(np.abs(part) / largest))  # the stored byte
        code = np.where(part != 0, np.maximum(code, 1), 0)
        restored[i : i + block] = np.sign(part) * (code / levels) ** 2 * largest
    return restored


def adamw_8bit_update(
    learning_rate: float, beta1: float, beta2: float, epsilon: float, decay: float, block: int
) -> Update:
    """AdamW whose moments live in one byte a number between the steps.

    Examples
    --------
    >>> adamw_8bit_update(0.1, 0.9, 0.999, 1e-8, 0.0, 4)(np.array([1.0]), lambda theta: 2 * theta).round(6).tolist()
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
        ratio = (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + epsilon)
        m, v = store_in_bytes(m, block, signed=True), store_in_bytes(v, block, signed=False)
        return theta - learning_rate * (ratio + decay * theta)

    return update


@algorithm(
    id="adamw",
    name="AdamW (decoupled weight decay)",
    aliases=(
        "decoupled weight decay",
        "Adam with weight decay",
        "8-bit AdamW",
        "8-bit Adam",
        "bitsandbytes optimizer",
        "AdamW optimizer",
    ),
    example={"start": [1.0], "curvatures": [1.0], "learning_rate": 0.1, "weight_decay": 0.01, "steps": 3},
    figure=draw_descent,
)
def adamw(
    start: Point = [1.0],  # noqa: B006
    curvatures: Curvatures = [1.0],  # noqa: B006
    learning_rate: LearningRate = 0.1,
    beta1: Decay = 0.9,
    beta2: Decay = 0.999,
    epsilon: Annotated[float, Field(allow_inf_nan=False, gt=0, le=1)] = 1e-8,
    weight_decay: Epsilon = 0.01,
    state_bits: Literal[32, 8] = 32,
    block_size: Annotated[int, Field(ge=1, le=4096)] = 256,
    steps: Steps = 20,
    gradients: Gradients | None = None,
) -> Output:
    """AdamW on J(θ) = Σ c_i θ_i², with moments in 32 or 8 bits.

    Parameters
    ----------
    start : list of float, length d
        First parameters θ.
    curvatures : list of float, length 1 or d
        The c_i of the objective.
    learning_rate : float
        Step size η.
    beta1 : float
        Decay of the average gradient.
    beta2 : float
        Decay of the average squared gradient.
    epsilon : float
        Keeps the denominator above zero.
    weight_decay : float
        Share λ by which the weights shrink, times the learning rate.
    state_bits : {32, 8}
        Bits of each stored moment.
    block_size : int
        Parameters that share one scale in the 8-bit variant.
    steps : int
        Number of steps.
    gradients : list of float or null
        If given, these gradients of one parameter are used in turn instead of those of J.

    Returns
    -------
    dict
        ``theta``, ``path`` (first iterates), ``objective_curve``, ``objective`` and ``diverged``, as of `run_updates`;
        ``state_bytes_per_parameter`` of both moments and their scales.

    Examples
    --------
    >>> adamw([1.0], steps=3)["path"].round(4).tolist()
    [[1.0], [0.899], [0.7985], [0.6989]]
    """
    if state_bits == 32:
        rule = adam_update(learning_rate, beta1, beta2, epsilon, "outside", weight_decay)
    else:
        rule = adamw_8bit_update(learning_rate, beta1, beta2, epsilon, weight_decay, block_size)
    output = run_updates(rule, start, curvatures, steps, gradients)
    return {**output, "state_bytes_per_parameter": 8.0 if state_bits == 32 else 2 + 8 / block_size}
