r"""Prefix tuning adapts a frozen Transformer by training a few vectors that are prepended to the keys and values of
attention.

$$\mathrm{head}(q) = \mathrm{softmax}\!\Big(\tfrac{1}{\sqrt d}\, q\,[P_K;\, K]^\top\Big)\,[P_V;\, V]$$

where only the prefixes $P_K, P_V \in \mathbb{R}^{p \times d}$ are trained.

**Intuition.** Virtual tokens that no word stands for steer the attention of all real tokens. Prompt tuning trains such
vectors in the input layer only; prefix tuning has its own in each layer, which is more expressive. P-tuning computes
them with a small network.

**When to use it.** To serve many tasks with one frozen model: a task is a small file, and requests of different tasks
fit in one batch.

**Cost.** $2 L p d$ trained numbers for $L$ layers. The usable sequence length drops by $p$, and attention gets $p$ more
keys.

**Pitfalls.** Training is sensitive to start and learning rate; starting from embeddings of real words is steadier than
random. A longer prefix is not always better: quality peaks and then falls. The prefix only reweights and shifts
attention, so tasks far from pretraining need more. Virtual vectors are not readable words. Give prefix keys no causal
mask: all positions see them.

**References.** Li and Liang, *Prefix-tuning: optimizing continuous prompts for generation* (2021), arXiv:2101.00190.
Lester, Al-Rfou and Constant, *The power of scale for parameter-efficient prompt tuning* (2021), arXiv:2104.08691.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.activations.softmax import softmax_along
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats
from algorithms.toy_networks import Adam


def attend(Q: Floats, K: Floats, V: Floats, PK: Floats, PV: Floats) -> tuple[Floats, Floats]:
    """Output (n, d) and weights (n, p + s) of attention over prefix and sequence."""
    weights = softmax_along(Q @ np.concatenate([PK, K]).T / np.sqrt(Q.shape[1]))  # (n, p + s)
    return weights @ np.concatenate([PV, V]), weights


def prefix_gradients(
    Q: Floats, K: Floats, V: Floats, PK: Floats, PV: Floats, target: Floats
) -> tuple[float, list[Floats]]:
    """Mean squared error against `target` and its gradients with respect to PK and PV."""
    out, weights = attend(Q, K, V, PK, PV)
    p = len(PK)
    residual = out - target  # (n, d)
    d_out = 2 * residual / residual.size
    d_weights = d_out @ np.concatenate([PV, V]).T  # (n, p + s)
    d_scores = weights * (d_weights - (weights * d_weights).sum(axis=1, keepdims=True))
    return float((residual**2).mean()), [d_scores[:, :p].T @ Q / np.sqrt(Q.shape[1]), weights[:, :p].T @ d_out]


@algorithm(
    id="prefix-tuning",
    name="Prefix tuning",
    aliases=("soft prompt", "P-tuning", "prompt tuning", "virtual tokens"),
    example={"prefix_length": 4},
    cost="trains",
)
def prefix_tuning(
    prefix_length: Annotated[int, Field(ge=1, le=32)] = 4,
    d: Annotated[int, Field(ge=2, le=32)] = 8,
    layers: Annotated[int, Field(ge=1, le=1000)] = 12,
    max_length: Annotated[int, Field(ge=33, le=10_000_000)] = 1024,
    steps: Annotated[int, Field(ge=1, le=1000)] = 400,
    seed: Seed = 0,
) -> Output:
    """Steer one frozen attention head with a trained prefix.

    Parameters
    ----------
    prefix_length : int
        Number p of virtual tokens.
    d : int
        Width of the head.
    layers : int
        Layers of the model, for the count of parameters.
    max_length : int
        Longest sequence of the model.
    steps : int
        Training steps.
    seed : int
        Seed of head, task and start.

    Returns
    -------
    dict
        ``loss_before``, ``loss_after``; ``prefix_attention`` mean share of attention on the prefix after training; ``trainable_parameters`` =
        2 · layers · p · d; ``usable_length`` = max_length - p.

    Examples
    --------
    >>> result = prefix_tuning(prefix_length=4, steps=100)
    >>> result["trainable_parameters"], result["usable_length"]
    (768, 1020)
    """
    rng = np.random.default_rng(seed)
    Q, K, V = (rng.standard_normal((n, d)) for n in (48, 12, 12))
    wanted = [1.5 * rng.standard_normal((2, d)) for _ in range(2)]
    target = attend(Q, K, V, *wanted)[0]  # the task is reachable with two virtual tokens
    prefix = [0.5 * rng.standard_normal((prefix_length, d)) for _ in range(2)]
    optimizer, losses = Adam(0.05), []
    for _ in range(steps):
        loss, grads = prefix_gradients(Q, K, V, prefix[0], prefix[1], target)
        losses.append(loss)
        optimizer.step(prefix, grads)
    out, weights = attend(Q, K, V, prefix[0], prefix[1])
    return {
        "loss_before": losses[0],
        "loss_after": float(((out - target) ** 2).mean()),
        "prefix_attention": float(weights[:, :prefix_length].sum(axis=1).mean()),
        "trainable_parameters": 2 * layers * prefix_length * d,
        "usable_length": max_length - prefix_length,
    }
