r"""Sparsemax maps scores to the nearest point of the probability simplex, and so gives some classes probability exactly
zero.

$$\mathrm{sparsemax}(z) = \arg\min_{p \in \Delta} \lVert p - z \rVert^2 = \max(z - \tau, 0), \qquad
\tau = \frac{\sum_{i \le k} z_{(i)} - 1}{k}$$

Here $z_{(1)} \ge z_{(2)} \ge \dots$ are the sorted scores and $k$ is the largest number with $1 + k z_{(k)} > \sum_{i
\le k} z_{(i)}$.

**Intuition.** Softmax pushes every score through an exponential, so no class ever reaches zero. Sparsemax subtracts one
threshold $\tau$ from all scores and cuts what falls below; the threshold is chosen so that the rest sums to one.

**When to use it.** For attention that should rest on few items and be easy to read, and for classifiers with a small
set of plausible labels.

**Cost.** $O(n \log n)$ for the sort.

**Pitfalls.** The gradient is zero for every class outside the support, so a class that starts there learns nothing
through it. Cross-entropy is infinite when the true class gets zero; train with the sparsemax loss instead. The result
is scale-dependent: $[1, 2, 3]$ gives a one-hot vector, $[0.1, 0.2, 0.3]$ the full support $0.2333, 0.3333, 0.4333$.

**References.** Martins and Astudillo, *From softmax to sparsemax*, arXiv:1602.02068. Duchi et al., *Efficient
projections onto the l1-ball* (2008).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from algorithms.activations.softmax import softmax_along
from algorithms.figures import whole_ticks
from algorithms.inputs import Vector
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


def project_to_simplex(z: Floats) -> tuple[Floats, float]:
    """Euclidean projection of a vector onto the probability simplex, and its threshold.

    Examples
    --------
    >>> project_to_simplex(np.array([1.0, 2.0, 3.0]))[0].tolist()
    [0.0, 0.0, 1.0]
    """
    z = z - z.max()  # keeps the cumulative sums small; the projection does not change
    falling = np.sort(z)[::-1]  # (n,)
    sums = np.cumsum(falling)  # (n,)
    k = np.arange(1, len(z) + 1)  # (n,)
    size = int(k[1 + k * falling > sums][-1])
    tau = float((sums[size - 1] - 1) / size)
    return np.maximum(z - tau, 0.0), tau


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Sparsemax beside softmax."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    place = np.arange(len(inputs["scores"]))
    axes.bar(place - 0.2, output["probabilities"], 0.4, label="sparsemax")
    axes.bar(place + 0.2, softmax_along(np.asarray(inputs["scores"])), 0.4, label="softmax")
    whole_ticks(axes.xaxis)
    axes.set(xlabel="class", ylabel="probability", ylim=(0, 1))
    axes.legend()
    return figure


@algorithm(
    id="sparsemax",
    name="Sparsemax (projection onto the simplex)",
    aliases=("simplex projection", "sparse softmax", "sparse attention weights"),
    example={"scores": [0.1, 0.2, 0.3]},
    figure=draw,
)
def sparsemax(scores: Vector) -> Output:
    """Sparsemax of `scores`.

    Parameters
    ----------
    scores : list of float, length n
        Unnormalised scores.

    Returns
    -------
    dict
        ``probabilities`` (n,), non-negative, summing to one; ``support``, the number above zero; ``threshold``, what is
        subtracted from each score.

    Examples
    --------
    >>> sparsemax([0.1, 0.2, 0.3])["probabilities"].round(4).tolist()
    [0.2333, 0.3333, 0.4333]
    """
    z = np.asarray(scores, dtype=np.float64)  # (n,)
    p, tau = project_to_simplex(z)
    return {"probabilities": p, "support": int((p > 0).sum()), "threshold": tau + z.max()}
