r"""The train / validation / test split (hold-out) divides the rows into disjoint parts: one to fit, one to choose, one
to report.

$$n = n_{\text{train}} + n_{\text{val}} + n_{\text{test}}, \qquad \text{for example } 80/10/10 \text{ or } 70/15/15 \text{ percent}$$

**Intuition.** A model has seen its training rows, so their error is too good. Choices made by looking at validation
rows make that error too good as well. Only rows that influenced nothing give an honest estimate.

**When to use it.** Whenever there are enough rows; with few, use cross-validation for the first two parts.

**Cost.** The rows held out are lost for fitting; the standard error of a test accuracy $p$ on $m$ rows is
$\sqrt{p(1-p)/m}$.

**Pitfalls.** Shares have to sum to 100: ranges such as 70-80 / 10-15 / 10-15 do so only at matched ends (80/10/10,
70/15/15). Shuffle first, unless rows are ordered in time: then split by time. Rows of one person or document belong to
one part. Fit scalers and encoders on the training part only. Stratify rare classes. Using the test set twice turns it
into a validation set. For millions of rows one percent is enough for testing.

**References.** Hastie, Tibshirani and Friedman, *The Elements of Statistical Learning* (2009), section 7.2. Ng,
*Machine Learning Yearning* (2018).
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.inputs import Probability, Seed
from algorithms.registry import Output, algorithm


def part_sizes(n: int, shares: list[float]) -> list[int]:
    """Whole sizes that sum to n, by largest remainder; an earlier part wins a tie.

    Examples
    --------
    >>> part_sizes(10, [0.7, 0.15, 0.15])
    [7, 2, 1]
    """
    exact = np.array(shares) * n
    sizes = np.floor(exact + 1e-9).astype(int)
    for i in np.argsort(-(exact - sizes).round(9), kind="stable")[: n - int(sizes.sum())]:
        sizes[i] += 1
    return [int(s) for s in sizes]


@algorithm(
    id="train-test-split",
    name="Train / validation / test split (hold-out)",
    aliases=("hold-out", "holdout", "data splitting", "train validation test split", "80/10/10 split"),
    example={"n": 1000, "train": 0.8, "validation": 0.1, "test": 0.1},
)
def train_test_split(
    n: Annotated[int, Field(ge=1, le=100_000)] = 1000,
    train: Probability = 0.8,
    validation: Probability = 0.1,
    test: Probability = 0.1,
    shuffle: bool = True,
    seed: Seed = 0,
) -> Output:
    """Split the row numbers 0 to n - 1.

    Parameters
    ----------
    n : int
        Rows.
    train : float
        Share of the training part.
    validation : float
        Share of the validation part; may be 0.
    test : float
        Share of the test part.
    shuffle : bool
        Permute the rows first; off keeps the order, as time series need.
    seed : int
        Seed of the permutation.

    Returns
    -------
    dict
        ``sizes`` (three numbers that sum to n), ``train_rows``, ``validation_rows``, ``test_rows`` (first 20 of each,
        sorted), ``overlap`` (rows in two parts), ``accuracy_standard_error`` (at most, of an accuracy measured on the
        test part; null if it is empty).

    Raises
    ------
    ValueError
        If the shares do not sum to 1.

    Examples
    --------
    >>> train_test_split(1000)["sizes"]
    [800, 100, 100]
    """
    if abs(train + validation + test - 1) > 1e-6:
        raise ValueError(f"the shares sum to {train + validation + test:g}; make them sum to 1, e.g. 0.8, 0.1 and 0.1")
    sizes = part_sizes(n, [train, validation, test])
    rows = np.random.default_rng(seed).permutation(n) if shuffle else np.arange(n)
    parts = [np.sort(part) for part in np.split(rows, np.cumsum(sizes)[:2])]
    return {
        "sizes": sizes,
        "train_rows": parts[0][:20],
        "validation_rows": parts[1][:20],
        "test_rows": parts[2][:20],
        "overlap": n - len(np.unique(np.concatenate(parts))),
        "accuracy_standard_error": 0.5 / float(np.sqrt(sizes[2])) if sizes[2] else None,
    }
