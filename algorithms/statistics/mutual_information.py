r"""Mutual information measures how much knowing one variable reduces the uncertainty about another.

$$I(X; Y) = \sum_{x, y} p(x, y) \log \frac{p(x, y)}{p(x)\,p(y)} = H(X) + H(Y) - H(X, Y)$$

**Intuition.** It is the KL divergence of the joint distribution from the product of its margins: zero exactly when the variables are
independent, and $H(X)$ when one determines the other. Unlike correlation it sees any kind of dependence, also $y = x^2$ on symmetric
$x$.

**When to use it.** To rank features by relevance, to compare clusterings, and as the information gain of a decision-tree split.

**Cost.** $O(r c)$ for a table of $r \times c$ cells.

**Pitfalls.** Features that say nothing alone may say everything together: for $y = x_1 \oplus x_2$ each feature has 0 bits about $y$ and both
jointly have 1. Ranking features one by one misses that. Estimates from counts are biased upwards, about $(r-1)(c-1) / (2n)$ nats, so
features with many values look good by chance; compare with shuffled labels. Continuous variables need binning or nearest-neighbour
estimators, and the result depends on that choice. It says nothing about direction or cause.

**References.** Shannon (1948). Cover and Thomas, *Elements of Information Theory* (2006), chapter 2. Kraskov, Stögbauer and Grassberger
(2004), *Physical Review E* 69.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, Field

from algorithms.inputs import Labels, NonNegative, rectangular
from algorithms.registry import Output, algorithm
from algorithms.statistics.shannon_entropy import Base, entropy, normalised

Table = Annotated[
    list[Annotated[list[NonNegative], Field(min_length=1, max_length=256)]],
    Field(min_length=1, max_length=256),
    AfterValidator(rectangular),
]


def cross_table(x: list[int], y: list[int]) -> NDArray[np.float64]:
    """Counts (values of x, values of y) of two lists of labels.

    Raises
    ------
    ValueError
        If they differ in length.

    Examples
    --------
    >>> cross_table([0, 0, 1], [5, 7, 7]).tolist()
    [[1.0, 1.0], [0.0, 1.0]]
    """
    if len(x) != len(y):
        raise ValueError(f"x has {len(x)} labels and y {len(y)}; they must pair up")
    rows, i = np.unique(x, return_inverse=True)
    columns, j = np.unique(y, return_inverse=True)
    counts = np.zeros((len(rows), len(columns)))
    np.add.at(counts, (i, j), 1)
    return counts


@algorithm(
    id="mutual-information",
    name="Mutual information",
    aliases=("MI", "dependence measure", "information gain", "normalized mutual information", "NMI"),
    example={"table": [[40, 10], [20, 30]]},
)
def mutual_information(table: Table, x: Labels | None = None, y: Labels | None = None, base: Base = "2") -> Output:
    """Mutual information from a table of counts or joint probabilities, or from two lists of labels.

    Parameters
    ----------
    table : list of list of float, shape (r, c)
        Joint counts or probabilities, rows the values of x; not used if labels are given.
    x, y : list of int, length n
        Paired observations of two discrete variables.
    base : {"2", "e", "10"}
        Base of the logarithm.

    Returns
    -------
    dict
        ``mutual_information`` at least 0; ``entropy_x``, ``entropy_y``, ``joint_entropy``; ``conditional_entropy``
        H(Y | X); ``normalised``, divided by the mean of both entropies (0 if both are 0).

    Raises
    ------
    ValueError
        If the table is all 0, only one of `x` and `y` is given, or they differ in length.

    Examples
    --------
    >>> mutual_information([[1, 0], [0, 1]])["mutual_information"]
    1.0
    """
    if (x is None) != (y is None):
        raise ValueError("give both x and y, or neither")
    counts = np.asarray(table, dtype=np.float64) if x is None or y is None else cross_table(x, y)
    p = normalised(counts)  # (r, c)
    hx, hy, hxy = entropy(p.sum(axis=1), base), entropy(p.sum(axis=0), base), entropy(p, base)
    information = max(hx + hy - hxy, 0.0)  # rounding could go below 0
    return {
        "mutual_information": information,
        "entropy_x": hx,
        "entropy_y": hy,
        "joint_entropy": hxy,
        "conditional_entropy": hxy - hx,
        "normalised": information / ((hx + hy) / 2) if hx + hy > 0 else 0.0,
    }
