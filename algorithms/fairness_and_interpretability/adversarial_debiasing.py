r"""Adversarial debiasing trains a predictor together with an adversary that tries to read a protected attribute from its predictions.

$$\min_{w} \max_{u} \; L_y(w) - \lambda\, L_a(u, w), \qquad \hat a = \sigma(u_1 \hat z + u_0), \quad \hat z = w \cdot x$$

**Intuition.** If the group can be guessed from the prediction, the prediction depends on the group. The predictor is therefore
punished for helping the adversary. In the end the adversary's accuracy falls towards the base rate, the best guess without
looking.

**When to use it.** When a model may be retrained and demographic parity is wanted; giving the adversary the true label as well aims
at equalized odds.

**Cost.** A second small model and a game to balance.

**Pitfalls.** The adversary predicts a protected attribute from predictions; it does not look for "signs of data imbalance", as is
sometimes written. A weak or undertrained adversary proves nothing: test with a fresh one. Accuracy falls as $\lambda$ rises,
so report both. The game can oscillate; slow learning rates and a growing $\lambda$ help. Parity on average may hide harm in
subgroups. The attribute is needed in training, not for use. If labels are biased, accuracy against them is no goal.

**References.** Zhang, Lemoine and Mitchell, *Mitigating Unwanted Biases with Adversarial Learning*, arXiv:1801.07593. Edwards and Storkey,
arXiv:1511.05897.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.activations.sigmoid import logistic
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


def population(n: int, bias: float, rng: np.random.Generator) -> tuple[Floats, Floats, Floats]:
    """Features (n, 3), labels and groups: merit, a proxy of the group, and a constant; labels lean towards group 1 by `bias`."""
    group = (rng.random(n) < 0.5).astype(float)
    merit = rng.standard_normal(n)
    proxy = group - 0.5 + 0.3 * rng.standard_normal(n)
    y = (rng.random(n) < logistic(2 * merit + 2 * bias * (group - 0.5))).astype(float)
    return np.stack([merit, proxy, np.ones(n)], axis=1), y, group


def gradients(w: Floats, u: Floats, X: Floats, y: Floats, a: Floats, strength: float) -> tuple[Floats, Floats]:
    """Gradients of L_y - λ L_a in the predictor w (3,), and of L_a in the adversary u (2,) that sees the logit."""
    z = X @ w  # (n,)
    from_label, from_group = logistic(z) - y, logistic(u[0] * z + u[1]) - a  # (n,), (n,)
    to_w = X.T @ (from_label - strength * from_group * u[0]) / len(y)
    return to_w, np.array([from_group @ z, from_group.sum()]) / len(y)


def train(X: Floats, y: Floats, a: Floats, strength: float, steps: int) -> Floats:
    """Predictor weights after alternating steps, five of the adversary for one of the predictor; λ grows to half time."""
    w, u = np.zeros(X.shape[1]), np.array([0.1, 0.0])
    for step in range(steps):
        for _ in range(5):
            u = u - 0.5 * gradients(w, u, X, y, a, strength)[1]
        w = w - 0.1 * gradients(w, u, X, y, a, strength * min(1.0, 2 * step / steps))[0]
    return w


def best_guess(z: Floats, a: Floats) -> float:
    """Accuracy of the best fresh adversary of the form "group 1 where the logit is at least t", or the reverse."""
    order = np.argsort(z, kind="stable")
    ones_below = np.concatenate([[0.0], np.cumsum(a[order])])  # group 1 among the k lowest
    k = np.arange(len(a) + 1)
    right = (k - ones_below) + (a.sum() - ones_below)
    return float(max(right.max(), (len(a) - right).max()) / len(a))


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Accuracy and parity gap by strength."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    for key in ("sweep_accuracy", "sweep_parity_gap", "sweep_adversary_accuracy"):
        axes.plot(output["sweep_strength"], output[key], "o-", label=key.removeprefix("sweep_").replace("_", " "))
    axes.set(xlabel="λ", title="adversarial debiasing")
    axes.legend()
    return figure


@algorithm(
    id="adversarial-debiasing",
    name="Adversarial debiasing",
    aliases=("Zhang et al.", "fairness adversary", "adversarial fairness", "debiasing"),
    example={"strength": 3.0, "bias": 1.5},
    cost="trains",
    figure=draw,
)
def adversarial_debiasing(
    strength: Annotated[float, Field(ge=0, le=10)] = 3.0,
    bias: Annotated[float, Field(ge=0, le=5)] = 1.5,
    n: Annotated[int, Field(ge=50, le=2_000)] = 1_000,
    steps: Annotated[int, Field(ge=10, le=600)] = 400,
    seed: Seed = 0,
) -> Output:
    """Train a predictor on labels that favour one group, with and without an adversary.

    Parameters
    ----------
    strength : float
        Weight λ of the adversary; 0 is ordinary training.
    bias : float
        How much the labels favour group 1.
    n : int
        People in the training set; as many again for testing.
    steps : int
        Training steps.
    seed : int
        Seed of the population.

    Returns
    -------
    dict
        For ``plain`` and ``debiased`` training on test data: ``accuracy_…``, ``parity_gap_…`` (difference of selection rates)
        and ``adversary_accuracy_…`` of the best fresh adversary; ``base_rate``, what it reaches without looking; ``weights_…``
        [merit, proxy, constant]; ``sweep_strength`` with ``sweep_accuracy``, ``sweep_parity_gap`` and
        ``sweep_adversary_accuracy``.

    Examples
    --------
    >>> r = adversarial_debiasing(strength=3.0, steps=300)
    >>> r["parity_gap_debiased"] < 0.4 * r["parity_gap_plain"], r["accuracy_debiased"] < r["accuracy_plain"]
    (True, True)
    """
    rng = np.random.default_rng(seed)
    X, y, a = population(n, bias, rng)
    test, truth, group = population(n, bias, rng)

    def judge(w: Floats) -> tuple[float, float, float]:
        z = test @ w  # (n,)
        chosen = z > 0
        gap = abs(chosen[group == 1].mean() - chosen[group == 0].mean())
        return float((chosen == (truth > 0.5)).mean()), float(gap), best_guess(z, group)

    output: Output = {"base_rate": float(max(group.mean(), 1 - group.mean()))}
    for kind, size in (("plain", 0.0), ("debiased", strength)):
        w = train(X, y, a, size, steps)
        values = judge(w)
        for name, value in zip(("accuracy", "parity_gap", "adversary_accuracy"), values, strict=True):
            output[f"{name}_{kind}"] = value
        output[f"weights_{kind}"] = w
    sweep = [0.0, 0.5, 1.0, 2.0, 4.0]
    judged = [judge(train(X, y, a, size, min(steps, 200))) for size in sweep]
    return output | {
        "sweep_strength": sweep,
        "sweep_accuracy": [v[0] for v in judged],
        "sweep_parity_gap": [v[1] for v in judged],
        "sweep_adversary_accuracy": [v[2] for v in judged],
    }
