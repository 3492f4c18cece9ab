r"""The kernel trick replaces inner products of mapped points by a kernel function, so that the map itself is never
computed.

$$k(x, y) = \langle \phi(x), \phi(y) \rangle, \qquad (x^\top y)^2 = \sum_{i, j} (x_i x_j)(y_i y_j)$$

**Intuition.** Many linear methods (support vector machines, ridge regression, PCA) use the data only through inner
products. Putting $k$ in their place makes them linear in the space of $\phi$ and curved in the space of $x$. The
polynomial kernel of degree 2 equals an inner product of all $d^2$ pairwise products, at the price of one inner product
and a square.

**When to use it.** When a linear boundary is not enough and $n$ is moderate.

**Cost.** $O(n^2 d)$ for the Gram matrix, whatever the dimension of $\phi$.

**Pitfalls.** The trick does not transform the data, as is often said: it gets the inner products without ever forming
the map. The function must be positive semi-definite, else no map exists and the optimisation may not be convex; the
sigmoid (tanh) kernel fails this for many parameters, and it is not linear although the word logistic suggests
otherwise. A polynomial kernel has a finite feature space, so the model is effectively parametric; only kernels like the
RBF make it non-parametric. Scale features, or high degrees overflow.

**References.** Aizerman, Braverman and Rozonoer (1964). Schölkopf and Smola, *Learning with Kernels* (2002). Boser,
Guyon and Vapnik, *A training algorithm for optimal margin classifiers*, COLT (1992).
"""

from __future__ import annotations

from itertools import combinations_with_replacement
from math import comb, factorial, prod
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from algorithms.inputs import NonNegative, Number
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Point = Annotated[list[Annotated[Number, Field(ge=-1e6, le=1e6)]], Field(min_length=1, max_length=12)]


def polynomial_map(x: Floats, degree: int, coef0: float) -> Floats:
    """Explicit feature map of (x.y + coef0)^degree: one coordinate for each monomial.

    Examples
    --------
    >>> polynomial_map(np.array([3.0]), 2, 1.0).round(4).tolist()
    [1.0, 4.2426, 9.0]
    """
    extended = np.append(np.sqrt(coef0), x) if coef0 > 0 else x  # the constant is one more coordinate
    features = []
    for chosen in combinations_with_replacement(range(len(extended)), degree):
        powers = [chosen.count(i) for i in set(chosen)]
        multiplicity = factorial(degree) / prod(factorial(p) for p in powers)
        features.append(np.sqrt(multiplicity) * np.prod(extended[list(chosen)]))
    return np.array(features)


@algorithm(
    id="kernel-trick",
    name="Kernel trick",
    aliases=("kernel", "feature map", "polynomial kernel", "kernel function", "kernel method"),
    example={"x": [1.0, 2.0], "y": [3.0, 4.0], "kernel": "polynomial", "degree": 2},
)
def kernel_trick(
    x: Point,
    y: Point,
    kernel: Literal["linear", "polynomial"] = "polynomial",
    degree: Annotated[int, Field(ge=1, le=4)] = 2,
    coef0: Annotated[NonNegative, Field(le=1e3)] = 0.0,
) -> Output:
    """Kernel value of two points and the inner product of their explicit feature maps.

    Parameters
    ----------
    x : list of float, length d
        First point.
    y : list of float, length d
        Second point.
    kernel : {"linear", "polynomial"}
        x.y, or (x.y + coef0)^degree.
    degree : int
        Degree of the polynomial.
    coef0 : float
        Constant of the polynomial; 0 keeps only the monomials of full degree.

    Returns
    -------
    dict
        ``kernel_value``, ``inner_product_of_maps`` (equal), ``feature_dimension``, ``map_x`` and ``map_y`` (first 50
        coordinates), ``multiplications_kernel`` and ``multiplications_map`` (d + degree - 1 against one for each
        coordinate).

    Raises
    ------
    ValueError
        If the points differ in length.

    Examples
    --------
    >>> out = kernel_trick([1, 2], [3, 4])
    >>> out["kernel_value"], out["map_x"].round(4).tolist()
    (121.0, [1.0, 2.8284, 4.0])
    """
    if len(x) != len(y):
        raise ValueError(f"x has {len(x)} coordinates and y has {len(y)}; they must agree")
    a, b = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)  # (d,)
    power, constant = (1, 0.0) if kernel == "linear" else (degree, coef0)
    phi_x, phi_y = polynomial_map(a, power, constant), polynomial_map(b, power, constant)  # (D,)
    d = len(a) + (constant > 0)
    return {
        "kernel_value": float((a @ b + constant) ** power),
        "inner_product_of_maps": float(phi_x @ phi_y),
        "feature_dimension": comb(d + power - 1, power),
        "map_x": phi_x[:50],
        "map_y": phi_y[:50],
        "multiplications_kernel": len(a) + power - 1,
        "multiplications_map": len(phi_x),
    }
