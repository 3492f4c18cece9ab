r"""QLoRA fine-tunes LoRA adapters in 16 bits on top of a frozen base model whose weights are stored in the 4-bit NF4
format.

$$y = x\, \mathrm{dequant}(q, c)^\top + \frac{\alpha}{r}\, x A^\top B^\top, \qquad
q_i = \arg\min_j \Big|\tfrac{w_i}{c} - \ell_j\Big|, \quad c = \max_{i \in \text{block}} |w_i|$$

**Intuition.** Trained weights are about normal, so the 16 levels $\ell_j$ of NF4 are quantiles of a normal distribution
scaled to $[-1, 1]$: each is used about equally often. A block of 64 weights shares one scale $c$. The base is
dequantized for each product and never trained; the adapters also learn to offset part of the rounding error.

**When to use it.** To fine-tune a model that fits in memory only in 4 bits.

**Cost.** $4 + 32/64 = 4.5$ bits a weight; double quantization of the scales gives 4.127. Steps are slower than LoRA in
16 bits, since weights are unpacked each time.

**Pitfalls.** NF4 saves storage, not arithmetic: products run in 16 bits. Only $A$ and $B$ get gradients. Merging needs
a 16-bit copy of the base, or the merged weights are rounded again. NF4 has an exact zero and is not symmetric: 7 levels
below, 8 above. One outlier coarsens its whole block.

**References.** Dettmers, Pagnoni, Holtzman and Zettlemoyer, *QLoRA: efficient finetuning of quantized LLMs* (2023),
arXiv:2305.14314.
"""

from __future__ import annotations

from statistics import NormalDist
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats
from algorithms.transfer_and_efficient_tuning.lora import fit_adapter

OFFSET = 0.9677083  # the published tail probability: the mean of 1 - 1/30 and 1 - 1/32, rounded


def nf4_levels() -> Floats:
    """The 16 levels: 7 negative and 8 positive normal quantiles around an exact zero, scaled to [-1, 1].

    Examples
    --------
    >>> nf4_levels()[[0, 6, 7, 8, 15]].round(3).tolist()
    [-1.0, -0.091, 0.0, 0.08, 1.0]
    """
    quantile = NormalDist().inv_cdf
    upper = [quantile(p) for p in np.linspace(OFFSET, 0.5, 9)[:-1]]
    lower = [-quantile(p) for p in np.linspace(OFFSET, 0.5, 8)[:-1]]
    return np.sort([*upper, 0.0, *lower]) / max(upper)


def quantize_blocks(w: Floats, levels: Floats, block: int) -> tuple[NDArray[np.int64], Floats, Floats]:
    """Codes (n,), scales (blocks,) and dequantized weights (n,) of a flat array whose size is a multiple of `block`."""
    blocks = w.reshape(-1, block)  # (blocks, block)
    scales = np.abs(blocks).max(axis=1)  # (blocks,)
    unit = blocks / np.where(scales > 0, scales, 1.0)[:, None]
    codes = np.abs(unit[:, :, None] - levels).argmin(axis=2)  # (blocks, block)
    return codes.ravel(), scales, (levels[codes] * scales[:, None]).ravel()


@algorithm(
    id="qlora",
    name="QLoRA: 4-bit base with LoRA adapters",
    aliases=("NF4", "NormalFloat4", "4-bit fine-tuning", "double quantization"),
    example={"rank": 4, "quantization": "nf4"},
    cost="trains",
)
def qlora(
    rank: Annotated[int, Field(ge=1, le=16)] = 4,
    quantization: Literal["nf4", "int4"] = "nf4",
    block: Literal[16, 32, 64] = 64,
    steps: Annotated[int, Field(ge=1, le=1000)] = 400,
    seed: Seed = 0,
) -> Output:
    """Quantize a 32 × 32 layer to 4 bits and train an adapter on it for a new task.

    Parameters
    ----------
    rank : int
        Rank of the adapter.
    quantization : {"nf4", "int4"}
        Levels: normal quantiles, or 15 evenly spaced ones.
    block : {16, 32, 64}
        Weights that share a scale.
    steps : int
        Training steps.
    seed : int
        Seed of weights, task and start.

    Returns
    -------
    dict
        ``loss_before`` with the quantized base alone, ``loss_after``; ``weight_error`` relative root mean square of the rounding;
        ``bits_per_weight`` with 32-bit scales and ``bits_per_weight_double_quantized``; ``trainable_parameters``, ``base_parameters``;
        ``codes_change`` of the frozen base (0); ``level_usage`` (16,).

    Examples
    --------
    >>> result = qlora(steps=100)
    >>> result["bits_per_weight"], result["trainable_parameters"], result["codes_change"]
    (4.5, 256, 0)
    """
    rng = np.random.default_rng(seed)
    size = 32
    W = rng.standard_normal((size, size)) / np.sqrt(size)
    levels = nf4_levels() if quantization == "nf4" else np.arange(-7, 8) / 7.0
    codes, _scales, flat = quantize_blocks(W.ravel(), levels, block)
    W4 = flat.reshape(size, size)  # what the forward pass sees
    before = W4.copy()
    needed = rng.standard_normal((size, 2)) @ rng.standard_normal((2, size)) / size
    x = rng.standard_normal((256, size))  # (n, k)
    _, _, losses = fit_adapter(W4, x, x @ (W + needed).T, rank, 2.0, steps, 0.01, rng)
    return {
        "loss_before": losses[0],
        "loss_after": losses[-1],
        "weight_error": float(np.sqrt(((W - before) ** 2).mean() / (W**2).mean())),
        "bits_per_weight": 4 + 32 / block,
        "bits_per_weight_double_quantized": 4 + 8 / block + 32 / (block * 256),
        "trainable_parameters": rank * 2 * size,
        "base_parameters": size * size,
        "codes_change": int((quantize_blocks(W4.ravel(), levels, block)[0] != codes).sum()),
        "level_usage": np.bincount(codes, minlength=16),
    }
