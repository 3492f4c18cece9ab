r"""Focal loss is cross-entropy weighted by a power of the error, so that well-classified examples count for little.

$$\mathrm{FL}(p_t) = -\alpha_t (1 - p_t)^\gamma \log p_t, \qquad p_t = \begin{cases} p & y = 1 \\ 1 - p & y = 0 \end{cases}$$

Likewise $\alpha_t$ is $\alpha$ for class 1 and $1 - \alpha$ for class 0. With $K$ classes, $\mathrm{FL} = -\sum_c
y_c\,\alpha_c (1 - p_c)^\gamma \log p_c$ with one-hot $y$.

**Intuition.** In detection, thousands of easy background boxes add up to more loss than the few objects. The factor $(1 -
p_t)^\gamma$ takes an example with $p_t = 0.9$ down a hundredfold at $\gamma = 2$ and leaves one with $p_t = 0.1$
almost as it is.

**When to use it.** Under strong class imbalance with many easy negatives; $\gamma = 2$, $\alpha = 0.25$ is the usual
start.

**Cost.** That of cross-entropy.

**Pitfalls.** $p_t$ is the probability of the *true* class, not of class 1. The multi-class sum needs the one-hot $y_c$:
without it, wrong classes are added too. With $\gamma = 0$ it equals cross-entropy only if $\alpha_t = 1$; otherwise it
is the weighted one. The factor never exceeds 1: it does not raise the loss of hard examples, it raises their *share*.
Mislabelled examples look hard, and get that share as well. Predicted probabilities come out under-confident.

**References.** Lin et al., *Focal loss for dense object detection*, arXiv:1708.02002.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.inputs import Matrix, Probability
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Gamma = Annotated[float, Field(allow_inf_nan=False, ge=0, le=20)]
Probabilities = Annotated[list[Probability], Field(min_length=1, max_length=512)]
Classes = Annotated[list[Annotated[int, Field(ge=0, le=511)]], Field(min_length=1, max_length=512)]


def focal(p_t: Floats, alpha_t: Floats, gamma: float) -> Floats:
    """Focal loss of each example from the probability of its true class.

    Examples
    --------
    >>> focal(np.array([0.9]), np.array([0.25]), 2.0).round(7).tolist()
    [0.0002634]
    """
    return -alpha_t * (1 - p_t) ** gamma * np.log(np.clip(p_t, 1e-12, 1.0)) + 0.0


def true_class_probability(p: list[float], labels: list[int], class_probabilities: list[list[float]] | None) -> Floats:
    """p_t of each example, binary from `p` or multi-class from rows.

    Raises
    ------
    ValueError
        If lengths differ or a label is no class.

    Examples
    --------
    >>> true_class_probability([0.9, 0.2], [1, 0], None).tolist()
    [0.9, 0.8]
    """
    y = np.asarray(labels)
    if class_probabilities is None:
        if len(p) != len(y) or y.max() > 1:
            raise ValueError("binary focal loss takes one label, 0 or 1, for each p")
        return np.where(y == 1, p, 1 - np.asarray(p))
    rows = np.asarray(class_probabilities, dtype=np.float64)  # (n, k)
    if len(rows) != len(y) or y.max() >= rows.shape[1] or rows.min() < 0 or rows.max() > 1:
        raise ValueError("give one label below k for each row of k probabilities in [0, 1]")
    return np.asarray(rows[np.arange(len(y)), y])


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Focal loss against p_t for several gammas."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    p_t = np.linspace(0.01, 1, 200)
    for gamma in sorted({0.0, 1.0, 2.0, 5.0, inputs["gamma"]}):
        axes.plot(p_t, focal(p_t, np.ones_like(p_t), gamma), label=f"γ = {gamma:g}")
    axes.set(xlabel="probability of the true class", ylabel="loss (α = 1)")
    axes.legend()
    return figure


@algorithm(
    id="focal-loss",
    name="Focal loss",
    aliases=("FL", "hard-example weighting", "binary focal loss", "multi-class focal loss"),
    example={"p": [0.9, 0.1, 0.6], "labels": [1, 1, 0], "gamma": 2.0, "alpha": 0.25},
    figure=draw,
)
def focal_loss(
    p: Probabilities,
    labels: Classes,
    gamma: Gamma = 2.0,
    alpha: Probability | None = None,
    class_probabilities: Matrix | None = None,
    class_weights: Annotated[list[Probability], Field(min_length=1, max_length=512)] | None = None,
) -> Output:
    """Focal loss of binary or multi-class predictions, beside plain cross-entropy.

    Parameters
    ----------
    p : list of float, length n
        Predicted probability of class 1.
    labels : list of int, length n
        True classes.
    gamma : float
        Focusing parameter; 0 gives (weighted) cross-entropy.
    alpha : float or null
        Weight of class 1, with 1 - alpha for class 0; null weights nothing.
    class_probabilities : list of rows, (n, k), or null
        Probabilities of all classes, used instead of `p` if given.
    class_weights : list of float, length k, or null
        Weight of each class for the multi-class form.

    Returns
    -------
    dict
        ``loss``, the mean; ``losses``, ``p_t`` and ``factors`` (1 - p_t)^γ of the first 50 examples; ``cross_entropy``,
        the unweighted mean; ``hardest_share`` and ``hardest_share_cross_entropy``, what the hardest example contributes
        to each.

    Raises
    ------
    ValueError
        If lengths, labels and weights don't fit.

    Examples
    --------
    >>> float(focal_loss([0.9], [1], gamma=2.0, alpha=0.25)["loss"].round(7))
    0.0002634
    """
    y = np.asarray(labels)  # (n,)
    p_t = true_class_probability(p, labels, class_probabilities)  # (n,)
    alpha_t = np.ones(len(y))
    if class_probabilities is None and alpha is not None:
        alpha_t = np.where(y == 1, alpha, 1 - alpha)
    elif class_probabilities is not None and class_weights is not None:
        if len(class_weights) != len(class_probabilities[0]):
            raise ValueError(f"give {len(class_probabilities[0])} class weights, got {len(class_weights)}")
        alpha_t = np.asarray(class_weights)[y]
    losses = focal(p_t, alpha_t, gamma)  # (n,)
    plain = focal(p_t, np.ones(len(y)), 0.0)  # (n,)
    hardest = int(p_t.argmin())
    return {
        "loss": losses.mean(),
        "losses": losses[:50],
        "p_t": p_t[:50],
        "factors": ((1 - p_t) ** gamma)[:50],
        "cross_entropy": plain.mean(),
        "hardest_share": losses[hardest] / losses.sum() if losses.sum() > 0 else 0.0,
        "hardest_share_cross_entropy": plain[hardest] / plain.sum() if plain.sum() > 0 else 0.0,
    }
