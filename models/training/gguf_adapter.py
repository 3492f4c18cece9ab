"""Writing a low-rank adapter as GGUF, the format that llama.cpp (and so xllamacpp) loads beside a model.

The layout is that of the GGUF specification, version 3. llama.cpp keeps query and key maps of llama models with the two
halves of each head interleaved (its rotary embedding pairs neighbours), so the rows of their B are permuted likewise.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ALIGNMENT = 32
VERSION = 3
FLOAT32_VALUE, STRING_VALUE = 6, 8
"""Types of metadata."""
FLOAT16_TENSOR = 1
NAMES = {
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}
"""Linear maps of a llama layer in transformers, and in llama.cpp."""


def interleave_heads(rows: NDArray[np.float32], heads: int) -> NDArray[np.float32]:
    """Rows (h · d, r) from transformers' order, halves of a head one after the other, to llama.cpp's, which alternates.

    Examples
    --------
    >>> interleave_heads(np.arange(4, dtype=np.float32)[:, None], heads=1).ravel().tolist()
    [0.0, 2.0, 1.0, 3.0]
    """
    half = rows.shape[0] // heads // 2
    return rows.reshape(heads, 2, half, rows.shape[1]).swapaxes(1, 2).reshape(rows.shape)


def adapter_tensors(
    trained: Mapping[str, NDArray[np.float32]], heads: int, key_heads: int
) -> dict[str, NDArray[np.float32]]:
    """Tensors under llama.cpp's names.

    Parameters
    ----------
    trained : mapping
        ``layers.<i>.<map>.lora_a`` (r, in) and ``….lora_b`` (out, r).
    heads, key_heads : int
        Attention heads of queries, and of keys.

    Examples
    --------
    >>> adapter_tensors({"layers.3.mlp.up_proj.lora_a": np.ones((2, 4), dtype=np.float32)}, 1, 1).keys()
    dict_keys(['blk.3.ffn_up.weight.lora_a'])
    """
    tensors = {}
    for name, tensor in trained.items():
        _, layer, path = name.split(".", 2)
        linear, _, side = path.rpartition(".")
        if side == "lora_b" and linear in {"self_attn.q_proj", "self_attn.k_proj"}:
            tensor = interleave_heads(tensor, heads if linear == "self_attn.q_proj" else key_heads)
        tensors[f"blk.{layer}.{NAMES[linear]}.weight.{side}"] = tensor
    return tensors


def write_adapter(file: Path, tensors: Mapping[str, NDArray[np.float32]], alpha: float) -> None:
    """Write a LoRA adapter of a llama model in half precision.

    Parameters
    ----------
    file : Path
        ``.gguf``.
    tensors : mapping
        From `adapter_tensors`.
    alpha : float
        llama.cpp scales by alpha over the rank.
    """
    metadata = b"".join(
        (
            string("general.architecture") + struct.pack("<I", STRING_VALUE) + string("llama"),
            string("general.type") + struct.pack("<I", STRING_VALUE) + string("adapter"),
            string("adapter.type") + struct.pack("<I", STRING_VALUE) + string("lora"),
            string("adapter.lora.alpha") + struct.pack("<If", FLOAT32_VALUE, alpha),
        )
    )
    index, data = bytearray(), bytearray()
    for name, tensor in tensors.items():
        data += b"\0" * (-len(data) % ALIGNMENT)
        extents = tensor.shape[::-1]  # GGUF counts from the fastest axis
        index += string(name) + struct.pack(f"<I{len(extents)}QIQ", len(extents), *extents, FLOAT16_TENSOR, len(data))
        data += np.ascontiguousarray(tensor, dtype="<f2").tobytes()
    head = b"GGUF" + struct.pack("<IQQ", VERSION, len(tensors), 4) + metadata + bytes(index)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(head + b"\0" * (-len(head) % ALIGNMENT) + bytes(data) + b"\0" * (-len(data) % ALIGNMENT))


def string(text: str) -> bytes:
    """A string of GGUF: its length in bytes and UTF-8."""
    data = text.encode()
    return struct.pack("<Q", len(data)) + data
