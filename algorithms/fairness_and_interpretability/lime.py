r"""LIME explains one prediction by a weighted linear model fitted to the black box in the neighbourhood of the input.

$$\xi(x) = \arg\min_{g} \sum_{z} \pi_x(z)\, \big(f(z) - g(z)\big)^2 + \Omega(g), \qquad \pi_x(z) = e^{-\lVert z - x \rVert^2 / \sigma^2}$$

**Intuition.** However curved a model is, close to one point it is nearly a plane. Draw points around the input, ask the model, weigh
the answers by nearness, and fit a line; its coefficients say which features push the prediction here. If the model is linear
the local weights are the true weights.

**When to use it.** Explaining single predictions of any model that can be called; on text and images with words or superpixels switched
off.

**Cost.** A few thousand calls of the model.

**Pitfalls.** The explanation depends on the kernel width: too wide and the plane averages over the whole function, too narrow and noise
decides. Different seeds give different answers, so repeat and look at the spread, and report the weighted $R^2$: a poor fit
explains nothing. Perturbed points may be unlike any data, which a hostile model can exploit. Weights are slopes, not
contributions: compare only features of like scale. Local statements do not add up to a global one.

**References.** Ribeiro, Singh and Guestrin, *"Why Should I Trust You?"*, arXiv:1602.04938. Slack et al., *Fooling LIME and SHAP*,
arXiv:1911.02508. Garreau and von Luxburg, arXiv:2001.03447.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.fairness_and_interpretability.shap_values import Features, Link, make_model
from algorithms.inputs import Number, Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


def weighted_ridge(Z: Floats, f: Floats, pi: Floats, ridge: float) -> tuple[Floats, float, float]:
    """Slopes (p,), intercept and weighted R² of the local linear model; the intercept is not penalised."""
    total = pi.sum()
    center, level = pi @ Z / total, float(pi @ f / total)  # (p,), ()
    A, b = Z - center, f - level  # (n, p), (n,)
    slopes = np.linalg.solve(A.T @ (pi[:, None] * A) + ridge * np.eye(Z.shape[1]), A.T @ (pi * b))
    rest = b - A @ slopes
    spread = float(pi @ b**2)
    return slopes, level - float(center @ slopes), 1 - float(pi @ rest**2) / spread if spread > 0 else 1.0


@algorithm(
    id="lime",
    name="LIME",
    aliases=("local surrogate", "local interpretable model-agnostic explanations", "local linear explanation"),
    example={"x": [0.5, -1.0], "weights": [2.0, -3.0], "interaction": 1.0, "link": "logistic"},
)
def lime(
    x: Features,
    weights: Features,
    bias: Number = 0.0,
    interaction: Annotated[float, Field(ge=-1e6, le=1e6)] = 0.0,
    link: Link = "linear",
    kernel_width: Annotated[float, Field(gt=0, le=1_000)] = 0.5,
    samples: Annotated[int, Field(ge=50, le=10_000)] = 2_000,
    ridge: Annotated[float, Field(ge=1e-9, le=1e6)] = 1e-6,
    seed: Seed = 0,
) -> Output:
    """Fit a local linear model to a small black box.

    Parameters
    ----------
    x : list of float, length p
        Input to explain.
    weights : list of float, length p
        Weights of the black box w·x + bias + interaction x₁ x₂.
    bias : float
        Its constant.
    interaction : float
        Coefficient of the product of the first two features.
    link : {"linear", "logistic"}
        Whether the prediction is the sum itself or its sigmoid.
    kernel_width : float
        Width σ of the neighbourhood; points are drawn with this standard deviation.
    samples : int
        Number of perturbed points.
    ridge : float
        L2 penalty on the slopes.
    seed : int
        Seed of the points.

    Returns
    -------
    dict
        ``local_weights`` (p,) and ``intercept``; ``prediction`` of the black box and ``surrogate_prediction`` at x; weighted
        ``r_squared``; ``gradient`` of the black box at x, the limit of the weights for a narrow kernel; ``seed_spread``, largest
        standard deviation of a weight over five seeds.

    Raises
    ------
    ValueError
        If x and weights differ in length.

    Examples
    --------
    >>> lime([1.0, 2.0], [3.0, -1.0], bias=0.5)["local_weights"].round(4).tolist()
    [3.0, -1.0]
    """
    if len(x) != len(weights):
        raise ValueError(f"x has {len(x)} and weights {len(weights)} entries; make them equal")
    point, w = np.asarray(x, dtype=float), np.asarray(weights, dtype=float)  # (p,), (p,)
    model = make_model(w, bias, interaction, link)

    def explain(number: int) -> tuple[Floats, float, float]:
        Z = point + kernel_width * np.random.default_rng(number).standard_normal((samples, len(point)))  # (n, p)
        pi = np.exp(-((Z - point) ** 2).sum(axis=1) / kernel_width**2)  # (n,)
        return weighted_ridge(Z, model(Z), pi, ridge)

    slopes, intercept, r_squared = explain(seed)
    prediction = float(model(point[None])[0])
    slope = w.copy()
    if len(point) >= 2:
        slope[:2] += interaction * point[1::-1]
    if link == "logistic":
        slope = slope * prediction * (1 - prediction)
    repeats = np.stack([explain((seed + i) % 2**32)[0] for i in range(5)])  # (5, p)
    return {
        "local_weights": slopes,
        "intercept": intercept,
        "prediction": prediction,
        "surrogate_prediction": float(intercept + slopes @ point),
        "r_squared": r_squared,
        "gradient": slope,
        "seed_spread": float(repeats.std(axis=0).max()),
    }
