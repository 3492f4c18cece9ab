r"""INT8 quantization after training stores each weight as an 8-bit integer and one scale, here by the absmax or the
zero-point rule.

$$\text{absmax:}\quad s = \frac{\max_i |x_i|}{2^{b-1} - 1}, \quad q_i = \mathrm{round}(x_i / s), \quad \hat x_i = s\, q_i$$

$$\text{zero-point:}\quad s = \frac{\max x - \min x}{2^b - 1}, \quad z = \mathrm{round}(-\min x / s), \quad q_i = \mathrm{round}(x_i / s) + z$$

**Intuition.** A ruler with 255 marks is laid over the range of the weights. Rounding to the nearest mark is wrong by at
most half a step: $|\hat x_i - x_i| \le s / 2$.

**When to use it.** To halve the memory of a 16-bit model, and for fast integer products on hardware that has them.
Weights alone need no data; activations need a calibration set or scales computed on the fly.

**Cost.** One pass over the weights; no training.

**Pitfalls.** One outlier widens every step: use a scale for each row or channel, or keep outlier columns in 16 bits as
LLM.int8() does. Symmetric 8-bit uses -127 to 127; -128 stays unused. With transformers load through
`BitsAndBytesConfig(load_in_8bit=True)`, or use `torch.ao.quantization.quantize_dynamic`; a module
`transformers.quantization_utils`, which some guides import, does not exist. Rounding half to even and half up differ on
ties.

**References.** Jacob et al. (2017), arXiv:1712.05877. Dettmers et al., *LLM.int8()* (2022), arXiv:2208.07339.
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from algorithms.registry import Output, algorithm

Weight = Annotated[float, Field(ge=-1e6, le=1e6)]


@algorithm(
    id="int8-quantization",
    name="Post-training INT8 quantization",
    aliases=("INT8", "absmax", "post-training quantization", "PTQ", "zero-point quantization", "8-bit quantization"),
    example={"weights": [-1.0, 0.5, 0.25]},
)
def int8_quantization(
    weights: Annotated[list[Weight], Field(min_length=1, max_length=1024)],
    method: Literal["absmax", "zero-point"] = "absmax",
    bits: Annotated[int, Field(ge=2, le=8)] = 8,
) -> Output:
    """Quantize and restore a vector of weights.

    Parameters
    ----------
    weights : list of float, length n
        Weights that share one scale.
    method : {"absmax", "zero-point"}
        Symmetric around zero, or from minimum to maximum.
    bits : int
        Width of the integers.

    Returns
    -------
    dict
        ``codes`` (n,) integers; ``scale``; ``zero_point``; ``dequantized`` (n,); ``max_error``, at most scale / 2 for absmax;
        ``compression`` against 32 bits.

    Examples
    --------
    >>> int8_quantization([-1.0, 0.5, 0.25])["codes"].tolist()
    [-127, 64, 32]
    """
    x = np.asarray(weights, dtype=np.float64)  # (n,)
    if method == "absmax":
        top = 2 ** (bits - 1) - 1
        scale = float(np.abs(x).max()) / top or 1.0
        zero = 0
        codes = np.clip(np.round(x / scale), -top, top)  # (n,)
    else:
        top = 2**bits - 1
        low, high = min(0.0, float(x.min())), max(0.0, float(x.max()))  # so that zero has an exact code
        scale = (high - low) / top or 1.0
        zero = round(-low / scale)
        codes = np.clip(np.round(x / scale) + zero, 0, top)  # (n,)
    restored = (codes - zero) * scale  # (n,)
    return {
        "codes": codes.astype(np.int64),
        "scale": scale,
        "zero_point": zero,
        "dequantized": restored,
        "max_error": float(np.abs(restored - x).max()),
        "compression": 32 / bits,
    }
