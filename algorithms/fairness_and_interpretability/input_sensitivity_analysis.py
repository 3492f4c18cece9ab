r"""Input sensitivity analysis measures how much a model's output changes when one input is changed a little.

$$\frac{\partial f}{\partial x_j} \approx \frac{f(x + h e_j) - f(x - h e_j)}{2h}, \qquad
\text{elasticity}_j = \frac{\partial f}{\partial x_j} \cdot \frac{x_j}{f(x)}$$

**Intuition.** Perturb, call the model again, and compare. For a linear model a change of $\delta$ moves the output by exactly
$w_j \delta$; for others the finite difference approximates the gradient. Elasticity compares inputs of different units: the
percent change of the output for one percent of the input.

**When to use it.** For models without gradients, sanity checks (does the price rise with the area?), and finding inputs whose
measurement error matters most.

**Cost.** Two calls for each input.

**Pitfalls.** The step: too large and curvature biases the result (error of order $h^2$ for the central difference, $h$ for the one-sided
one), too small and rounding takes over; about $10^{-5}$ times the scale is right in double precision. One-at-a-time changes
miss interactions; Sobol indices do not. Trees are flat between their splits, so a small step shows zero. Changing one of
several correlated inputs leaves the data. A local slope says nothing about large changes.

**References.** Saltelli et al., *Global Sensitivity Analysis: The Primer* (2008). Press et al., *Numerical Recipes* (2007), section 5.7.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.fairness_and_interpretability.shap_values import Features, Link, make_model
from algorithms.inputs import Number
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


def finite_differences(f: Callable[[Floats], Floats], x: Floats, h: float) -> tuple[Floats, Floats]:
    """Central and forward differences (p,) of a function of rows.

    Examples
    --------
    >>> central, forward = finite_differences(lambda X: X[:, 0] ** 2, np.array([3.0]), 0.5)
    >>> central.tolist(), forward.tolist()
    ([6.0], [6.5])
    """
    step = h * np.eye(len(x))  # (p, p)
    up, down, here = f(x + step), f(x - step), f(x[None])  # (p,), (p,), (1,)
    return (up - down) / (2 * h), (up - here) / h


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Bars of the change of the output for each input."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    changes = output["changes"]
    axes.bar(range(len(changes)), changes)
    axes.set_xticks(range(len(changes)), [f"x{j + 1}" for j in range(len(changes))])
    axes.set(ylabel=f"change for +{inputs['delta']:g}", title="sensitivity")
    return figure


@algorithm(
    id="input-sensitivity-analysis",
    name="Input sensitivity analysis",
    aliases=(
        "perturbation analysis",
        "finite differences",
        "sensitivity analysis",
        "one-at-a-time analysis",
        "elasticity",
    ),
    example={"x": [1.0, 2.0, -1.0], "weights": [0.5, -1.0, 2.0], "delta": 0.1},
    figure=draw,
)
def input_sensitivity_analysis(
    x: Features,
    weights: Features,
    bias: Number = 0.0,
    interaction: Annotated[float, Field(ge=-1e6, le=1e6)] = 0.0,
    link: Link = "linear",
    delta: Annotated[float, Field(ge=-1e6, le=1e6)] = 0.1,
    h: Annotated[float, Field(ge=1e-12, le=1)] = 1e-5,
) -> Output:
    """Sensitivities of w·x + bias + interaction x₁ x₂, or its sigmoid.

    Parameters
    ----------
    x : list of float, length p
        Point at which the model is examined.
    weights : list of float, length p
        Weights of the model.
    bias : float
        Its constant.
    interaction : float
        Coefficient of the product of the first two inputs.
    link : {"linear", "logistic"}
        Whether the output is the sum itself or its sigmoid.
    delta : float
        Change that is applied to one input at a time.
    h : float
        Step of the finite differences.

    Returns
    -------
    dict
        ``output`` f(x); ``changes`` f(x + δ e_j) - f(x); ``gradient`` by central and ``gradient_forward`` by one-sided differences;
        ``elasticity`` (null if the output is zero); ``ranking`` of the inputs by absolute gradient; ``joint_change`` when all
        inputs move by δ, and ``interaction_effect``, its difference from the sum of the single changes.

    Raises
    ------
    ValueError
        If x and weights differ in length.

    Examples
    --------
    >>> r = input_sensitivity_analysis([1.0, 2.0], [3.0, -1.0], delta=0.5)
    >>> r["changes"].tolist(), r["gradient"].round(6).tolist()
    ([1.5, -0.5], [3.0, -1.0])
    """
    if len(x) != len(weights):
        raise ValueError(f"x has {len(x)} and weights {len(weights)} entries; make them equal")
    point = np.asarray(x, dtype=float)  # (p,)
    f = make_model(np.asarray(weights, dtype=float), bias, interaction, link)
    here = float(f(point[None])[0])
    changes = f(point + delta * np.eye(len(point))) - here  # (p,)
    central, forward = finite_differences(f, point, h)
    joint = float(f(point[None] + delta)[0]) - here
    return {
        "output": here,
        "changes": changes,
        "gradient": central,
        "gradient_forward": forward,
        "elasticity": central * point / here if here else None,
        "ranking": np.argsort(-np.abs(central), kind="stable"),
        "joint_change": joint,
        "interaction_effect": joint - float(changes.sum()),
    }
