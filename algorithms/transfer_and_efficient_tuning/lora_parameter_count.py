r"""The LoRA parameter count compares the numbers trained by low-rank adapters with those of full fine-tuning, in
parameters and in bytes.

$$N_{\text{LoRA}} = L\, m\, r\,(d + k) \qquad\text{against}\qquad N_{\text{full}} = L\, m\, d\, k$$

for $m$ adapted matrices of size $d \times k$ in each of $L$ layers.

**Intuition.** A thin pair of rank $r$ replaces a full matrix. For one matrix of $4096 \times 4096$ and $r = 8$ this is
65,536 numbers against 16,777,216, or 0.39%. For GPT-3 with $r = 4$ on the query and value matrices: $96 \cdot 2 \cdot 4
\cdot 2 \cdot 12288 = 18{,}874{,}368$ numbers, 36 MiB in half precision, against a full checkpoint of $175 \cdot 10^9
\cdot 2$ bytes = 350 GB: about 10,000 times smaller.

**When to use it.** To choose rank and matrices, and to plan disk for many adapters.

**Cost.** Arithmetic only.

**Pitfalls.** The memory of training does not shrink by the same factor: the frozen weights and the activations stay
(1.2 TB to 350 GB in the paper, 3.4 times). What falls away is gradient and optimizer state of the frozen weights.
Square matrices give the ratio $2r/d$; it is not $r/d$. MB and MiB differ by 5%. Biases and norms, if trained too, come
on top.

**References.** Hu et al., *LoRA* (2021), arXiv:2106.09685, sections 4.2 and 5.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from algorithms.registry import Output, algorithm

Width = Annotated[int, Field(ge=1, le=1_000_000)]


@algorithm(
    id="lora-parameter-count",
    name="LoRA parameter and memory savings",
    aliases=("trainable parameters", "LoRA memory", "LoRA parameters", "how many parameters does LoRA train"),
    example={"d": 4096, "k": 4096, "r": 8},
)
def lora_parameter_count(
    d: Width,
    k: Width,
    r: Annotated[int, Field(ge=1, le=100_000)] = 8,
    matrices_per_layer: Annotated[int, Field(ge=1, le=1000)] = 1,
    layers: Annotated[int, Field(ge=1, le=10_000)] = 1,
    bytes_per_parameter: Annotated[float, Field(gt=0, le=8)] = 2,
    model_parameters: Annotated[int, Field(ge=1, le=10**15)] | None = None,
) -> Output:
    """Trained numbers and checkpoint sizes with and without LoRA.

    Parameters
    ----------
    d : int
        Rows of each adapted matrix.
    k : int
        Columns of each adapted matrix.
    r : int
        Rank of the adapters.
    matrices_per_layer : int
        Adapted matrices in a layer, 2 for query and value.
    layers : int
        Number of layers.
    bytes_per_parameter : float
        2 for half precision, 4 for single.
    model_parameters : int or None
        Parameters of the whole model, to compare with a full checkpoint; by default the adapted matrices only.

    Returns
    -------
    dict
        ``lora_parameters``; ``full_parameters``; ``percent`` trained; ``reduction_factor``; ``lora_bytes``, ``lora_mib``,
        ``full_bytes``, ``full_gb``.

    Examples
    --------
    >>> result = lora_parameter_count(4096, 4096, 8)
    >>> result["lora_parameters"], result["full_parameters"], round(result["percent"], 2)
    (65536, 16777216, 0.39)
    """
    small = layers * matrices_per_layer * r * (d + k)
    full = model_parameters if model_parameters is not None else layers * matrices_per_layer * d * k
    return {
        "lora_parameters": small,
        "full_parameters": full,
        "percent": 100 * small / full,
        "reduction_factor": full / small,
        "lora_bytes": small * bytes_per_parameter,
        "lora_mib": small * bytes_per_parameter / 2**20,
        "full_bytes": full * bytes_per_parameter,
        "full_gb": full * bytes_per_parameter / 1e9,
    }
