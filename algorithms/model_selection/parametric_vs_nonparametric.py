r"""Parametric and non-parametric models differ in whether their number of parameters is fixed in advance or grows with
the data.

$$\text{linear regression: } d + 1, \quad k\text{-means: } K d, \qquad \text{kNN, KDE: } n\,d, \quad
\text{GP: } O(n) \text{ weights}, \quad \text{full tree: } O(n) \text{ leaves}$$

**Intuition.** After training a linear regression the data can be thrown away; ten rows or ten million leave the same
$d + 1$ numbers. A nearest-neighbour model is its data: twice the rows, twice the model. The second kind can follow any
shape given enough rows, and has to carry them along.

**When to use it.** Parametric for few rows, speed and known form; non-parametric for unknown form and plenty of data.

**Cost.** Non-parametric models pay at prediction and in memory.

**Pitfalls.** Non-parametric does not mean free of assumptions: smoothness, a metric, a bandwidth or a kernel are
assumed. k-means with fixed $K$ is parametric ($K d$ numbers whatever $n$ is), though it is sometimes listed on the
other side. A network of fixed size is parametric however many weights it has; only infinite-width limits are not. A
kernel SVM with the RBF kernel grows with the data, one with a polynomial kernel has a finite feature space.
Non-parametric does not mean without parameters.

**References.** Murphy, *Machine Learning: A Probabilistic Perspective* (2012), section 1.4. Russell and Norvig,
*Artificial Intelligence: A Modern Approach* (2020). Wasserman, *All of Nonparametric Statistics* (2006).
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.trees.decision_tree import grow, leaves


def stored_numbers(n: int, d: int, K: int) -> dict[str, int]:
    """Numbers each model keeps after training on n rows of d features.

    Examples
    --------
    >>> stored_numbers(10, 2, 3)["k_means"], stored_numbers(20, 2, 3)["k_means"]
    (6, 6)
    """
    return {
        "linear_regression": d + 1,
        "k_means": K * d,
        "k_nearest_neighbors": n * d,
        "kernel_density_estimation": n * d,
        "gaussian_process_weights": n,
    }


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Stored numbers against n."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    for name, values in output["curves"].items():
        axes.plot(output["sizes"], values, "o-", label=name.replace("_", " "))
    axes.set(xlabel="training rows", ylabel="numbers stored", yscale="log")
    axes.legend(fontsize=7)
    return figure


@algorithm(
    id="parametric-vs-nonparametric",
    name="Parametric vs non-parametric models",
    aliases=("model size vs n", "parametric model", "non-parametric model", "nonparametric"),
    example={"n": 100, "d": 2, "k": 3},
    figure=draw,
)
def parametric_vs_nonparametric(
    n: Annotated[int, Field(ge=4, le=400)] = 100,
    d: Annotated[int, Field(ge=1, le=10)] = 2,
    k: Annotated[int, Field(ge=1, le=100)] = 3,
    seed: Seed = 0,
) -> Output:
    """Numbers that several models store after training on n rows, and on twice as many.

    Parameters
    ----------
    n : int
        Training rows.
    d : int
        Features.
    k : int
        Clusters of k-means.
    seed : int
        Seed of the noisy labels for the tree.

    Returns
    -------
    dict
        ``stored`` and ``stored_doubled`` (numbers by model, with ``tree_leaves`` of a full tree on noisy labels),
        ``growth`` (their ratio), ``sizes`` and ``curves`` for n/4, n/2, n and 2n.

    Examples
    --------
    >>> out = parametric_vs_nonparametric(100, 2)
    >>> out["growth"]["linear_regression"], out["growth"]["k_nearest_neighbors"]
    (1.0, 2.0)
    """
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((2 * n, d))  # (2n, d)
    noisy = np.eye(2)[((X[:, 0] > 0) ^ (rng.random(2 * n) < 0.3)).astype(int)]  # (2n, 2)

    def sizes(rows: int) -> dict[str, int]:
        return {**stored_numbers(rows, d, k), "tree_leaves": len(leaves(grow(X[:rows], noisy[:rows])))}

    steps = sorted({max(n // 4, 1), max(n // 2, 1), n, 2 * n})
    table = [sizes(rows) for rows in steps]
    once, twice = sizes(n), sizes(2 * n)
    return {
        "stored": once,
        "stored_doubled": twice,
        "growth": {name: twice[name] / once[name] for name in once},
        "sizes": steps,
        "curves": {name: [row[name] for row in table] for name in once},
    }
