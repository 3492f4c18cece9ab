r"""A domain-adversarial network learns features from which labels can be predicted and domains cannot, through a gradient reversal layer.

$$\min_{\theta_f, \theta_y} \max_{\theta_d} \; L_y(\theta_f, \theta_y) - \lambda L_d(\theta_f, \theta_d), \qquad
R(x) = x, \quad \frac{\partial R}{\partial x} = -\lambda I$$

**Intuition.** A domain classifier tries to tell source from target by the features. The reversal layer passes features through
unchanged and turns its gradient around, so that the feature extractor learns to confuse it. What remains are features that
look alike in both domains, on which a label predictor trained on the source can work on the target.

**When to use it.** Unsupervised domain adaptation: labelled source, unlabelled target, same task.

**Cost.** A second small head.

**Pitfalls.** Raise $\lambda$ slowly from zero, or noise of the untrained domain classifier dominates. A domain accuracy of one half can
also mean a weak domain classifier: test the features with a fresh one. If the classes have other proportions in the
target, matching marginals mixes classes up. Features that the label needs but that differ between domains are lost. Training
is a game and can oscillate. Choosing settings without target labels is an open problem.

**References.** Ganin et al., *Domain-Adversarial Training of Neural Networks*, arXiv:1505.07818. Ben-David et al., *A Theory of Learning
from Different Domains* (2010).
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.activations.sigmoid import logistic
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


class GradientReversal:
    """Identity forward, minus λ times the gradient backward.

    Examples
    --------
    >>> layer = GradientReversal(0.5)
    >>> layer.forward(np.array([2.0])).tolist(), layer.backward(np.array([4.0])).tolist()
    ([2.0], [-2.0])
    """

    def __init__(self, strength: float) -> None:
        self.strength = strength

    def forward(self, x: Floats) -> Floats:
        """The input, unchanged."""
        return x

    def backward(self, gradient: Floats) -> Floats:
        """The gradient, reversed and scaled."""
        return -self.strength * gradient


def gradients(
    F: Floats, u: Floats, v: Floats, X: Floats, y: Floats, T: Floats, layer: GradientReversal
) -> tuple[Floats, Floats, Floats]:
    """Gradients of extractor F (3, k), label head u (k + 1,) and domain head v (k + 1,); X labelled source, T target."""

    def head(w: Floats, H: Floats, t: Floats) -> tuple[Floats, Floats]:
        error = (logistic(H @ w[:-1] + w[-1]) - t) / len(t)  # (n,), of the mean log loss in the logits
        return np.append(H.T @ error, error.sum()), error[:, None] * w[:-1]

    both = np.vstack([X, T])  # (n + m, 3)
    domain = np.repeat([0.0, 1.0], [len(X), len(T)])
    to_u, back_label = head(u, X @ F, y)
    to_v, back_domain = head(v, layer.forward(both @ F), domain)
    return X.T @ back_label + both.T @ layer.backward(back_domain), to_u, to_v


def domains(n: int, gap: float, rng: np.random.Generator) -> tuple[Floats, Floats, Floats, Floats]:
    """Source and target inputs (n, 3) with labels: a feature that holds in both, one that is strong in the source but reversed
    and moved in the target, and noise."""
    sets = []
    for target in (False, True):
        y = rng.integers(2, size=n).astype(float)
        sign = 2 * y - 1
        good = sign + 0.9 * rng.standard_normal(n)
        tempting = (-1 if target else 1.5) * sign + (gap if target else 0) + 0.5 * rng.standard_normal(n)
        sets += [np.stack([good, tempting, rng.standard_normal(n)], axis=1), y]
    return sets[0], sets[1], sets[2], sets[3]


def train(X: Floats, y: Floats, T: Floats, strength: float, steps: int, seed: int) -> tuple[Floats, Floats, Floats]:
    """Extractor and heads after gradient descent, with λ rising over the first half and weight decay on the extractor."""
    rng = np.random.default_rng(seed)
    F, u, v = 0.3 * rng.standard_normal((3, 2)), 0.3 * rng.standard_normal(3), 0.3 * rng.standard_normal(3)
    for step in range(steps):
        layer = GradientReversal(strength * min(1.0, 2 * step / steps))
        to_F, to_u, to_v = gradients(F, u, v, X, y, T, layer)
        F, u, v = F - 0.1 * (to_F + 0.01 * F), u - 0.1 * to_u, v - 0.5 * to_v
    return F, u, v


def domain_accuracy(H: Floats, domain: Floats, rounds: int = 30) -> float:
    """Accuracy of a fresh logistic classifier of the domains on fixed features, by ridge Newton steps."""
    D = np.hstack([H, np.ones((len(H), 1))])
    w = np.zeros(D.shape[1])
    for _ in range(rounds):
        p = logistic(D @ w)
        w -= np.linalg.solve(D.T @ ((p * (1 - p))[:, None] * D) + 1e-2 * np.eye(len(w)), D.T @ (p - domain) + 1e-2 * w)
    return float(((D @ w > 0) == (domain > 0.5)).mean())


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Accuracies with and without reversal."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    names = ["source_accuracy", "target_accuracy", "domain_accuracy"]
    for shift, kind in ((-0.2, "plain"), (0.2, "adversarial")):
        axes.bar(np.arange(3) + shift, [output[f"{n}_{kind}"] for n in names], 0.4, label=kind)
    axes.set_xticks(range(3), [n.replace("_", "\n") for n in names])
    axes.set(ylim=(0, 1.25), ylabel="accuracy", title=f"λ = {inputs['reversal_strength']:g}")
    axes.legend(ncols=2, loc="upper center")  # above the bars
    return figure


@algorithm(
    id="domain-adversarial-network",
    name="Domain-adversarial network (gradient reversal)",
    aliases=("DANN", "gradient reversal layer", "domain-adversarial training", "unsupervised domain adaptation"),
    example={"reversal_strength": 3.0, "steps": 800},
    cost="trains",
    figure=draw,
)
def domain_adversarial_network(
    reversal_strength: Annotated[float, Field(ge=0, le=5)] = 3.0,
    steps: Annotated[int, Field(ge=10, le=2_000)] = 800,
    n: Annotated[int, Field(ge=20, le=1_000)] = 500,
    gap: Annotated[float, Field(ge=0, le=10)] = 3.0,
    seed: Seed = 0,
) -> Output:
    """Train on a source whose tempting feature reverses in the target, with and without gradient reversal.

    Parameters
    ----------
    reversal_strength : float
        Final λ; 0 is training without adaptation.
    steps : int
        Steps of gradient descent.
    n : int
        Examples of each domain.
    gap : float
        Distance by which the tempting feature is moved in the target.
    seed : int
        Seed of data and weights.

    Returns
    -------
    dict
        For ``plain`` (λ = 0) and ``adversarial`` training: ``source_accuracy_…``, ``target_accuracy_…`` and
        ``domain_accuracy_…`` of a fresh domain classifier on the features; ``tempting_share_…``, the weight of the tempting
        feature in the features, as a share of all.

    Examples
    --------
    >>> r = domain_adversarial_network(steps=600)
    >>> r["target_accuracy_adversarial"] > 0.7 > 0.5 > r["target_accuracy_plain"]
    True
    """
    X, y, T, truth = domains(n, gap, np.random.default_rng(seed))
    domain = np.repeat([0.0, 1.0], n)
    output: Output = {}
    for kind, strength in (("plain", 0.0), ("adversarial", reversal_strength)):
        F, u, _ = train(X, y, T, strength, steps, seed)
        for name, inputs, labels in (("source", X, y), ("target", T, truth)):
            right = (inputs @ F @ u[:-1] + u[-1] > 0) == (labels > 0.5)
            output[f"{name}_accuracy_{kind}"] = float(right.mean())
        output[f"domain_accuracy_{kind}"] = domain_accuracy(np.vstack([X, T]) @ F, domain)
        size = np.linalg.norm(F, axis=1)  # (3,)
        output[f"tempting_share_{kind}"] = float(size[1] / size.sum())
    return output
