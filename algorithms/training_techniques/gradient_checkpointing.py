r"""Gradient checkpointing stores only some activations in the forward pass and recomputes the others during the
backward pass.

$$\text{memory} \approx \frac{L}{k} + k \quad\Rightarrow\quad \min_k = 2\sqrt{L}\ \text{ at } k = \sqrt{L}$$

activations for $L$ layers with a checkpoint every $k$ layers, against $L$ without.

**Intuition.** Backpropagation needs the input of every layer. Keep each $k$-th; when the backward pass reaches a
segment, run it forward again from its checkpoint and hold its $k$ activations for as long as they are needed. The
gradients are the same to the last bit, since the same operations are repeated.

**When to use it.** When activations, not weights, fill the memory: long sequences, deep networks, large batches.

**Cost.** About one more forward pass, which is a third more compute, for memory of order $\sqrt{L}$.

**Pitfalls.** It saves no weight or optimizer memory. Layers with randomness (dropout) must reuse the same random state,
or the recomputed activations differ. Batch normalisation updates its running statistics twice. Checkpoint whole blocks,
not every layer: $k = 1$ stores everything. A key-value cache must be off. In PyTorch use `torch.utils.checkpoint` with
`use_reentrant=False`.

**References.** Chen, Xu, Zhang and Guestrin, *Training deep nets with sublinear memory cost* (2016), arXiv:1604.06174.
Griewank and Walther, *Algorithm 799: revolve* (2000).
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm

Floats = NDArray[np.float64]


def chain_gradients(weights: Floats, x: Floats, every: int) -> tuple[Floats, int, int]:
    """Gradients of sum(h_L**2) / 2 for h_{l+1} = tanh(W_l h_l), storing each `every`-th input.

    Returns
    -------
    tuple
        Gradients (L, d, d), the most activations held at once, and how many layers were run again.
    """
    L = len(weights)
    kept: dict[int, Floats] = {}
    h = x  # (d,)
    for layer in range(L):
        if layer % every == 0:
            kept[layer] = h
        h = np.tanh(weights[layer] @ h)
    gradients = np.zeros_like(weights)
    d, above, peak, recomputed = h, h, len(kept), 0
    for start in sorted(kept, reverse=True):
        end = min(start + every, L)
        segment = [kept[start]]  # inputs of the layers start..end-1
        for layer in range(start, end - 1):
            segment.append(np.tanh(weights[layer] @ segment[-1]))
            recomputed += 1
        peak = max(peak, len(kept) + len(segment) - 1)
        for layer in range(end - 1, start - 1, -1):
            d = d * (1 - above**2)  # (d,), through tanh
            gradients[layer] = np.outer(d, segment[layer - start])
            d = weights[layer].T @ d
            above = segment[layer - start]
        del kept[start]
    return gradients, peak, recomputed


@algorithm(
    id="gradient-checkpointing",
    name="Gradient checkpointing",
    aliases=("activation recomputation", "activation checkpointing", "rematerialization", "sublinear memory"),
    example={"layers": 64},
)
def gradient_checkpointing(
    layers: Annotated[int, Field(ge=1, le=400)] = 64,
    every: Annotated[int, Field(ge=1, le=400)] | None = None,
    width: Annotated[int, Field(ge=1, le=16)] = 8,
    seed: Seed = 0,
) -> Output:
    """Backpropagate through a chain of layers with and without checkpoints.

    Parameters
    ----------
    layers : int
        Depth L of the chain.
    every : int or None
        Distance k of the checkpoints; by default the rounded square root of L.
    width : int
        Width of each layer.
    seed : int
        Seed of weights and input.

    Returns
    -------
    dict
        ``stored_activations`` at the peak and ``stored_without`` (L); ``memory_share``; ``recomputed_layers``; ``gradient_gap`` between both
        (0); ``every``.

    Examples
    --------
    >>> result = gradient_checkpointing(64, 8)
    >>> result["stored_activations"], result["stored_without"], result["gradient_gap"]
    (15, 64, 0.0)
    """
    k = every if every is not None else max(1, round(layers**0.5))
    rng = np.random.default_rng(seed)
    weights = rng.standard_normal((layers, width, width)) / np.sqrt(width)  # (L, d, d)
    x = rng.standard_normal(width)
    plain, stored_without, _ = chain_gradients(weights, x, 1)
    gradients, stored, recomputed = chain_gradients(weights, x, k)
    return {
        "stored_activations": stored,
        "stored_without": stored_without,
        "memory_share": stored / stored_without,
        "recomputed_layers": recomputed,
        "gradient_gap": float(np.abs(gradients - plain).max()),
        "every": k,
    }
