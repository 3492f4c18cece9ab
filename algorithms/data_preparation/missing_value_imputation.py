r"""Missing value imputation fills gaps with a plausible value: a mean, median or mode, an interpolation, or a prediction from the other features.

$$x_{ij} \leftarrow \bar x_j \quad \text{or} \quad x_{ij} \leftarrow \hat f_j(x_{i, -j})$$

**Intuition.** Filling with one number for each column keeps the row but ignores how features move together. A model-based fill (regression imputation, MICE) predicts the gap from the other columns, again and again until the fills settle. Interpolation uses the neighbours in
time.

**When to use it.** Median for skewed numbers, mode for categories, interpolation for series, models where columns are related. Add an indicator if missingness itself says something.

**Cost.** $O(n d)$ for constants; rounds × $d$ regressions for model-based fills.

**Pitfalls.** It is sometimes said that simple imputation may leak and model-based imputation will not. Neither is right: *either* leaks if it is fitted on test rows, and neither does if it is fitted on training rows only. Mean imputation shrinks
the variance and pulls correlations to zero. Single fills, models included, pretend to be observed and make intervals too narrow: use multiple imputation for inference. Interpolating over the split
uses the future.

**References.** Little and Rubin, *Statistical Analysis with Missing Data* (2019). Van Buuren and Groothuis-Oudshoorn, *mice* (2011). Troyanskaya et al., *Missing value
estimation methods for DNA microarrays* (2001).
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.data_preparation.listwise_deletion import HoleyRows, with_nan
from algorithms.linear_models.linear_regression import with_intercept
from algorithms.registry import Output, algorithm

Floats = NDArray[np.float64]
Strategy = Literal["mean", "median", "mode", "interpolation", "model"]
TrainRows = Annotated[int, Field(ge=1, le=512)]
ROUNDS = 20


def fill_value(column: Floats, strategy: Strategy) -> float:
    """Constant that replaces the gaps, from the observed values (n,) of one column.

    Examples
    --------
    >>> fill_value(np.array([1.0, 2.0, 2.0, 7.0]), "mode")
    2.0
    """
    if strategy == "median":
        return float(np.median(column))
    if strategy == "mode":
        values, counts = np.unique(column, return_counts=True)
        return float(values[counts.argmax()])
    return float(column.mean())


def interpolated(X: Floats) -> Floats:
    """Each column filled linearly over the row number; ends take the nearest value.

    Examples
    --------
    >>> interpolated(np.array([[np.nan], [1.0], [np.nan], [3.0]])).reshape(-1).tolist()
    [1.0, 1.0, 2.0, 3.0]
    """
    filled, place = X.copy(), np.arange(len(X))
    for j in range(X.shape[1]):
        seen = ~np.isnan(X[:, j])
        filled[:, j] = np.interp(place, place[seen], X[seen, j])
    return filled


def model_based(X: Floats, filled: Floats, train_rows: int) -> Floats:
    """Regress each column on the others over the training rows where it is observed; repeat (chained equations)."""
    filled, gaps = filled.copy(), np.isnan(X)
    for _ in range(ROUNDS):
        for j in np.flatnonzero(gaps.any(axis=0)):
            A = with_intercept(np.delete(filled, j, axis=1))  # (n, d)
            fit = ~gaps[:train_rows, j]
            beta = np.linalg.lstsq(A[:train_rows][fit], X[:train_rows, j][fit], rcond=None)[0]  # shortest if not unique
            filled[gaps[:, j], j] = A[gaps[:, j]] @ beta
    return filled


@algorithm(
    id="missing-value-imputation",
    name="Missing value imputation (mean, median, mode, interpolation, model)",
    aliases=(
        "imputation",
        "fillna",
        "interpolation",
        "Model-based imputation",
        "regression imputation",
        "MICE",
        "mean imputation",
    ),
    example={
        "rows": [[1, 2.1], [2, None], [3, 6.2], [4, 7.8], [None, 10.1], [6, None]],
    },
)
def missing_value_imputation(rows: HoleyRows, strategy: Strategy = "mean", train_rows: TrainRows = 512) -> Output:
    """Fill gaps; constants and models are learned on the first rows only.

    Parameters
    ----------
    rows : list of list of float or null, shape (n, d)
        Data, null where a value is missing.
    strategy : {"mean", "median", "mode", "interpolation", "model"}
        How to fill: a constant for each column, linearly between rows, or predicted from the other columns.
    train_rows : int
        Number of leading rows to learn from; the rest are only filled. All rows if larger than n. Interpolation learns
        nothing and uses the neighbours in order.

    Returns
    -------
    dict
        ``filled``, the first 50 rows of at most 10 columns; ``imputed``, number of filled gaps; ``fill_values`` (d,) of the
        constant strategies (None otherwise); ``sd_observed`` (d,) and ``sd_filled`` (d,) over all rows.

    Raises
    ------
    ValueError
        If a column has no observed value in the training rows, or a model has more than 20 columns to chain.

    Examples
    --------
    >>> missing_value_imputation([[1.0], [None], [3.0], [100.0]], "mean", train_rows=3)["filled"].tolist()
    [[1.0], [2.0], [3.0], [100.0]]
    """
    X = with_nan(rows)  # (n, d)
    train = X[:train_rows]
    if np.isnan(train).all(axis=0).any():
        raise ValueError("a column has no observed value in the training rows; drop it")
    if strategy == "model" and X.shape[1] > 20:
        raise ValueError("chained regressions take at most 20 columns; choose the related ones")
    base: Strategy = strategy if strategy in ("median", "mode") else "mean"
    constants = np.array([fill_value(c[~np.isnan(c)], base) for c in train.T])  # (d,)
    filled = interpolated(X) if strategy == "interpolation" else np.where(np.isnan(X), constants, X)
    if strategy == "model":
        filled = model_based(X, filled, train_rows)
    return {
        "filled": filled[:50, :10],
        "imputed": int(np.isnan(X).sum()),
        "fill_values": None if strategy in ("interpolation", "model") else constants,
        "sd_observed": np.array([c[~np.isnan(c)].std() for c in X.T]),
        "sd_filled": filled.std(axis=0),
    }
