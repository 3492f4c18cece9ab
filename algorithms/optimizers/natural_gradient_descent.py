r"""Natural gradient descent multiplies the gradient by the inverse Fisher information matrix before stepping.

$$\theta \leftarrow \theta - \eta\,F(\theta)^{-1} \nabla L(\theta)$$

**Intuition.** The plain gradient is the steepest direction if distance is measured between *parameters*; the natural
gradient, if it is measured between the *distributions* they stand for, by the KL divergence. A model may be written in
probabilities or in logits: plain gradient descent takes different steps in the two, the natural gradient, to first
order in the step size, the same one.

**When to use it.** Where the parametrisation is arbitrary and badly scaled: variational inference, policy gradients
(TRPO), K-FAC for networks.

**Cost.** $O(d^2)$ memory and $O(d^3)$ time for the exact matrix; approximations by blocks and Kronecker factors
otherwise.

**Pitfalls.** It is not Newton's method and needs no Hessian: $F$ is the expected outer product of the score. The two
coincide in special cases, such as the maximum likelihood of an exponential family in natural parameters, as the logit
here. Invariance is exact only for infinitely small steps. Using the *empirical* Fisher, with the training labels, loses
the properties. $F$ is often near singular: damp it. Adam is sometimes called a diagonal approximation, but it takes a
square root and the empirical Fisher.

**References.** Amari, *Natural gradient works efficiently in learning* (1998). Martens, *New insights and perspectives
on the natural gradient method*, arXiv:1412.1193.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.activations.sigmoid import logistic
from algorithms.optimizers.fisher_information_matrix import exact_fisher
from algorithms.registry import Output, algorithm


def one_step(p: float, frequency: float, rate: float, in_logits: bool, natural: bool) -> float:
    """Probability after one step on the mean negative log-likelihood of Bernoulli data.

    Examples
    --------
    >>> round(one_step(0.2, 0.7, 0.1, in_logits=False, natural=True), 4)
    0.25
    """
    theta = float(np.log(p / (1 - p))) if in_logits else p
    gradient = p - frequency if in_logits else (p - frequency) / (p * (1 - p))
    if natural:
        gradient /= float(exact_fisher("bernoulli_logit" if in_logits else "bernoulli", np.array([theta]))[0, 0])
    theta -= rate * gradient
    moved = float(logistic(np.array(theta))) if in_logits else theta
    return float(np.clip(moved, 1e-6, 1 - 1e-6))  # a step may leave the unit interval, or saturate the logit


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """The four paths of the probability."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    for name, path in output["paths"].items():
        axes.plot(path, label=name.replace("_", " "))
    axes.axhline(output["optimum"], color="grey", linestyle=":")
    axes.set(xlabel="step", ylabel="probability", ylim=(0, 1))
    axes.legend(fontsize=7)
    return figure


@algorithm(
    id="natural-gradient-descent",
    name="Natural gradient descent",
    aliases=("Fisher preconditioning", "natural gradient", "information geometry step"),
    example={"successes": 7, "trials": 10, "p": 0.1, "learning_rate": 0.05, "steps": 30},
    figure=draw,
)
def natural_gradient_descent(
    successes: Annotated[int, Field(ge=1, le=10_000)] = 7,
    trials: Annotated[int, Field(ge=2, le=10_000)] = 10,
    p: Annotated[float, Field(ge=0.001, le=0.999)] = 0.1,
    learning_rate: Annotated[float, Field(gt=0, le=1)] = 0.05,
    steps: Annotated[int, Field(ge=1, le=50)] = 30,
) -> Output:
    """Fit a Bernoulli probability by plain and natural gradient, written in p and in its logit.

    Parameters
    ----------
    successes : int
        Number of ones in the data.
    trials : int
        Number of observations, above `successes`.
    p : float
        First probability.
    learning_rate : float
        Step size η of all four runs.
    steps : int
        Number of steps.

    Returns
    -------
    dict
        ``optimum``, successes / trials; ``paths`` of the probability for ``plain_in_p``, ``plain_in_logit``,
        ``natural_in_p`` and ``natural_in_logit`` (steps + 1 values each); ``plain_first_step_gap`` and
        ``natural_first_step_gap``, how far the first step differs between the two parametrisations.

    Raises
    ------
    ValueError
        If `successes` is not below `trials`.

    Examples
    --------
    >>> out = natural_gradient_descent(7, 10, p=0.2, learning_rate=0.1, steps=1)
    >>> [round(out["paths"][name][1], 3) for name in ("natural_in_p", "natural_in_logit", "plain_in_p", "plain_in_logit")]
    [0.25, 0.255, 0.512, 0.208]
    """
    if successes >= trials:
        raise ValueError("successes must be below trials, so that the optimum lies inside (0, 1)")
    frequency = successes / trials
    paths: dict[str, list[float]] = {}
    for natural in (False, True):
        for in_logits in (False, True):
            path = [p]
            for _ in range(steps):
                path.append(one_step(path[-1], frequency, learning_rate, in_logits, natural))
            paths[f"{'natural' if natural else 'plain'}_in_{'logit' if in_logits else 'p'}"] = path
    return {
        "optimum": frequency,
        "paths": paths,
        "plain_first_step_gap": abs(paths["plain_in_p"][1] - paths["plain_in_logit"][1]),
        "natural_first_step_gap": abs(paths["natural_in_p"][1] - paths["natural_in_logit"][1]),
    }
