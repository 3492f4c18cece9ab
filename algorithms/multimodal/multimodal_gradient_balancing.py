r"""Multimodal gradient balancing rescales the gradients of each modality's branch so that a fast-learning modality does
not leave the others untrained.

$$\tilde g_m = g_m \cdot \frac{\bar n}{\|g_m\|}, \qquad \bar n = \frac1M \sum_m \|g_m\|$$

**Intuition.** All branches share one loss. The modality with the larger gradient reduces it first, if need be by
memorising; then the loss is small, and with it the gradient of everyone else, whose features stay unlearnt though they
would help. Giving every branch the same gradient norm lets them learn at the same pace. Here one modality has 200
features that say almost nothing, but enough to memorise 100 examples, the other 4 precise and quiet ones; both feed one
logistic classifier.

**When to use it.** When a multimodal model is no better than its best single modality, or ignores one input.

**Cost.** One norm a branch and step.

**Pitfalls.** Balance norms branch by branch, not layer by layer. Equal norms near convergence amplify noise: use
running means or stop late. Adam already normalises each weight, so try it, and a plain rescaling of inputs, first. A
useless modality is boosted too; watch validation of each modality alone. Weights of the losses of separate heads
(gradient blending, GradNorm) are relatives of this.

**References.** Wang, Tran and Feiszli (2019), arXiv:1905.12681. Peng et al., *Balanced multimodal learning via
on-the-fly gradient modulation* (2022), arXiv:2203.15332. Chen et al., *GradNorm* (2017), arXiv:1711.02257.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.activations.sigmoid import logistic
from algorithms.inputs import Seed
from algorithms.multimodal.cross_modal_attention import Floats
from algorithms.registry import Output, algorithm


def balance(gradients: list[Floats]) -> list[Floats]:
    """Rescale all gradients to the mean of their norms; zero gradients stay zero.

    Examples
    --------
    >>> [g.tolist() for g in balance([np.array([3.0]), np.array([0.0, 1.0])])]
    [[2.0], [0.0, 2.0]]
    """
    norms = [float(np.linalg.norm(g)) for g in gradients]
    mean = sum(norms) / len(norms)
    return [g * (mean / norm) if norm > 0 else g for g, norm in zip(gradients, norms, strict=True)]


def two_modalities(n: int, quiet_scale: float, seed: int) -> tuple[Floats, Floats, Floats]:
    """A loud modality (n, 200) of little information, a quiet and precise one (n, 4), and labels (n,)."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, n).astype(np.float64)
    sign = 2 * y[:, None] - 1
    loud = 0.05 * sign + rng.standard_normal((n, 200))
    quiet = quiet_scale * (0.8 * sign + rng.standard_normal((n, 4)))
    return loud, quiet, y


def train(
    loud: Floats, quiet: Floats, y: Floats, steps: int, rate: float, balanced: bool
) -> tuple[Floats, Floats, float]:
    """Gradient descent on the joint logistic loss; both weight vectors and the mean ratio of gradient norms."""
    a, b, ratios = np.zeros(loud.shape[1]), np.zeros(quiet.shape[1]), []
    for _ in range(steps):
        d = (logistic(loud @ a + quiet @ b) - y) / len(y)  # (n,)
        gradients = [loud.T @ d, quiet.T @ d]
        ratios.append(np.linalg.norm(gradients[0]) / max(1e-300, float(np.linalg.norm(gradients[1]))))
        if balanced:
            gradients = balance(gradients)
        a, b = a - rate * gradients[0], b - rate * gradients[1]
    return a, b, float(np.mean(ratios))


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Accuracy and share of the quiet modality, plain and balanced."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    x = np.arange(2)
    axes.bar(x - 0.2, [output["accuracy_plain"], output["quiet_share_plain"]], width=0.4, label="plain")
    axes.bar(x + 0.2, [output["accuracy_balanced"], output["quiet_share_balanced"]], width=0.4, label="balanced")
    axes.set(xticks=x, ylim=(0, 1), title="gradient balancing")
    axes.set_xticklabels(["accuracy", "share of quiet modality"])
    axes.legend()
    return figure


@algorithm(
    id="multimodal-gradient-balancing",
    name="Multimodal gradient balancing",
    aliases=("modality imbalance", "gradient modulation", "modality competition", "gradient norm rescaling"),
    example={"quiet_scale": 0.3},
    cost="trains",
    figure=draw,
)
def multimodal_gradient_balancing(
    quiet_scale: Annotated[float, Field(ge=0.001, le=1)] = 0.3,
    steps: Annotated[int, Field(ge=1, le=1000)] = 100,
    learning_rate: Annotated[float, Field(gt=0, le=10)] = 0.3,
    seed: Seed = 0,
) -> Output:
    """Train a two-modality classifier with and without balancing.

    Parameters
    ----------
    quiet_scale : float
        Scale of the precise modality's features against the loud one's.
    steps : int
        Steps of gradient descent.
    learning_rate : float
        Step size.
    seed : int
        Seed of the data.

    Returns
    -------
    dict
        ``accuracy_plain``, ``accuracy_balanced`` on 4,000 fresh points; ``quiet_share_plain``, ``quiet_share_balanced`` share of the quiet modality in the spread of the logit; ``norm_ratio`` loud to quiet gradient in plain training; ``best_possible`` accuracy of the right weights and
        ``quiet_only`` of the right weights of the quiet modality alone.

    Examples
    --------
    >>> result = multimodal_gradient_balancing()
    >>> result["accuracy_balanced"] > result["accuracy_plain"] + 0.05
    True
    """
    loud, quiet, y = two_modalities(100, quiet_scale, seed)
    test_loud, test_quiet, test_y = two_modalities(4000, quiet_scale, seed + 1_000_003)

    def accuracy(logits: Floats) -> float:
        return float(((logits > 0) == (test_y > 0.5)).mean())

    output: Output = {}
    for name, balanced in (("plain", False), ("balanced", True)):
        a, b, ratio = train(loud, quiet, y, steps, learning_rate, balanced)
        spread = [float((test_loud @ a).std()), float((test_quiet @ b).std())]
        output[f"accuracy_{name}"] = accuracy(test_loud @ a + test_quiet @ b)
        output[f"quiet_share_{name}"] = spread[1] / sum(spread)
        if not balanced:
            output["norm_ratio"] = ratio
    ideal = test_loud.sum(axis=1) * 0.05 + test_quiet.sum(axis=1) * 0.8 / quiet_scale  # means over unit variances
    return {**output, "best_possible": accuracy(ideal), "quiet_only": accuracy(test_quiet.sum(axis=1))}
