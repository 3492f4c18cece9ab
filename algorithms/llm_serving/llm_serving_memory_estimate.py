r"""The GPU memory to serve an LLM is estimated from its parameter count and load precision, plus the key-value cache.

$$M = \frac{P \cdot 4\,\text{B}}{32 / Q} \cdot 1.2 = \frac{P\,Q}{8} \cdot 1.2, \qquad
M_{KV} = 2 \cdot L \cdot h_{kv} \cdot d_{head} \cdot \text{bytes} \cdot \text{tokens} \cdot \text{batch}$$

**Intuition.** A parameter takes 4 bytes at 32 bits and $Q / 8$ bytes at $Q$ bits. The factor 1.2 adds 20 percent for
activations and buffers. The cache keeps a key and a value vector for every layer, head and token of every request.

**When to use it.** To choose a card or a precision before downloading anything: 7 billion parameters need 16.8 GB at 16
bits, 8.4 GB at 8 and 4.2 GB at 4; 70 billion need 168 GB at 16 bits and 42 GB at 4.

**Cost.** Arithmetic.

**Pitfalls.** The 20 percent do not cover the KV cache, which can exceed the weights with long contexts or many requests
at once: compute it separately. Grouped-query attention shrinks it by the ratio of heads to key-value heads. A
mixture-of-experts model must hold all experts, not the active ones. Quantised weights carry scales, so 4 bits cost about
4.5 in practice. Training needs several times more: gradients and optimiser states. GB here is $10^9$ bytes, not GiB.

**References.** Kwon et al., *Efficient Memory Management for Large Language Model Serving with PagedAttention*,
arXiv:2309.06180. Shazeer, arXiv:1911.02150, and Ainslie et al., arXiv:2305.13245 (fewer key-value heads).
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from algorithms.registry import Output, algorithm

Layers = Annotated[int, Field(ge=1, le=1_000)]


@algorithm(
    id="llm-serving-memory-estimate",
    name="GPU memory to serve an LLM",
    aliases=(
        "GPU memory",
        "M = P*4B/(32/Q)*1.2",
        "KV cache",
        "KV cache size",
        "VRAM estimate",
        "how much memory does a 7B model need",
    ),
    example={"parameters_billion": 7, "bits": 16},
)
def llm_serving_memory_estimate(
    parameters_billion: Annotated[float, Field(gt=0, le=100_000)] = 7,
    bits: Annotated[float, Field(ge=1, le=64)] = 16,
    overhead: Annotated[float, Field(ge=1, le=10)] = 1.2,
    layers: Layers = 32,
    kv_heads: Layers = 32,
    head_dim: Annotated[int, Field(ge=1, le=4_096)] = 128,
    context_tokens: Annotated[int, Field(ge=0, le=100_000_000)] = 4096,
    batch_size: Annotated[int, Field(ge=1, le=100_000)] = 1,
    kv_bytes: Annotated[float, Field(gt=0, le=8)] = 2,
) -> Output:
    """Memory of weights and key-value cache, in units of 10^9 bytes.

    Parameters
    ----------
    parameters_billion : float
        Parameter count P in billions.
    bits : float
        Bits Q a parameter is loaded with: 32, 16, 8 or 4.
    overhead : float
        Factor on the weights; 1.2 adds 20 percent.
    layers : int
        Transformer layers L; the default and the next two fit a 7B Llama.
    kv_heads : int
        Key-value heads, fewer than query heads under grouped-query attention.
    head_dim : int
        Dimension of a head.
    context_tokens : int
        Tokens kept for each request.
    batch_size : int
        Requests served at once.
    kv_bytes : float
        Bytes of a cached number.

    Returns
    -------
    dict
        ``memory_gb`` = P Q / 8 × overhead, the estimate without cache; ``weights_gb``; ``kv_cache_gb``;
        ``kv_bytes_per_token``; ``total_gb``; ``kv_cache_exceeds_weights``.

    Examples
    --------
    >>> r = llm_serving_memory_estimate(7, 16)
    >>> round(r["memory_gb"], 1), r["kv_bytes_per_token"]
    (16.8, 524288)
    """
    weights = parameters_billion * 4 / (32 / bits)  # GB
    per_token = 2 * layers * kv_heads * head_dim * kv_bytes  # bytes
    cache = per_token * context_tokens * batch_size / 1e9  # GB
    return {
        "memory_gb": weights * overhead,
        "weights_gb": weights,
        "kv_cache_gb": cache,
        "kv_bytes_per_token": per_token,
        "total_gb": weights * overhead + cache,
        "kv_cache_exceeds_weights": cache > weights,
    }
