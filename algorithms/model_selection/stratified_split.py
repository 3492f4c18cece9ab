r"""A stratified split divides the rows so that every part has the class proportions of the whole; stratified k-fold
does so for each fold.

$$n_{c, \text{fold}} \in \Big\{\Big\lfloor \frac{n_c}{k} \Big\rfloor,\ \Big\lceil \frac{n_c}{k} \Big\rceil\Big\}
\quad\text{for every class } c$$

**Intuition.** A random split of 100 rows with 5 positives may put none of them into a test fold. Splitting each class
on its own and joining the pieces keeps the proportions, which also lowers the variance of the estimated error.

**When to use it.** For classification by default, above all with rare classes or few rows.

**Cost.** One pass over the labels.

**Pitfalls.** A class with fewer rows than folds cannot be in every fold. Stratification fixes the class proportions and
nothing else: groups (several rows of one person) still leak between parts. It makes the folds slightly dependent and
hides that the class balance may differ in use. For regression, stratify on quantiles of the target. Deal the remainders
of the classes out in turn, or the first folds collect all of them.

**References.** Kohavi, *A study of cross-validation and bootstrap for accuracy estimation and model selection*, IJCAI
(1995).
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from algorithms.inputs import Labels, Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Ints


def stratified_folds(y: Ints, k: int, rng: np.random.Generator) -> Ints:
    """Fold number (n,) of every row; the deal goes on from class to class, so that fold sizes stay level too.

    Examples
    --------
    >>> np.bincount(stratified_folds(np.array([0, 0, 0, 1, 1, 1]), 2, np.random.default_rng(0))).tolist()
    [3, 3]
    """
    fold = np.empty(len(y), dtype=np.int64)
    dealt = 0
    for c in np.unique(y):
        rows = rng.permutation(np.flatnonzero(y == c))
        fold[rows] = (dealt + np.arange(len(rows))) % k
        dealt += len(rows)
    return fold


@algorithm(
    id="stratified-split",
    name="Stratified split and stratified k-fold",
    aliases=("StratifiedKFold", "class proportions", "stratified sampling of folds", "stratified k-fold", "stratify"),
    example={"labels": [0] * 16 + [1] * 4, "method": "k-fold", "folds": 4},
)
def stratified_split(
    labels: Labels,
    method: Literal["hold-out", "k-fold"] = "k-fold",
    folds: Annotated[int, Field(ge=2, le=50)] = 5,
    test_share: Annotated[float, Field(gt=0, lt=1)] = 0.2,
    seed: Seed = 0,
) -> Output:
    """Split rows by class.

    Parameters
    ----------
    labels : list of int, length n
        Class of each row.
    method : {"hold-out", "k-fold"}
        One test part, or folds.
    folds : int
        Folds ("k-fold").
    test_share : float
        Share of the test part ("hold-out"), rounded for each class.
    seed : int
        Seed of the shuffling.

    Returns
    -------
    dict
        ``classes``, ``class_counts``, ``counts_by_part`` (one row a fold, or train and test; one column a class),
        ``part_of_row`` (first 50 rows: fold, or 0 for train and 1 for test), ``largest_gap`` (between a part's and the
        whole's class shares).

    Raises
    ------
    ValueError
        If a class has fewer rows than folds.

    Examples
    --------
    >>> stratified_split([0, 0, 0, 0, 1, 1], folds=2)["counts_by_part"].tolist()
    [[2, 1], [2, 1]]
    """
    y = np.asarray(labels)
    classes, index, counts = np.unique(y, return_inverse=True, return_counts=True)
    rng = np.random.default_rng(seed)
    if method == "k-fold":
        if counts.min() < folds:
            raise ValueError(f"a class has {counts.min()} rows, fewer than {folds} folds; lower folds")
        part, parts = stratified_folds(y, folds, rng), folds
    else:
        part, parts = np.zeros(len(y), dtype=np.int64), 2
        for c in range(len(classes)):
            rows = rng.permutation(np.flatnonzero(index == c))
            part[rows[: round(test_share * len(rows))]] = 1
    table = np.zeros((parts, len(classes)), dtype=np.int64)
    np.add.at(table, (part, index), 1)
    share = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    filled = table.sum(axis=1) > 0
    return {
        "classes": classes[:50],
        "class_counts": counts[:50],
        "counts_by_part": table[:, :50],
        "part_of_row": part[:50],
        "largest_gap": float(np.abs(share[filled] - counts / len(y)).max()),
    }
