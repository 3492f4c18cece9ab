r"""Adafactor keeps only row and column sums of the squared gradients of a matrix, and rebuilds the second moment from
them.

$$R = \beta R + (1-\beta)\,G^2 \mathbf 1, \qquad C = \beta C + (1-\beta)\,\mathbf 1^\top G^2, \qquad
\hat V = \frac{R\,C}{\sum_i R_i}$$

**Intuition.** Adam stores one second moment a weight. If large gradients come in whole rows and columns, the outer
product of the two sums is a good estimate of all of them; among rank-one matrices it is the best in the sense of the
I-divergence. The update is $G / \sqrt{\hat V}$, clipped so that its root mean square stays at most 1.

**When to use it.** To train large models where optimiser memory is the limit (T5 was).

**Cost.** $n + m$ numbers of state for an $n \times m$ matrix instead of $nm$.

**Pitfalls.** "Four bytes a parameter" describes Adafactor *with* a first moment kept in single precision; the factored
second moment alone is far below that. Biases and gains have no two dimensions and keep a full second moment. The
reconstruction is exact only if the squared gradients have rank one. Published versions use a step size relative to the
weights and a decay that grows with $t$; mixing these with a constant rate changes the behaviour. Without clipping,
training can diverge.

**References.** Shazeer and Stern, *Adafactor: adaptive learning rates with sublinear memory cost*, arXiv:1804.04235.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.inputs import Number
from algorithms.optimizers.gradient_descent import Decay, LearningRate
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Small = Annotated[list[Annotated[list[Number], Field(min_length=1, max_length=64)]], Field(min_length=1, max_length=64)]


def factored_second_moment(rows: Floats, columns: Floats) -> Floats:
    """Rank-one second moment (n, m) from row sums (n,) and column sums (m,).

    Examples
    --------
    >>> factored_second_moment(np.array([3.0, 6.0]), np.array([3.0, 6.0])).tolist()
    [[1.0, 2.0], [2.0, 4.0]]
    """
    return np.asarray(np.outer(rows, columns) / rows.sum())


@algorithm(
    id="adafactor",
    name="Adafactor",
    aliases=("factored second moment", "Adafactor optimizer", "sublinear memory optimizer"),
    example={"target": [[1.0, 2.0, 3.0], [2.0, 4.0, 7.0]], "learning_rate": 0.5, "steps": 200},
)
def adafactor(
    target: Small,
    learning_rate: LearningRate = 0.5,
    beta2: Decay = 0.9,
    clip: Annotated[float, Field(gt=0, le=1e6)] = 1.0,
    steps: Annotated[int, Field(ge=1, le=2000)] = 200,
) -> Output:
    """Adafactor fits a zero matrix W to `target` under J = ½ ‖W - target‖²; the first gradient is -target.

    Parameters
    ----------
    target : list of rows, (n, m)
        Matrix to reach.
    learning_rate : float
        Step size η, decayed as 1 / sqrt(t).
    beta2 : float
        Decay of the row and column sums.
    clip : float
        Largest root mean square of an update before the learning rate.
    steps : int
        Number of steps.

    Returns
    -------
    dict
        ``first_second_moment``, the reconstruction after step 1 (at most 6 × 6 of it); ``first_relative_error`` of it
        against the squared gradient; ``loss_before`` and ``loss_after``; ``state_numbers``, n + m;
        ``adam_state_numbers``, 2 n m (both moments); ``second_moment_bytes_per_parameter`` in single precision.

    Raises
    ------
    ValueError
        If the rows of `target` differ in length, or all its entries are zero.

    Examples
    --------
    >>> out = adafactor([[1.0, 2.0], [2.0, 4.0]])  # the squares have rank one: exact
    >>> out["first_second_moment"].round(6).tolist(), out["state_numbers"]
    ([[1.0, 4.0], [4.0, 16.0]], 4)
    """
    if len({len(row) for row in target}) > 1:
        raise ValueError("all rows of target need the same length")
    goal = np.asarray(target, dtype=np.float64)  # (n, m)
    if not goal.any():
        raise ValueError("target needs an entry other than zero, or there is nothing to learn")
    W = np.zeros_like(goal)  # (n, m)
    rows, columns = np.zeros(len(goal)), np.zeros(goal.shape[1])
    first = np.zeros_like(goal)
    for t in range(1, steps + 1):
        G = W - goal  # (n, m)
        squared = G**2 + 1e-30  # the published floor, against 0 / 0
        rows = beta2 * rows + (1 - beta2) * squared.sum(axis=1)  # (n,)
        columns = beta2 * columns + (1 - beta2) * squared.sum(axis=0)  # (m,)
        V = factored_second_moment(rows, columns) / (1 - beta2**t)  # (n, m)
        if t == 1:
            first = V
        U = G / np.sqrt(V)  # (n, m)
        U = U / max(1.0, float(np.sqrt((U**2).mean())) / clip)
        W = W - learning_rate / np.sqrt(t) * U
    return {
        "first_second_moment": first[:6, :6],
        "first_relative_error": np.linalg.norm(first - goal**2) / np.linalg.norm(goal**2),
        "loss_before": 0.5 * (goal**2).sum(),
        "loss_after": 0.5 * ((W - goal) ** 2).sum(),
        "state_numbers": sum(goal.shape),
        "adam_state_numbers": 2 * goal.size,
        "second_moment_bytes_per_parameter": 4 * sum(goal.shape) / goal.size,
    }
