r"""Mixed-precision training computes in 16-bit floating point, keeps a 32-bit master copy of the weights, and scales
the loss so that small gradients survive.

$$\tilde g = \mathrm{fp16}\big(\nabla (S \cdot L)\big), \qquad \theta_{32} \leftarrow \theta_{32} - \eta\, \tilde g / S$$

**Intuition.** FP16 reaches from $6 \cdot 10^{-8}$ (smallest subnormal) to 65,504. Many gradients are smaller and become
zero. Multiplying the loss by $S$ multiplies all gradients by $S$ and moves them into range; dividing in 32 bits undoes
it. The master copy is needed because $1 + 0.0001$ rounds to 1 in FP16: steps smaller than half a unit in the last place
are lost.

**When to use it.** On every GPU with 16-bit units. BF16 has the range of FP32 with 8 significant bits and needs no loss
scaling; prefer it where it exists.

**Cost.** Half the memory traffic of activations, several times faster products. Weights take 2 + 4 bytes.

**Pitfalls.** Too large a scale overflows to infinity: skip the step and halve $S$, as dynamic scaling does. Unscale
before clipping. Keep softmax, normalisation and sums in FP32. BF16 is coarser than FP16: about 3 against 4 decimal
digits. Half precision alone, without master weights, stalls.

**References.** Micikevicius et al., *Mixed precision training* (2017), arXiv:1710.03740. Kalamkar et al., *A study of
BFLOAT16* (2019), arXiv:1905.12322.
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.registry import Output, algorithm

Floats = NDArray[np.float64]
Gradient = Annotated[float, Field(ge=-1e6, le=1e6)]


def round_to(values: Floats, precision: Literal["fp16", "bf16", "fp32"]) -> Floats:
    """Nearest numbers of a format, ties to even; infinity where it overflows.

    Examples
    --------
    >>> round_to(np.array([1e-8, 1.0001, 70000.0]), "fp16").tolist()
    [0.0, 1.0, inf]
    """
    with np.errstate(over="ignore", under="ignore"):
        single = values.astype(np.float32)
        if precision == "fp32":
            return single.astype(np.float64)
        if precision == "fp16":
            return values.astype(np.float16).astype(np.float64)
    bits = single.view(np.uint32).astype(np.uint64)
    kept = (bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF0000  # round to nearest even at bit 16
    return kept.astype(np.uint32).view(np.float32).astype(np.float64)


@algorithm(
    id="mixed-precision-training",
    name="Mixed-precision training (loss scaling)",
    aliases=("FP16", "BF16", "AMP", "loss scaling", "half precision", "automatic mixed precision", "master weights"),
    example={"gradients": [1e-8, 3e-8, 1e-6, 0.001, -2.0], "loss_scale": 1024.0, "precision": "fp16"},
)
def mixed_precision_training(
    gradients: Annotated[list[Gradient], Field(min_length=1, max_length=1024)],
    loss_scale: Annotated[float, Field(gt=0, le=1e9)] = 1024.0,
    precision: Literal["fp16", "bf16", "fp32"] = "fp16",
    update: Annotated[float, Field(ge=0, le=0.1)] = 1e-4,
    steps: Annotated[int, Field(ge=1, le=5000)] = 1000,
) -> Output:
    """What becomes of gradients in a format, with and without loss scaling, and of many small updates of a weight.

    Parameters
    ----------
    gradients : list of float, length n
        True gradients.
    loss_scale : float
        Factor S of the loss.
    precision : {"fp16", "bf16", "fp32"}
        Format of the backward pass.
    update : float
        An update that is added again and again to a weight that starts at 1.
    steps : int
        Number of these updates.

    Returns
    -------
    dict
        ``unscaled`` (n,) gradients as stored without scaling; ``restored`` (n,) with scaling, divided by S in 32 bits; ``underflow`` shares of non-zero
        gradients that became 0 (without, with scaling); ``overflow`` whether the scaled gradients overflow, so that the step is skipped;
        ``weight_16_bit`` and ``weight_master`` after all updates; ``largest`` and ``smallest`` positive numbers of the format.

    Examples
    --------
    >>> result = mixed_precision_training([1e-8, 1e-3], loss_scale=1024)
    >>> result["underflow"], result["largest"]
    ([0.5, 0.0], 65504.0)
    """
    g = np.asarray(gradients, dtype=np.float64)  # (n,)
    unscaled, scaled = round_to(g, precision), round_to(g * loss_scale, precision)
    nonzero = max(1, int((g != 0).sum()))
    overflow = bool(np.isinf(scaled).any())
    low = master = np.array([1.0])
    for _ in range(steps):
        low = round_to(low + update, precision)
        master = round_to(master + update, "fp32")
    limits = {
        "fp16": (65504.0, 2.0**-24),
        "bf16": (float(round_to(np.array([3.3895e38]), "bf16")[0]), 2.0**-133),
        "fp32": (float(np.finfo(np.float32).max), 2.0**-149),
    }
    return {
        "unscaled": unscaled[:50],
        "restored": scaled[:50] / loss_scale,
        "underflow": [float(((side == 0) & (g != 0)).sum() / nonzero) for side in (unscaled, scaled)],
        "overflow": overflow,
        "weight_16_bit": float(low[0]),
        "weight_master": float(master[0]),
        "largest": limits[precision][0],
        "smallest": limits[precision][1],
    }
