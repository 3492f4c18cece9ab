r"""INT4 quantization stores weights as 4-bit integers in small groups, each with its own scale, as the format q4_0 of
llama.cpp does.

$$d = \frac{x_{i^*}}{-8},\ i^* = \arg\max_i |x_i|, \qquad q_i = \min\!\big(15, \lfloor x_i / d + 8.5 \rfloor\big), \qquad \hat x_i = d\,(q_i - 8)$$

**Intuition.** Sixteen levels are few, so the scale must fit locally: 32 neighbours share one. The weight of largest
magnitude is mapped exactly to the code 0, which stands for $-8d$. Two codes fit in a byte.

**When to use it.** To run language models on laptops and phones. Weights only; products are computed in higher
precision.

**Cost.** $4 + b_{\text{scale}} / g$ bits a weight for groups of $g$: 5 with 32-bit scales and $g = 32$, 4.5 with 16-bit
ones.

**Pitfalls.** For LLaMA-7B (6.738 billion weights), 13 GB is the size in FP16 (13.5 GB; 12.55 GiB), often taken for
FP32, which is 27 GB. The quoted 3.9 GB is q4_0 with 32-bit scales, 5 bits a weight; pure 4-bit would be 3.14 GiB. So
models of 1 to 7 billion weights do fit a Raspberry Pi with 4 to 8 GB, slowly; the denial is a common error. An Arduino
has kilobytes. The weight opposite in sign to the maximum may be clipped by a whole step. Small models lose more quality
than large ones.

**References.** Frantar et al., *GPTQ* (2022), arXiv:2210.17323. Dettmers and Zettlemoyer, *The case for 4-bit
precision* (2022), arXiv:2212.09720. The llama.cpp project.
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.registry import Output, algorithm

Weight = Annotated[float, Field(ge=-1e6, le=1e6)]


def pack_nibbles(codes: NDArray[np.int64]) -> bytes:
    """Two codes of 0 to 15 a byte, the first in the low half; an odd end is filled with zero.

    Examples
    --------
    >>> pack_nibbles(np.array([1, 15, 2])).hex()
    'f102'
    """
    padded = np.append(codes, 0) if len(codes) % 2 else codes
    return (padded[0::2] | padded[1::2] << 4).astype(np.uint8).tobytes()


def unpack_nibbles(data: bytes, n: int) -> NDArray[np.int64]:
    """The first n codes of packed bytes."""
    pairs = np.frombuffer(data, dtype=np.uint8).astype(np.int64)
    return np.stack([pairs & 15, pairs >> 4], axis=1).ravel()[:n]


@algorithm(
    id="int4-quantization",
    name="4-bit weight quantization",
    aliases=("INT4", "q4_0", "group quantization", "4-bit quantization", "GGML q4_0", "4-bit LLaMA"),
    example={"weights": [0.1, -0.8, 0.35, 0.7, -0.05, 0.2, -0.4, 0.0]},
)
def int4_quantization(
    weights: Annotated[list[Weight], Field(min_length=1, max_length=1024)],
    group_size: Annotated[int, Field(ge=1, le=1024)] = 32,
    scale_bits: Literal[0, 16, 32] = 32,
    parameters: Annotated[int, Field(ge=1, le=10**15)] = 6_738_000_000,
) -> Output:
    """Quantize weights in groups and give the memory of a whole model.

    Parameters
    ----------
    weights : list of float, length n
        Weights; the last group may be shorter.
    group_size : int
        Weights that share a scale.
    scale_bits : {0, 16, 32}
        Bits of a stored scale, 0 to count the codes alone; the arithmetic here is not rounded.
    parameters : int
        Weights of the model whose memory is asked for; the default is LLaMA-7B.

    Returns
    -------
    dict
        ``codes`` (n,) in 0..15; ``scales`` a group; ``dequantized`` (n,); ``max_error``; ``packed_hex`` bytes of the codes (first 64);
        ``bits_per_weight``; ``model_gb``, ``model_gib`` at this precision; ``fp16_gib`` and ``fp32_gib``.

    Examples
    --------
    >>> result = int4_quantization([-0.8, 0.4, 0.1])
    >>> result["codes"].tolist(), result["bits_per_weight"], round(result["model_gib"], 2)
    ([0, 12, 9], 5.0, 3.92)
    """
    x = np.asarray(weights, dtype=np.float64)  # (n,)
    codes, restored, scales = np.zeros(len(x), dtype=np.int64), np.zeros_like(x), []
    for start in range(0, len(x), group_size):
        group = x[start : start + group_size]  # (g,)
        d = float(group[np.abs(group).argmax()]) / -8 or 1.0
        q = np.minimum(15, np.floor(group / d + 8.5)).astype(np.int64)
        codes[start : start + group_size], restored[start : start + group_size] = q, d * (q - 8)
        scales.append(d)
    bits = 4 + scale_bits / group_size
    return {
        "codes": codes,
        "scales": scales[:50],
        "dequantized": restored,
        "max_error": float(np.abs(restored - x).max()),
        "packed_hex": pack_nibbles(codes)[:64].hex(),
        "bits_per_weight": bits,
        "model_gb": parameters * bits / 8 / 1e9,
        "model_gib": parameters * bits / 8 / 2**30,
        "fp16_gib": parameters * 2 / 2**30,
        "fp32_gib": parameters * 4 / 2**30,
    }
