r"""Matrix factorization recommends items by learning a short vector for each user and each item from observed ratings.

$$\hat r_{ui} = p_u \cdot q_i, \qquad e = r_{ui} - \hat r_{ui}, \qquad
p_u \mathrel{+}= \eta\,(e\, q_i - \lambda p_u), \quad q_i \mathrel{+}= \eta\,(e\, p_u - \lambda q_i)$$

**Intuition.** The user-item matrix is almost empty. If tastes follow a few hidden factors, the full matrix has low rank,
and the observed cells are enough to fit the factors that predict the rest. Stochastic gradient descent (SGD) needs one
rating at a time, so the same step updates the model online.

**When to use it.** Collaborative filtering with explicit ratings; with implicit feedback use weighted ALS or BPR.

**Cost.** $O(f)$ a rating and epoch for $f$ factors. Storing the matrix as CSR takes memory proportional to the number of
ratings; a dense one takes users × items. The density is ratings / (users × items).

**Pitfalls.** A missing rating is unknown, not zero. Judge on held-out ratings: training error falls with every factor. Use
the old $p_u$ in the update of $q_i$. New users and items have no vector (cold start). Without regularisation sparse rows
overfit. The factors are defined only up to a rotation.

**References.** Koren, Bell and Volinsky, *Matrix Factorization Techniques for Recommender Systems* (2009). Salakhutdinov
and Mnih, *Probabilistic Matrix Factorization* (2007).
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats, Ints


def sgd_step(p: Floats, q: Floats, rating: float, lr: float, lam: float) -> tuple[Floats, Floats]:
    """Vectors of user and item (f,) after one step on one rating.

    Examples
    --------
    >>> p, q = sgd_step(np.array([1.0]), np.array([1.0]), 2.0, lr=0.1, lam=0.0)
    >>> float(p[0]), float(q[0])
    (1.1, 1.1)
    """
    error = rating - p @ q
    return p + lr * (error * q - lam * p), q + lr * (error * p - lam * q)


def rmse(P: Floats, Q: Floats, cells: Ints, ratings: Floats) -> float:
    """Root mean squared error on the cells (n, 2)."""
    predicted = (P[cells[:, 0]] * Q[cells[:, 1]]).sum(axis=1)  # (n,)
    return float(np.sqrt(np.mean((ratings - predicted) ** 2)))


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Training error by epoch against the error of the mean."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.plot(output["train_rmse_curve"], label="training")
    axes.axhline(output["test_rmse_of_the_mean"], linestyle="--", color="grey", label="held out, mean rating")
    axes.axhline(output["test_rmse"], color="tab:orange", label="held out, model")
    axes.set(xlabel="epoch", ylabel="RMSE", title="matrix factorization")
    axes.legend()
    return figure


@algorithm(
    id="matrix-factorization",
    name="Matrix factorization recommender (SGD)",
    aliases=(
        "MF",
        "collaborative filtering",
        "latent factors",
        "sparse user-item interaction matrix",
        "CSR",
        "sparsity",
        "density",
        "recommender system",
        "FunkSVD",
    ),
    example={"users": 40, "items": 30, "factors": 3},
    cost="trains",
    figure=draw,
)
def matrix_factorization(
    users: Annotated[int, Field(ge=5, le=80)] = 40,
    items: Annotated[int, Field(ge=5, le=80)] = 30,
    factors: Annotated[int, Field(ge=1, le=16)] = 3,
    observed: Annotated[float, Field(ge=0.1, le=0.6)] = 0.35,
    learning_rate: Annotated[float, Field(gt=0, le=0.1)] = 0.03,
    regularization: Annotated[float, Field(ge=0, le=1)] = 0.02,
    epochs: Annotated[int, Field(ge=1, le=60)] = 40,
    seed: Seed = 0,
) -> Output:
    """Learn ratings of rank two with a little noise from a sparse sample of their cells.

    Parameters
    ----------
    users : int
        Rows of the rating matrix.
    items : int
        Columns.
    factors : int
        Length f of the vectors that are learned.
    observed : float
        Share of the cells that are known; a fifth of them is held out.
    learning_rate : float
        Step size.
    regularization : float
        Weight λ of the L2 penalty.
    epochs : int
        Passes over the training ratings.
    seed : int
        Seed of data, start and order.

    Returns
    -------
    dict
        ``train_rmse_before``, ``train_rmse``, ``test_rmse`` and ``test_rmse_of_the_mean`` (predicting the training
        mean); ``train_rmse_curve``; ``online_error_before`` and ``online_error_after``, the squared error of one
        held-out rating around a single step on it; ``ratings``, ``density``, ``csr_bytes`` and ``dense_bytes``.

    Examples
    --------
    >>> r = matrix_factorization(users=20, items=20, epochs=30)
    >>> r["train_rmse"] < r["train_rmse_before"], r["online_error_after"] < r["online_error_before"]
    (True, True)
    """
    rng = np.random.default_rng(seed)
    truth = 3 + rng.standard_normal((users, 2)) @ rng.standard_normal((items, 2)).T  # (users, items)
    count = max(10, round(observed * users * items))
    flat = rng.choice(users * items, count, replace=False)  # (count,)
    cells = np.stack([flat // items, flat % items], axis=1)  # (count, 2)
    ratings = truth[cells[:, 0], cells[:, 1]] + 0.1 * rng.standard_normal(count)  # (count,)
    held = count // 5
    train, test = slice(held, None), slice(0, held)
    start = np.sqrt(max(float(ratings[train].mean()), 0.1) / factors)  # the first prediction is near the mean
    P = start + 0.1 * rng.standard_normal((users, factors))  # (users, f)
    Q = start + 0.1 * rng.standard_normal((items, factors))  # (items, f)
    curve = [rmse(P, Q, cells[train], ratings[train])]
    for _ in range(epochs):
        for index in held + rng.permutation(count - held):
            u, i = cells[index]
            P[u], Q[i] = sgd_step(P[u], Q[i], ratings[index], learning_rate, regularization)
        curve.append(rmse(P, Q, cells[train], ratings[train]))
    baseline = float(np.sqrt(np.mean((ratings[test] - ratings[train].mean()) ** 2)))
    (u, i), new = cells[0], ratings[0]
    p, q = sgd_step(P[u], Q[i], new, min(learning_rate, 0.01), 0.0)
    return {
        "train_rmse_before": curve[0],
        "train_rmse": curve[-1],
        "test_rmse": rmse(P, Q, cells[test], ratings[test]),
        "test_rmse_of_the_mean": baseline,
        "train_rmse_curve": curve[:: max(1, len(curve) // 40)],
        "online_error_before": float((new - P[u] @ Q[i]) ** 2),
        "online_error_after": float((new - p @ q) ** 2),
        "ratings": count,
        "density": count / (users * items),
        "csr_bytes": count * (8 + 4) + (users + 1) * 4,
        "dense_bytes": users * items * 8,
    }
