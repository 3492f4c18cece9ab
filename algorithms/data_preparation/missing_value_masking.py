r"""Missing value masking lets a model know which entries are missing and ignore them, instead of pretending to have seen a value.

$$\tilde x = (x \odot m,\ 1 - m), \qquad
d(x, y)^2 = \frac{d}{\sum_j m_j} \sum_j m_j\, (x_j - y_j)^2, \qquad m_j = 1 \text{ if seen}$$

**Intuition.** Three ways. A mask as extra input: gaps become 0 and an indicator says so, and the model learns what absence means. A distance over shared features only, scaled up: nearest neighbours. A default direction: a tree split tries sending missing values left or right and keeps
the better one.

**When to use it.** When missingness carries information (a test not ordered, a field left empty), and for models that take NaN directly.

**Cost.** Doubles the number of inputs (mask), or tries each split twice (default direction).

**Pitfalls.** It is often said that scikit-learn does not support missing values. That is outdated: its trees (from 1.3), random forests (from 1.4) and HistGradientBoosting (from 0.22) accept NaN; many others still do not. XGBoost, which is
not part of scikit-learn, learns a default direction. A zero without indicator is not a mask, since 0 is also a value. If the mechanism changes after deployment, what was learned from absence misleads. With few shared features a distance is mostly
noise. In attention a mask means minus infinity before the softmax, not zero after it.

**References.** Chen and Guestrin, *XGBoost*, arXiv:1603.02754, section 3.4. Dixon, *Pattern recognition with partly missing data* (1979). Che et al., arXiv:1606.01865.
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.activations.sigmoid import logistic
from algorithms.data_preparation.listwise_deletion import HoleyRows, with_nan
from algorithms.inputs import Number
from algorithms.linear_models.logistic_regression import BinaryLabels, fit_logistic
from algorithms.registry import Output, algorithm

Floats = NDArray[np.float64]
HoleyRow = Annotated[list[Number | None], Field(min_length=1, max_length=50)]
Neighbours = Annotated[int, Field(ge=1, le=100)]


def masked_inputs(X: Floats) -> Floats:
    """Values with gaps set to 0, followed by indicators of the gaps: (n, 2 d).

    Examples
    --------
    >>> masked_inputs(np.array([[5.0, np.nan]])).tolist()
    [[5.0, 0.0, 0.0, 1.0]]
    """
    gaps = np.isnan(X)
    return np.concatenate([np.where(gaps, 0.0, X), gaps.astype(np.float64)], axis=1)


def shared_distances(X: Floats, query: Floats) -> Floats:
    """Distances (n,) from a query (d,) over the features both have, scaled up; infinite if they share none.

    Examples
    --------
    >>> shared_distances(np.array([[3.0, np.nan], [np.nan, np.nan]]), np.array([0.0, 1.0])).round(4).tolist()
    [4.2426, inf]
    """
    both = ~np.isnan(X) & ~np.isnan(query)  # (n, d)
    squared = np.where(both, X - query, 0.0) ** 2
    shared = both.sum(axis=1)  # (n,)
    scaled = np.divide(X.shape[1] * squared.sum(axis=1), shared, out=np.full(len(X), np.inf), where=shared > 0)
    return np.asarray(np.sqrt(scaled))


def best_stump(X: Floats, y: Floats) -> tuple[int, float, bool, float, float, int]:
    """Split with the fewest errors: feature, threshold, whether gaps go left, P(1) left and right, and the errors.

    Examples
    --------
    >>> best_stump(np.array([[1.0], [2.0], [np.nan]]), np.array([0.0, 1.0, 1.0]))
    (0, 1.5, False, 0.0, 1.0, 0)
    """
    best: tuple[int, float, bool, float, float, int] | None = None
    for j in range(X.shape[1]):
        values = np.unique(X[~np.isnan(X[:, j]), j])
        for threshold in [*(values[:-1] + values[1:]) / 2, *values[-1:]]:  # the last one parts the gaps from the rest
            for gaps_left in (False, True):
                left = np.where(np.isnan(X[:, j]), gaps_left, X[:, j] <= threshold)
                if left.all():
                    continue
                sides = [y[left], y[~left]]
                errors = sum(int(min(s.sum(), len(s) - s.sum())) for s in sides)
                if best is None or errors < best[5]:
                    means = [float(s.mean()) for s in sides]
                    best = (j, float(threshold), gaps_left, means[0], means[1], errors)
    if best is None:
        raise ValueError("no feature has two different observed values, or a gap, to split at")
    return best


@algorithm(
    id="missing-value-masking",
    name="Missing values as a mask / NaN-tolerant models",
    aliases=("missing indicator", "NaN support", "masking missing values", "default direction", "NaN-tolerant models"),
    example={
        "rows": [[1, 2], [2, None], [None, 3], [6, 8], [7, None], [None, None], [8, 9], [None, None]],
        "y": [0, 0, 0, 1, 1, 1, 1, 1],
        "query": [7, None],
    },
)
def missing_value_masking(
    rows: HoleyRows,
    y: BinaryLabels,
    query: HoleyRow,
    method: Literal["mask", "knn", "stump"] = "mask",
    k: Neighbours = 3,
) -> Output:
    """Classify a query with gaps, having trained on rows with gaps.

    Parameters
    ----------
    rows : list of list of float or null, shape (n, d)
        Training samples, null where a value is missing; at most 3,200 values for the stump.
    y : list of int, length n
        Classes, 0 or 1.
    query : list of float or null, length d
        Sample to classify.
    method : {"mask", "knn", "stump"}
        Logistic regression on values and indicators, nearest neighbours over shared features, or one tree split with a
        default direction.
    k : int
        Number of neighbours.

    Returns
    -------
    dict
        ``probability`` of class 1 for the query; ``training_accuracy``; for "mask" ``indicator_weights`` (d,) on the
        standardised inputs; for "knn" ``distances`` of the nearest k; for "stump" ``feature``, ``threshold`` and
        ``missing_goes_left``.

    Raises
    ------
    ValueError
        If sizes do not match, or nothing can be compared or split.

    Examples
    --------
    >>> missing_value_masking([[1], [2], [None]], [0, 1, 1], [None], method="stump")["probability"]
    1.0
    """
    X, labels, asked = with_nan(rows), np.asarray(y, dtype=np.float64), with_nan([query])[0]  # (n, d), (n,), (d,)
    if len(X) != len(labels) or X.shape[1] != len(asked):
        raise ValueError("rows needs one row for each label, and as many columns as query")
    if method == "mask":
        inputs = masked_inputs(X)  # (n, 2 d)
        center, scale = inputs.mean(axis=0), np.where(inputs.std(axis=0) > 0, inputs.std(axis=0), 1.0)
        theta, _ = fit_logistic((inputs - center) / scale, labels, l2=0.01)
        z = (
            np.concatenate([(inputs - center) / scale, (masked_inputs(asked[None]) - center) / scale]) @ theta[1:]
            + theta[0]
        )
        hits = (z[:-1] > 0) == (labels == 1)
        return {
            "probability": float(logistic(z[-1:])[0]),
            "training_accuracy": float(hits.mean()),
            "indicator_weights": theta[1 + X.shape[1] :],
        }
    if method == "knn":
        distances = np.array([shared_distances(X, row) for row in [asked, *X]])  # (1 + n, n)
        if not np.isfinite(distances[0]).any():
            raise ValueError("the query shares no observed feature with any row")
        order = np.argsort(distances, axis=1, kind="stable")[:, :k]
        votes = labels[order].mean(axis=1)  # (1 + n,), the query first
        return {
            "probability": float(votes[0]),
            "training_accuracy": float(((votes[1:] > 0.5) == (labels == 1)).mean()),
            "distances": distances[0][order[0]][:50],
        }
    if X.size > 3200:
        raise ValueError("the stump tries every split twice: give at most 3,200 values")
    feature, threshold, gaps_left, p_left, p_right, errors = best_stump(X, labels)
    left = gaps_left if np.isnan(asked[feature]) else bool(asked[feature] <= threshold)
    return {
        "probability": p_left if left else p_right,
        "training_accuracy": 1 - errors / len(labels),
        "feature": feature,
        "threshold": threshold,
        "missing_goes_left": gaps_left,
    }
