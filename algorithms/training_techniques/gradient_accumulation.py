r"""Gradient accumulation adds up the gradients of several micro-batches before one optimizer step, which simulates a
larger batch.

$$g = \frac{1}{k} \sum_{j=1}^{k} \nabla L_j(\theta) = \nabla L(\theta) \quad\text{for micro-batches of equal size}$$

where $L_j$ is the mean loss of micro-batch $j$ and $L$ that of the whole batch.

**Intuition.** A mean of equal-sized means is the mean of all. The memory is that of one micro-batch; the update is that
of the large batch.

**When to use it.** When the batch that trains well does not fit in memory.

**Cost.** As many forward and backward passes as micro-batches an update; the optimizer runs once.

**Pitfalls.** Divide the loss by $k$, or the step is $k$ times too large. With micro-batches of different sizes, or
padding and token-level losses, weight by the number of examples or tokens instead: the plain average is then another
gradient. Batch normalisation still sees small batches. Clip and unscale once, after the sum. Schedules count optimizer
steps, not micro-batches. Ordinary mini-batches or accumulation in training are not continuous batching, which is a
scheduler for inference requests; the two are often mixed up.

**References.** Goyal et al., *Accurate, large minibatch SGD* (2017), arXiv:1706.02677. Goodfellow, Bengio and
Courville, *Deep Learning* (2016), section 8.1.3.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats, Ints
from algorithms.toy_networks import backward, cross_entropy, forward, new_network


def mean_gradient(params: list[Floats], x: Floats, y: Ints) -> Floats:
    """Gradient of the mean loss of a batch as one vector."""
    layers = forward(params, x)
    grads, _ = backward(params, layers, cross_entropy(layers[-1], y)[1])
    return np.concatenate([g.ravel() for g in grads])


@algorithm(
    id="gradient-accumulation",
    name="Gradient accumulation",
    aliases=("micro-batch accumulation", "micro-batches", "effective batch size", "simulate a large batch"),
    example={"batch_size": 32, "micro_batch_size": 8},
)
def gradient_accumulation(
    batch_size: Annotated[int, Field(ge=1, le=512)] = 32,
    micro_batch_size: Annotated[int, Field(ge=1, le=512)] = 8,
    seed: Seed = 0,
) -> Output:
    """Compare the accumulated gradient of a small network with that of the whole batch.

    Parameters
    ----------
    batch_size : int
        Examples an optimizer step.
    micro_batch_size : int
        Examples a forward pass, at most batch_size; the last micro-batch may be smaller.
    seed : int
        Seed of network and data.

    Returns
    -------
    dict
        ``micro_batches``; ``sizes`` (at most 50); ``average_gap`` largest difference of the plain average of micro-batch gradients from the full
        gradient; ``weighted_gap`` the same when weighted by size; ``gradient_norm``; ``activation_memory_share`` of the full batch's.

    Examples
    --------
    >>> result = gradient_accumulation(32, 8)
    >>> result["micro_batches"], result["average_gap"] < 1e-15
    (4, True)
    """
    if micro_batch_size > batch_size:
        raise ValueError("micro_batch_size may not be above batch_size")
    rng = np.random.default_rng(seed)
    params = new_network((4, 8, 3), rng)
    x, y = rng.standard_normal((batch_size, 4)), rng.integers(0, 3, batch_size)  # (n, 4), (n,)
    full = mean_gradient(params, x, y)  # (p,)
    starts = range(0, batch_size, micro_batch_size)
    parts = [(x[i : i + micro_batch_size], y[i : i + micro_batch_size]) for i in starts]
    grads = np.stack([mean_gradient(params, *part) for part in parts])  # (k, p)
    sizes = np.array([len(part[1]) for part in parts])  # (k,)
    return {
        "micro_batches": len(parts),
        "sizes": sizes[:50],
        "average_gap": float(np.abs(grads.mean(axis=0) - full).max()),
        "weighted_gap": float(np.abs(sizes @ grads / batch_size - full).max()),
        "gradient_norm": float(np.linalg.norm(full)),
        "activation_memory_share": micro_batch_size / batch_size,
    }
