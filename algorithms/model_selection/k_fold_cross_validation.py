r"""k-fold cross-validation estimates the error on new rows by fitting $k$ times, each time testing on the part that was
left out.

$$\mathrm{CV} = \frac1k \sum_{i=1}^{k} \frac{1}{|F_i|} \sum_{j \in F_i} L\big(y_j, \hat f^{(-i)}(x_j)\big)$$

**Intuition.** Shuffle the rows and cut them into $k$ folds. Every row is tested exactly once, by a model that has not
seen it, so no row is wasted. $k = n$ is leave-one-out. For least squares leave-one-out needs no refits: the residual of
row $j$ is $e_j / (1 - h_{jj})$.

**When to use it.** To compare models and hyperparameters with little data; $k = 5$ or 10 is the usual compromise.

**Cost.** $k$ fits.

**Pitfalls.** It measures and guides selection; it neither prevents nor cures overfitting, although it is often listed
as a remedy. The winner's score is too good after comparing many models: use nested cross-validation or a fresh test
set. All preprocessing belongs inside the loop. Time series and grouped rows need special folds. Fold errors are
dependent, so their standard deviation understates the uncertainty. Small $k$ trains on fewer rows and is pessimistic;
leave-one-out has low bias and may have high variance.

**References.** Stone, *Cross-validatory choice and assessment of statistical predictions* (1974). Kohavi, IJCAI (1995).
Hastie, Tibshirani and Friedman, *The Elements of Statistical Learning* (2009), section 7.10.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.inputs import Number, Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats, Ints

Values = Annotated[list[Annotated[Number, Field(ge=-1e6, le=1e6)]], Field(min_length=3, max_length=300)]


def fold_numbers(n: int, k: int, rng: np.random.Generator | None) -> Ints:
    """Fold (n,) of every row, sizes differing by at most one; shuffled if a generator is given.

    Examples
    --------
    >>> fold_numbers(5, 2, None).tolist()
    [0, 0, 0, 1, 1]
    """
    fold = np.sort(np.arange(n) % k)
    return fold if rng is None else rng.permutation(fold)


def polynomial_design(x: Floats, degree: int) -> Floats:
    """Powers 0 to degree of x as columns, (n, degree + 1)."""
    return np.asarray(np.vander(x, degree + 1, increasing=True))


@algorithm(
    id="k-fold-cross-validation",
    name="k-fold cross-validation",
    aliases=("CV", "LOO", "cross validation", "cross-validation", "leave-one-out", "k-fold"),
    example={"x": [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], "y": [0.1, 0.9, 2.2, 2.8, 4.1, 5.2, 5.9, 7.1, 7.8, 9.2], "k": 5},
)
def k_fold_cross_validation(
    x: Values,
    y: Values,
    k: Annotated[int, Field(ge=2, le=300)] = 5,
    degree: Annotated[int, Field(ge=0, le=5)] = 1,
    shuffle: bool = True,
    seed: Seed = 0,
) -> Output:
    """Cross-validate a polynomial regression.

    Parameters
    ----------
    x : list of float, length n
        Inputs.
    y : list of float, length n
        Targets.
    k : int
        Folds; n gives leave-one-out.
    degree : int
        Degree of the polynomial.
    shuffle : bool
        Shuffle the rows before cutting.
    seed : int
        Seed of the shuffling.

    Returns
    -------
    dict
        ``fold_errors`` (mean squared, at most 50), ``cv_error`` (their mean), ``standard_error`` (of the mean over
        folds), ``training_error`` (fit on all rows), ``test_rows`` (by fold, first 10 folds), ``times_tested`` (of the
        rows; min and max), ``leave_one_out_error`` (by the shortcut).

    Raises
    ------
    ValueError
        If lengths differ, k exceeds n, or a training part has too few different inputs.

    Examples
    --------
    >>> out = k_fold_cross_validation([0, 1, 2, 3], [0, 1, 2, 3], k=4)
    >>> round(out["cv_error"], 9), out["times_tested"]
    (0.0, [1, 1])
    """
    a, t = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)  # (n,)
    n = len(a)
    if len(t) != n or k > n:
        raise ValueError(f"x has {n} and y {len(t)} entries, and k is {k}; lengths must agree and k is at most n")
    fold = fold_numbers(n, k, np.random.default_rng(seed) if shuffle else None)
    if min(len(np.unique(a[fold != i])) for i in range(k)) <= degree:
        raise ValueError("a training part has too few different inputs for this degree; lower degree or raise k")
    A = polynomial_design((a - a.mean()) / (a.std() or 1.0), degree)  # (n, degree + 1)
    errors, tested = [], np.zeros(n, dtype=int)
    for i in range(k):
        held = fold == i
        w = np.linalg.lstsq(A[~held], t[~held], rcond=None)[0]
        errors.append(float(np.mean((A[held] @ w - t[held]) ** 2)))
        tested += held
    hat = A @ np.linalg.pinv(A)  # (n, n)
    residual = t - hat @ t
    leverage = np.minimum(np.diag(hat), 1 - 1e-12)
    return {
        "fold_errors": errors[:50],
        "cv_error": float(np.mean(errors)),
        "standard_error": float(np.std(errors, ddof=1) / np.sqrt(k)),
        "training_error": float(np.mean(residual**2)),
        "test_rows": [np.flatnonzero(fold == i)[:50] for i in range(min(k, 10))],
        "times_tested": [int(tested.min()), int(tested.max())],
        "leave_one_out_error": float(np.mean((residual / (1 - leverage)) ** 2)),
    }
