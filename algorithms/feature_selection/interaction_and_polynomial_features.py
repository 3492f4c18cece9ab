r"""Interaction and polynomial features extend the inputs by products and powers, so that a linear model can fit curves
and joint effects.

$$\phi(x) = (x_1, \dots, x_p,\; x_1^2, x_1 x_2, \dots, x_p^2), \qquad
\#\text{columns} = p + \frac{p(p + 1)}{2} \ \text{ for degree 2 without a constant}$$

**Intuition.** A linear model stays linear in its weights, but its inputs may be any functions of the data. With $x^2$
it fits a parabola; with $x_1 x_2$ it solves XOR, where neither input helps alone. Ratios, sums and differences that
make sense in the subject are features of the same kind.

**When to use it.** For linear models on few features, and wherever domain knowledge names a combination (price per
area, body mass index).

**Cost.** $\binom{p + k}{k} - 1$ columns for degree $k$: 65 for ten features and degree 2, 1,000 features give about
half a million.

**Pitfalls.** Powers of unscaled features are huge and nearly collinear: standardise first, regularise after. Count the
squares: the formula $p(p-1)/2$ counts pure interactions only. High degrees oscillate at the edges. Trees find
interactions without help. Keep the main effects when a product is included, or a shift of the inputs changes the model.
Build ratios with care near zero denominators.

**References.** Hastie, Tibshirani and Friedman, *The Elements of Statistical Learning* (2009), chapter 5. Kuhn and
Johnson, *Feature Engineering and Selection* (2019).
"""

from __future__ import annotations

from itertools import combinations, combinations_with_replacement
from math import comb
from typing import Annotated

import numpy as np
from pydantic import AfterValidator, Field

from algorithms.feature_selection.forward_backward_selection import r_squared
from algorithms.inputs import Number, rectangular
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Rows = Annotated[
    list[Annotated[list[Annotated[Number, Field(ge=-1e6, le=1e6)]], Field(min_length=1, max_length=10)]],
    Field(min_length=2, max_length=200),
    AfterValidator(rectangular),
]
Targets = Annotated[list[Annotated[Number, Field(ge=-1e9, le=1e9)]], Field(min_length=2, max_length=200)]


def expand(X: Floats, degree: int, interactions_only: bool) -> tuple[Floats, list[str]]:
    """Monomials of degree 1 to `degree` as columns, by degree and then lexicographically, with their names.

    Examples
    --------
    >>> expand(np.array([[2.0, 3.0]]), 2, False)
    (array([[2., 3., 4., 6., 9.]]), ['x0', 'x1', 'x0*x0', 'x0*x1', 'x1*x1'])
    """
    choose = combinations if interactions_only else combinations_with_replacement
    terms = [term for k in range(1, degree + 1) for term in choose(range(X.shape[1]), k)]
    columns = [np.prod(X[:, list(term)], axis=1) for term in terms]
    return np.stack(columns, axis=1), ["*".join(f"x{j}" for j in term) for term in terms]


@algorithm(
    id="interaction-and-polynomial-features",
    name="Interaction and polynomial features",
    aliases=(
        "feature engineering",
        "synthetic features",
        "PolynomialFeatures",
        "feature crosses",
        "number of polynomial features",
    ),
    example={"X": [[0, 0], [0, 1], [1, 0], [1, 1]], "y": [0, 1, 1, 0], "degree": 2},
)
def interaction_and_polynomial_features(
    X: Rows,
    y: Targets | None = None,
    degree: Annotated[int, Field(ge=1, le=3)] = 2,
    interactions_only: bool = False,
) -> Output:
    """Expand the features, and fit a linear model before and after.

    Parameters
    ----------
    X : list of list of float, n rows of p features
        Rows.
    y : list of float or None
        Targets of the linear fit; no fit if not given.
    degree : int
        Highest degree.
    interactions_only : bool
        Leave out powers of a single feature.

    Returns
    -------
    dict
        ``names`` and ``expanded`` (first 20 rows, first 50 columns), ``n_columns``, ``n_columns_formula``,
        ``r2_before`` and ``r2_after`` (training R²; null without y).

    Raises
    ------
    ValueError
        If lengths differ.

    Examples
    --------
    >>> X = [[0, 0], [0, 1], [1, 0], [1, 1]]
    >>> out = interaction_and_polynomial_features(X, [0, 1, 1, 0], interactions_only=True)
    >>> round(out["r2_before"], 6), round(out["r2_after"], 6), out["names"]
    (0.0, 1.0, ['x0', 'x1', 'x0*x1'])
    """
    A = np.asarray(X, dtype=np.float64)  # (n, p)
    if y is not None and len(y) != len(A):
        raise ValueError(f"X has {len(A)} rows and y has {len(y)}; give one target a row")
    p = A.shape[1]
    Phi, names = expand(A, degree, interactions_only)  # (n, D)
    formula = sum(comb(p, k) for k in range(1, degree + 1)) if interactions_only else comb(p + degree, degree) - 1
    t = None if y is None else np.asarray(y, dtype=np.float64)
    return {
        "names": names[:50],
        "expanded": Phi[:20, :50],
        "n_columns": Phi.shape[1],
        "n_columns_formula": formula,
        "r2_before": None if t is None else r_squared(A, t, list(range(p))),
        "r2_after": None if t is None else r_squared(Phi, t, list(range(Phi.shape[1]))),
    }
