r"""FGSM makes adversarial examples by one step along the sign of the input gradient; adversarial training learns from such examples.

$$x' = x + \varepsilon \,\operatorname{sign}\big(\nabla_x L(\theta, x, y)\big), \qquad
\min_\theta\; \mathbb{E}\, \max_{\lVert \delta \rVert_\infty \le \varepsilon} L(\theta, x + \delta, y)$$

**Intuition.** Each input coordinate moves by only $\varepsilon$, but all move in the worst direction at once. For a linear logit
$w \cdot x$ the change is $\varepsilon \lVert w \rVert_1$, which grows with the dimension. Many weak features that help on clean
data thus become a weakness; training on attacked inputs makes the model rely on the strong ones.

**When to use it.** Testing of robustness, and defence where inputs may be manipulated.

**Cost.** One more gradient for each step; stronger attacks (PGD) need one for each of their iterations.

**Pitfalls.** The labels of adversarial inputs are those of the original: a perturbation must be small enough not to change the truth.
Robust accuracy is bought with clean accuracy. Resistance to FGSM is not robustness: models can learn to mask gradients
(catastrophic overfitting), so evaluate with PGD and AutoAttack. A defence holds for its norm and its $\varepsilon$ only.
Attack the correct label's loss, and clip to the valid range of inputs.

**References.** Goodfellow, Shlens and Szegedy, arXiv:1412.6572. Madry et al., arXiv:1706.06083. Tsipras et al., arXiv:1805.12152.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.activations.sigmoid import logistic
from algorithms.inputs import Number, Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Point = Annotated[list[Number], Field(min_length=1, max_length=50)]


def fgsm(X: Floats, y: Floats, w: Floats, b: float, epsilon: float) -> Floats:
    """Attacked inputs (n, d) for a logistic model; y (n,) is 0 or 1.

    Examples
    --------
    >>> fgsm(np.array([[1.0, 1.0]]), np.array([1.0]), np.array([2.0, -3.0]), 0.0, 0.1).tolist()
    [[0.9, 1.1]]
    """
    gradient = (logistic(X @ w + b) - y)[:, None] * w  # (n, d), of the log loss in the inputs
    return X + epsilon * np.sign(gradient)


def train(X: Floats, y: Floats, epsilon: float, steps: int) -> tuple[Floats, float]:
    """Weights of logistic regression on inputs attacked anew in every step; epsilon 0 is ordinary training."""
    w, b = np.zeros(X.shape[1]), 0.0
    for _ in range(steps):
        seen = fgsm(X, y, w, b, epsilon) if epsilon else X
        error = logistic(seen @ w + b) - y  # (n,)
        w, b = w - 0.3 * seen.T @ error / len(y), b - 0.3 * float(error.mean())
    return w, b


def task(n: int, weak: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """One strong feature (mean ±1, noise 0.6) and many weak ones (mean ±0.25, noise 0.6)."""
    y = rng.integers(2, size=n).astype(float)
    strength = np.concatenate([[1.0], np.full(weak, 0.25)])  # (1 + weak,)
    return (2 * y - 1)[:, None] * strength + 0.6 * rng.standard_normal((n, 1 + weak)), y


@algorithm(
    id="fgsm-adversarial-training",
    name="FGSM adversarial examples and adversarial training",
    aliases=("FGSM", "adversarial training", "adversarial testing", "robustness", "fast gradient sign method"),
    example={"x": [1.0, 2.0, -1.0], "w": [0.5, -1.0, 2.0], "y": 1, "epsilon": 0.3},
    cost="trains",
)
def fgsm_adversarial_training(
    x: Point,
    w: Point,
    bias: Number = 0.0,
    y: Annotated[int, Field(ge=0, le=1)] = 1,
    epsilon: Annotated[float, Field(ge=0, le=10)] = 0.3,
    weak_features: Annotated[int, Field(ge=0, le=60)] = 40,
    steps: Annotated[int, Field(ge=1, le=1_000)] = 300,
    seed: Seed = 0,
) -> Output:
    """Attack one input of a linear classifier, then compare ordinary and adversarial training.

    Parameters
    ----------
    x : list of float, length d
        Input to attack.
    w : list of float, length d
        Weights of the logistic model.
    bias : float
        Its bias.
    y : int
        True class of x, 0 or 1.
    epsilon : float
        Size of the attack in each coordinate.
    weak_features : int
        Features of the training task besides one strong feature.
    steps : int
        Training steps.
    seed : int
        Seed of the task.

    Returns
    -------
    dict
        ``adversarial_x``; ``logit_before`` and ``logit_after``; ``logit_change`` = ±ε ‖w‖₁; for both trainings
        ``standard_clean_accuracy``, ``standard_attacked_accuracy``, ``robust_clean_accuracy`` and
        ``robust_attacked_accuracy``; ``strong_share_standard`` and ``strong_share_robust`` of ‖w‖₁.

    Raises
    ------
    ValueError
        If x and w differ in length.

    Examples
    --------
    >>> r = fgsm_adversarial_training([1.0, 2.0, -1.0], [0.5, -1.0, 2.0], epsilon=0.3)
    >>> round(r["logit_change"], 4), r["robust_attacked_accuracy"] > r["standard_attacked_accuracy"]
    (-1.05, True)
    """
    if len(x) != len(w):
        raise ValueError(f"x has {len(x)} and w has {len(w)} coordinates; make them equal")
    point, weights = np.asarray([x], dtype=float), np.asarray(w, dtype=float)  # (1, d), (d,)
    attacked = fgsm(point, np.array([float(y)]), weights, bias, epsilon)  # (1, d)
    rng = np.random.default_rng(seed)
    X, labels = task(1_000, weak_features, rng)
    new, truth = task(2_000, weak_features, rng)
    output: Output = {
        "adversarial_x": attacked[0],
        "logit_before": float(point[0] @ weights + bias),
        "logit_after": float(attacked[0] @ weights + bias),
        "logit_change": float((attacked - point)[0] @ weights),
    }
    for name, size in (("standard", 0.0), ("robust", epsilon)):
        learned, offset = train(X, labels, size, steps)
        for kind, inputs in (("clean", new), ("attacked", fgsm(new, truth, learned, offset, epsilon))):
            output[f"{name}_{kind}_accuracy"] = float(((inputs @ learned + offset > 0) == (truth > 0.5)).mean())
        output[f"strong_share_{name}"] = float(np.abs(learned[0]) / max(np.abs(learned).sum(), 1e-12))
    return output
