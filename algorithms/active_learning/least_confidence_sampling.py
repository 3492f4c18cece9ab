r"""Least-confidence sampling (uncertainty sampling) asks for the labels of the pool items on which the model is least
sure of its best guess.

$$u(x) = 1 - \max_k p(k \mid x), \qquad \text{query the } N \text{ items with the largest } u$$

**Intuition.** If the model gives its favourite class 99%, a label would hardly teach it anything. If the favourite has
40%, the label will move the boundary. So sort the pool by the top probability and take the lowest $N$, for example
1,000 of 99,000. Close relatives look at the gap between the best two classes (margin) or at the whole distribution
(entropy); for two classes all three give the same order.

**When to use it.** As the default query rule of pool-based active learning with a probabilistic classifier.

**Cost.** One forward pass over the pool for each round, plus sorting.

**Pitfalls.** The top $N$ are often near duplicates; mix in diversity. Uncertain is not the same as informative:
outliers and items of another kind (spam, other languages) have low confidence for ever. Overconfident networks need
calibration. The queried sample is biased, so never measure accuracy on it. With a poor first model the choice can be
worse than random.

**References.** Lewis and Gale, *A sequential algorithm for training text classifiers*, SIGIR (1994). Settles, *Active
learning literature survey* (2009).
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import AfterValidator, Field

from algorithms.inputs import Probability, rectangular
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats, Ints

Pool = Annotated[
    list[Annotated[list[Probability], Field(min_length=2, max_length=64)]],
    Field(min_length=1, max_length=1024),
    AfterValidator(rectangular),
]
"""Class probabilities of 1 to 1,024 pool items."""


def check_distributions(P: Floats) -> None:
    """Raise ValueError unless each row of P (n, K) sums to one."""
    if np.abs(P.sum(axis=1) - 1).max() > 1e-3:
        raise ValueError("each row of probabilities must sum to one")


def most_uncertain(uncertainty: Floats, n: int) -> Ints:
    """Positions of the n largest values, largest first; ties in pool order.

    Examples
    --------
    >>> most_uncertain(np.array([0.1, 0.5, 0.5, 0.2]), 2).tolist()
    [1, 2]
    """
    return np.asarray(np.argsort(-uncertainty, kind="stable")[:n])


@algorithm(
    id="least-confidence-sampling",
    name="Least-confidence (uncertainty) sampling",
    aliases=("uncertainty sampling", "least confidence", "lowest confidence first", "margin sampling"),
    example={"probabilities": [[0.9, 0.1], [0.55, 0.45], [0.7, 0.3], [0.51, 0.49]], "n_queries": 2},
)
def least_confidence_sampling(probabilities: Pool, n_queries: Annotated[int, Field(ge=1, le=1024)] = 1) -> Output:
    """Pick the items with the lowest top probability.

    Parameters
    ----------
    probabilities : list of list of float, n items with K class probabilities
        Predictions for the pool; each row sums to one.
    n_queries : int
        Items to pick.

    Returns
    -------
    dict
        ``selected`` (item numbers, least confident first; at most 50), ``confidences`` (n; first 50), ``margins`` (best
        minus second; first 50), ``selected_by_margin`` (at most 50), ``highest_selected_confidence``.

    Raises
    ------
    ValueError
        If a row does not sum to one, or more items are wanted than there are.

    Examples
    --------
    >>> least_confidence_sampling([[0.9, 0.1], [0.55, 0.45], [0.51, 0.49]], 2)["selected"].tolist()
    [2, 1]
    """
    P = np.asarray(probabilities, dtype=np.float64)  # (n, K)
    check_distributions(P)
    if n_queries > len(P):
        raise ValueError(f"n_queries is {n_queries}, but the pool has {len(P)} items")
    top = np.sort(P, axis=1)[:, ::-1]  # (n, K)
    selected = most_uncertain(1 - top[:, 0], n_queries)
    return {
        "selected": selected[:50],
        "confidences": top[:50, 0],
        "margins": (top[:, 0] - top[:, 1])[:50],
        "selected_by_margin": most_uncertain(-(top[:, 0] - top[:, 1]), n_queries)[:50],
        "highest_selected_confidence": float(top[selected, 0].max()),
    }
