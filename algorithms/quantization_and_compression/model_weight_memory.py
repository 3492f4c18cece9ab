r"""The memory that a model's weights need is the number of parameters times the bytes of one parameter at the chosen
precision.

$$M = N \cdot \frac{b}{8}\ \text{bytes}, \qquad 1\,\mathrm{GB} = 10^9, \quad 1\,\mathrm{GiB} = 2^{30}$$

**Intuition.** At 7 billion parameters: 28 GB in FP32, 14 GB in FP16 or BF16, 7 GB in INT8, 3.5 GB in 4 bits (26.1,
13.0, 6.5 and 3.26 GiB). The rule of thumb for 16 bits is two gigabytes a billion.

**When to use it.** To see whether a model loads on a device before downloading it.

**Cost.** Arithmetic only.

**Pitfalls.** Weights are not all. Inference adds activations and the key-value cache, which grows with length and
batch. Training with Adam in mixed precision needs about 16 bytes a parameter before activations: for 7B that is 112 GB,
of which the optimizer state alone is 56 GB, a number often quoted as the whole. 13 GB for LLaMA-7B is FP16, not FP32.
Models of 1 to 7 billion weights in 4 bits do fit a Raspberry Pi with 4 to 8 GB; that they cannot is a common error. GPU
memory is sold in GiB: do not mix the units. Quantized formats store scales too.

**References.** Rajbhandari et al., *ZeRO: memory optimizations toward training trillion parameter models* (2019),
arXiv:1910.02054, section 3.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from algorithms.registry import Output, algorithm

PRECISIONS = {"fp32": 32, "fp16": 16, "bf16": 16, "int8": 8, "int4": 4}
ADAM_TRAINING_BYTES = 16  # 2 weight + 2 gradient + 4 master copy + 4 + 4 moments


@algorithm(
    id="model-weight-memory",
    name="Memory needed to load a model at a given precision",
    aliases=(
        "VRAM",
        "7B",
        "bytes per parameter",
        "edge devices",
        "Raspberry Pi",
        "model size in GB",
        "GPU memory for an LLM",
    ),
    example={"parameters": 7_000_000_000, "bits_per_parameter": 16},
)
def model_weight_memory(
    parameters: Annotated[float, Field(ge=1, le=1e16)],
    bits_per_parameter: Annotated[float, Field(gt=0, le=64)] = 16,
    device_gib: Annotated[float, Field(gt=0, le=1e9)] | None = None,
) -> Output:
    """Memory of the weights, at one precision and at the common ones.

    Parameters
    ----------
    parameters : float
        Number of parameters, 7e9 for a 7B model.
    bits_per_parameter : float
        32, 16, 8, 4, or what a quantized format really uses.
    device_gib : float or None
        Memory of a device, to ask whether the weights fit.

    Returns
    -------
    dict
        ``gb`` and ``gib`` of the weights; ``table_gb`` by precision; ``adam_training_gb`` at 16 bytes a parameter, without activations;
        ``fits`` the weights alone in the device, or None.

    Examples
    --------
    >>> model_weight_memory(7e9, 16)["gb"]
    14.0
    """
    size = parameters * bits_per_parameter / 8
    return {
        "gb": size / 1e9,
        "gib": size / 2**30,
        "table_gb": {name: parameters * bits / 8 / 1e9 for name, bits in PRECISIONS.items()},
        "adam_training_gb": parameters * ADAM_TRAINING_BYTES / 1e9,
        "fits": None if device_gib is None else size <= device_gib * 2**30,
    }
