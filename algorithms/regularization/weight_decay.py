r"""Weight decay multiplies the weights by a number just below one at each step, apart from the gradient of the loss.

$$w \leftarrow (1 - \eta\lambda)\,w - \eta\,g \qquad\text{and for an L2 penalty}\qquad g \leftarrow g + \lambda w$$

**Intuition.** A weight that the loss does not hold in place fades exponentially. For plain SGD the two forms above are
the same formula: the gradient of $\tfrac\lambda2 \lVert w \rVert^2$ is $\lambda w$. Under Adam they differ, since Adam
divides the penalty's gradient by the size of the recent gradients, and weights with large gradients then hardly shrink.

**When to use it.** Nearly always, with $10^{-4}$ to $10^{-2}$ for convolutional networks under SGD and up to $0.1$ with
AdamW. Not on biases and normalisation gains.

**Cost.** One multiplication a weight.

**Pitfalls.** Weight decay equals an L2 penalty *only* for plain SGD; treating the two as one under Adam is the error
for which AdamW was made. The penalty is proportional to the *squared* norm of the weights, and decoupled decay is no
term of the loss at all. With momentum the two also differ: the penalty enters the velocity. The decay is multiplied by
$\eta$, so a schedule scales it along. For weights before a normalisation layer it changes the effective learning rate,
not the function.

**References.** Krogh and Hertz, *A simple weight decay can improve generalization* (1991). Loshchilov and Hutter,
*Decoupled weight decay regularization*, arXiv:1711.05101.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.optimizers.adam import adam_update
from algorithms.optimizers.gradient_descent import Gradient, Update, descent_update
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Small = Annotated[float, Field(ge=-1000, le=1000)]
Weights = Annotated[list[Small], Field(min_length=1, max_length=16)]


def with_l2(update: Update, penalty: float) -> Update:
    """The rule applied to the loss plus half the penalty times the squared norm.

    Examples
    --------
    >>> with_l2(descent_update(0.1), 0.5)(np.array([2.0]), lambda w: 0 * w).tolist()
    [1.9]
    """
    return lambda w, gradient: update(w, lambda at: gradient(at) + penalty * at)


def with_decay(update: Update, shrink: float) -> Update:
    """The rule followed by a decoupled decay of the old weights by a share.

    Examples
    --------
    >>> with_decay(descent_update(0.1), 0.05)(np.array([2.0]), lambda w: 0 * w).tolist()
    [1.9]
    """
    return lambda w, gradient: update(w, gradient) - shrink * w


def run(update: Update, start: Floats, gradient: Gradient, steps: int) -> Floats:
    """Weights (steps + 1, d) under a rule.

    Examples
    --------
    >>> run(descent_update(0.5), np.array([1.0]), lambda w: w, 2).ravel().tolist()
    [1.0, 0.5, 0.25]
    """
    path = [start]
    for _ in range(steps):
        path.append(update(path[-1], gradient))
    return np.stack(path)


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Norm of the weights without any gradient."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.plot(output["norms_without_gradient"])
    axes.set(xlabel="step", ylabel="norm of the weights", title="decay without gradient")
    return figure


@algorithm(
    id="weight-decay",
    name="Weight decay vs L2 penalty",
    aliases=("decoupled decay", "L2 in SGD", "weight decay vs L2", "decay of weights"),
    example={"weights": [1.0, 1.0], "gradient_scales": [100.0, 0.01], "learning_rate": 0.01, "decay": 0.1, "steps": 50},
    figure=draw,
)
def weight_decay(
    weights: Weights = [1.0, 1.0],  # noqa: B006
    gradient_scales: Weights = [100.0, 0.01],  # noqa: B006
    learning_rate: Annotated[float, Field(gt=0, le=1)] = 0.01,
    decay: Annotated[float, Field(ge=0, le=1)] = 0.1,
    steps: Annotated[int, Field(ge=1, le=2000)] = 50,
) -> Output:
    """Weight decay and L2 penalty under SGD and Adam, with gradients that flip their sign at each step.

    Parameters
    ----------
    weights : list of float, length d
        Weights at the start.
    gradient_scales : list of float, length d
        Size of each weight's gradient, plus at even and minus at odd steps: noise that averages out.
    learning_rate : float
        Step size η.
    decay : float
        Strength λ of both the decay and the penalty.
    steps : int
        Number of steps.

    Returns
    -------
    dict
        ``shrink_factor``, 1 - ηλ; ``norms_without_gradient``, at most 50 values from the start; final weights (d,)
        ``sgd_decay``, ``sgd_l2``, ``adam_decay`` and ``adam_l2``; ``sgd_difference`` (0 up to rounding) and
        ``adam_difference``, the largest gaps between decay and penalty.

    Raises
    ------
    ValueError
        If `weights` and `gradient_scales` differ in length.

    Examples
    --------
    >>> out = weight_decay()
    >>> bool(out["sgd_difference"] < 1e-12), bool(out["adam_difference"] > 1e-2)
    (True, True)
    """
    if len(weights) != len(gradient_scales):
        raise ValueError("give one gradient scale for each weight")
    start, scales = np.asarray(weights, dtype=np.float64), np.asarray(gradient_scales, dtype=np.float64)  # (d,) each

    def alternating() -> Gradient:
        sign = -1.0

        def gradient(at: Floats) -> Floats:
            nonlocal sign
            sign = -sign
            return sign * scales

        return gradient

    def finish(update: Update) -> Floats:
        return np.asarray(run(update, start, alternating(), steps)[-1])

    eta = learning_rate
    sgd_decay = finish(with_decay(descent_update(eta), eta * decay))
    sgd_l2 = finish(with_l2(descent_update(eta), decay))
    adam_decay = finish(adam_update(eta, 0.9, 0.999, 1e-8, decay=decay))
    adam_l2 = finish(with_l2(adam_update(eta, 0.9, 0.999, 1e-8), decay))
    quiet = run(with_decay(descent_update(eta), eta * decay), start, np.zeros_like, min(steps, 49))
    return {
        "shrink_factor": 1 - eta * decay,
        "norms_without_gradient": np.linalg.norm(quiet, axis=1),
        "sgd_decay": sgd_decay,
        "sgd_l2": sgd_l2,
        "adam_decay": adam_decay,
        "adam_l2": adam_l2,
        "sgd_difference": np.abs(sgd_decay - sgd_l2).max(),
        "adam_difference": np.abs(adam_decay - adam_l2).max(),
    }
