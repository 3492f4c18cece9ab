r"""Hard example mining trains on the examples with the largest loss: in its online form (OHEM) only the top $k$ losses
of each batch are back-propagated.

$$L = \frac1k \sum_{i \in \text{top-}k(\ell)} \ell_i, \qquad \nabla L = \frac1k \sum_{i \in \text{top-}k} \nabla \ell_i$$

**Intuition.** In detection thousands of background boxes are easy negatives; their many small gradients drown the few
that matter. Sorting by the current loss and keeping the hardest removes the easy mass without any class weights, and
the set changes as the model learns.

**When to use it.** For heavy imbalance of easy and hard examples: detection, metric learning (hard negatives),
retrieval.

**Cost.** A forward pass for all, a backward pass for $k$.

**Pitfalls.** Mislabelled rows and outliers are the hardest of all, so with label noise OHEM trains on the noise; cap
the loss or drop the very top. Small $k$ makes gradients noisy and forgets easy examples. The average loss of the
selected is not the training loss; log both. Probabilities lose their calibration. Start after a warm-up, since at first
losses are random. Focal loss is the smooth relative.

**References.** Shrivastava, Gupta and Girshick, *Training region-based object detectors with online hard example
mining*, CVPR (2016), arXiv:1604.03540. Sung and Poggio (1998). Lin et al., *Focal loss*, ICCV (2017).
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.activations.sigmoid import logistic
from algorithms.imbalanced_learning.class_weighting import imbalanced_pair, recall_and_precision, with_intercept
from algorithms.inputs import NonNegative, Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats, Ints

Losses = Annotated[list[Annotated[NonNegative, Field(le=1e6)]], Field(min_length=1, max_length=512)]


def hardest(losses: Floats, k: int) -> Ints:
    """Positions of the k largest losses, largest first, ties in order.

    Examples
    --------
    >>> hardest(np.array([0.1, 2.0, 0.5]), 2).tolist()
    [1, 2]
    """
    return np.asarray(np.argsort(-losses, kind="stable")[:k])


def train_top_k(
    A: Floats, y: Floats, batch: int, k: int, steps: int, rate: float, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Weights (d,) of logistic regression on the top k of each batch, and how often each row was selected (n,)."""
    w, chosen = np.zeros(A.shape[1]), np.zeros(len(y))
    late = np.zeros(A.shape[1])  # mean of the second half: single iterates of small top-k batches jump about
    for step in range(steps):
        rows = rng.choice(len(y), batch, replace=False)
        z = A[rows] @ w
        rows = rows[hardest(np.logaddexp(0, z) - y[rows] * z, k)]
        w = w - rate * A[rows].T @ (logistic(A[rows] @ w) - y[rows]) / k
        late += w * (step >= steps // 2) / (steps - steps // 2)
        chosen[rows] += 1
    return late, chosen


@algorithm(
    id="hard-example-mining",
    name="Hard example mining",
    aliases=("OHEM", "hard negative mining", "online hard example mining", "top-k loss"),
    example={"losses": [0.05, 1.2, 0.3, 2.5, 0.01, 0.8], "k": 2},
    cost="seconds",
)
def hard_example_mining(
    losses: Losses,
    k: Annotated[int, Field(ge=1, le=512)] = 2,
    batch: Annotated[int, Field(ge=4, le=200)] = 100,
    top_share: Annotated[float, Field(gt=0, le=1)] = 0.1,
    steps: Annotated[int, Field(ge=10, le=1000)] = 100,
    flipped: Annotated[float, Field(ge=0, le=0.4)] = 0.0,
    seed: Seed = 0,
) -> Output:
    """Pick the top k of the given losses, and train with and without mining on an imbalanced problem.

    Parameters
    ----------
    losses : list of float, length n
        Losses of a batch.
    k : int
        Examples to keep of `losses`.
    batch : int
        Batch size of the training.
    top_share : float
        Share of each batch that is back-propagated.
    steps : int
        Training steps.
    flipped : float
        Share of the training labels that are flipped, to show the danger.
    seed : int
        Seed of data and batches.

    Returns
    -------
    dict
        ``selected`` (positions, hardest first), ``top_k_loss`` (their mean), ``mean_loss``, ``gradient_weights`` (1 / k
        for the selected, else 0); from training: ``recall`` and ``recall_all``, ``balanced_accuracy`` and
        ``balanced_accuracy_all`` (all examples), ``positives_in_top`` and ``mislabelled_in_top`` (shares),
        ``prevalence``.

    Raises
    ------
    ValueError
        If k exceeds the number of losses.

    Examples
    --------
    >>> out = hard_example_mining([0.05, 1.2, 0.3, 2.5, 0.01, 0.8], 2)
    >>> out["selected"].tolist(), out["top_k_loss"]
    ([3, 1], 1.85)
    """
    values = np.asarray(losses, dtype=np.float64)  # (n,)
    if k > len(values):
        raise ValueError(f"k is {k}, but there are {len(values)} losses")
    top = hardest(values, k)
    weights = np.zeros(len(values))
    weights[top] = 1 / k
    rng = np.random.default_rng(seed)
    X, y = imbalanced_pair(950, 50, rng, distance=2.0)
    T, truth = imbalanced_pair(1900, 100, rng, distance=2.0)
    wrong = rng.random(len(y)) < flipped
    y = np.where(wrong, 1 - y, y)
    A, B = with_intercept(X), with_intercept(T)
    out: Output = {}
    for suffix, kept in (("", max(round(top_share * batch), 1)), ("_all", batch)):
        w, chosen = train_top_k(A, y, batch, kept, steps, 0.3, rng)
        positive = B @ w > 0
        recall = recall_and_precision(truth, positive)[0]
        out[f"recall{suffix}"] = recall
        out[f"balanced_accuracy{suffix}"] = (recall + float(np.mean(~positive[truth == 0]))) / 2
        if not suffix:
            out["positives_in_top"] = float(chosen @ y / chosen.sum())
            out["mislabelled_in_top"] = float(chosen @ wrong / chosen.sum())
    return {
        "selected": top,
        "top_k_loss": float(values[top].mean()),
        "mean_loss": float(values.mean()),
        "gradient_weights": weights[:50],
        **out,
        "prevalence": 0.05,
    }
