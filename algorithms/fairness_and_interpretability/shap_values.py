r"""SHAP values share out the difference between a prediction and the average prediction among the features, by Shapley's rule.

$$\phi_j = \sum_{S \subseteq N \setminus \{j\}} \frac{|S|!\,(p - |S| - 1)!}{p!}\, \big(v(S \cup \{j\}) - v(S)\big), \qquad
v(S) = \mathbb{E}_{z}\, f(x_S, z_{\bar S})$$

**Intuition.** Let features join one after the other in every possible order; a feature's value is its mean contribution at the moment it
joins. Absent features are drawn from a background sample. The values add up to $f(x) - \mathbb{E} f$. For a linear model
$\phi_j = w_j (x_j - \bar z_j)$.

**When to use it.** Explaining single predictions, and, averaged in absolute value, ranking features.

**Cost.** $2^p$ coalitions times the background, so exact for few features only; TreeSHAP is exact and fast for trees, KernelSHAP
samples.

**Pitfalls.** Values explain the model, not the world: no causes. With correlated features the mixed inputs can be impossible ones, and
credit is spread among the copies. Results depend on the background sample: state it. An interaction is shared equally
between its features. For classifiers it matters whether logits or probabilities are explained. A value of zero does not
mean that the feature is unused elsewhere.

**References.** Shapley (1953). Lundberg and Lee, *A Unified Approach to Interpreting Model Predictions*, arXiv:1705.07874. Lundberg et al.,
arXiv:1802.03888 (TreeSHAP).
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from math import factorial
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import AfterValidator, Field

from algorithms.activations.sigmoid import logistic
from algorithms.inputs import Number, rectangular
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Features = Annotated[list[Number], Field(min_length=1, max_length=8)]
Background = Annotated[list[Features], Field(min_length=1, max_length=50), AfterValidator(rectangular)]
Link = Literal["linear", "logistic"]


def make_model(weights: Floats, bias: float, interaction: float, link: str) -> Callable[[Floats], Floats]:
    """f(x) = link(w·x + bias + interaction x₁ x₂) for rows (n, p)."""

    def model(X: Floats) -> Floats:
        z = X @ weights + bias
        if X.shape[1] >= 2:
            z = z + interaction * X[:, 0] * X[:, 1]
        return logistic(z) if link == "logistic" else np.asarray(z)

    return model


def shapley(model: Callable[[Floats], Floats], x: Floats, background: Floats) -> tuple[Floats, float]:
    """Exact values (p,) by enumeration of all coalitions, and the mean prediction on the background."""
    p = len(x)
    worth: dict[tuple[int, ...], float] = {}
    for size in range(p + 1):
        for coalition in combinations(range(p), size):
            mixed = background.copy()  # (m, p)
            mixed[:, coalition] = x[list(coalition)]
            worth[coalition] = float(model(mixed).mean())
    values = np.zeros(p)
    for coalition, value in worth.items():
        for j in set(range(p)) - set(coalition):
            weight = factorial(len(coalition)) * factorial(p - len(coalition) - 1) / factorial(p)
            values[j] += weight * (worth[tuple(sorted((*coalition, j)))] - value)
    return values, worth[()]


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Bars of the values."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    values = output["values"]
    axes.barh(range(len(values)), values, color=["tab:red" if v > 0 else "tab:blue" for v in values])
    axes.set_yticks(range(len(values)), [f"x{j + 1} = {v:g}" for j, v in enumerate(inputs["x"])])
    axes.set(xlabel="contribution", title=f"{output['base_value']:.3g} → {output['prediction']:.3g}")
    return figure


@algorithm(
    id="shap-values",
    name="SHAP (Shapley) values",
    aliases=("SHAP", "Shapley", "feature attribution", "Shapley values", "KernelSHAP", "additive explanations"),
    example={
        "x": [1.0, 2.0, -1.0],
        "weights": [0.5, -1.0, 2.0],
        "background": [[0, 0, 0], [1, 1, 1], [-1, 1, 0], [2, 0, 1]],
    },
    cost="seconds",
    figure=draw,
)
def shap_values(
    x: Features,
    weights: Features,
    background: Background,
    bias: Number = 0.0,
    interaction: Annotated[float, Field(ge=-1e6, le=1e6)] = 0.0,
    link: Link = "linear",
) -> Output:
    """Exact Shapley values of a small model.

    Parameters
    ----------
    x : list of float, length p
        Input to explain.
    weights : list of float, length p
        Weights w of the model.
    background : matrix (m, p)
        Sample from which absent features are drawn.
    bias : float
        Constant of the model.
    interaction : float
        Coefficient of the product of the first two features.
    link : {"linear", "logistic"}
        Whether the prediction is the sum itself or its sigmoid.

    Returns
    -------
    dict
        ``values`` (p,); ``base_value``, mean prediction on the background; ``prediction``; ``sum_of_values``, equal to prediction
        minus base value; ``ranking`` of the features by absolute value.

    Raises
    ------
    ValueError
        If the lengths differ.

    Examples
    --------
    >>> shap_values([1.0, 2.0], [3.0, 1.0], [[0.0, 0.0], [0.0, 2.0]])["values"].tolist()
    [3.0, 1.0]
    """
    if not len(x) == len(weights) == len(background[0]):
        raise ValueError(
            f"x, weights and background need equal widths, got {len(x)}, {len(weights)}, {len(background[0])}"
        )
    point, Z = np.asarray(x, dtype=float), np.asarray(background, dtype=float)  # (p,), (m, p)
    model = make_model(np.asarray(weights, dtype=float), bias, interaction, link)
    values, base = shapley(model, point, Z)
    return {
        "values": values,
        "base_value": base,
        "prediction": float(model(point[None])[0]),
        "sum_of_values": float(values.sum()),
        "ranking": np.argsort(-np.abs(values), kind="stable"),
    }
