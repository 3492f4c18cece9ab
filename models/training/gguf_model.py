"""A llama model out of a GGUF file, unpacked to full precision so that it can be trained beside.

transformers reads such files too, but wants a further package for it and takes the way over a state of all tensors; here each
is unpacked by the ``gguf`` package into its place. Query and key maps are put back into transformers' order.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import BackendUnavailable, MissingDependency

LAYER_NAMES = {
    "attn_norm": "input_layernorm",
    "ffn_norm": "post_attention_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
OUTER_NAMES = {"token_embd": "model.embed_tokens", "output_norm": "model.norm", "output": "lm_head"}


def parted_halves(rows: NDArray[np.float32], heads: int) -> NDArray[np.float32]:
    """Rows (h · d, …) from llama.cpp's alternating order to transformers', halves of a head one after the other.

    Examples
    --------
    >>> parted_halves(np.array([[0.0], [2.0], [1.0], [3.0]], dtype=np.float32), heads=1).ravel().tolist()
    [0.0, 1.0, 2.0, 3.0]
    """
    half = rows.shape[0] // heads // 2
    return rows.reshape(heads, half, 2, rows.shape[1]).swapaxes(1, 2).reshape(rows.shape)


def transformers_name(name: str) -> str:
    """Name of a tensor in transformers.

    Raises
    ------
    KeyError
        If a llama model has no such tensor.

    Examples
    --------
    >>> transformers_name("blk.3.attn_q.weight"), transformers_name("output_norm.weight")
    ('model.layers.3.self_attn.q_proj.weight', 'model.norm.weight')
    """
    if name.startswith("blk."):
        _, layer, part, kind = name.split(".")
        return f"model.layers.{layer}.{LAYER_NAMES[part]}.{kind}"
    part, kind = name.split(".")
    return f"{OUTER_NAMES[part]}.{kind}"


def read_llama(file: Path) -> Any:
    """A LlamaForCausalLM in float32.

    Raises
    ------
    MissingDependency
        If the ``gguf`` package is not installed.
    BackendUnavailable
        If the file holds no llama model.
    """
    try:
        from gguf import GGUFReader
        from gguf.quants import dequantize
    except ImportError as error:
        raise MissingDependency(
            f"{file.name} cannot be read", fix="`pip install gguf`, or give a model folder as base"
        ) from error
    import torch
    from transformers import LlamaForCausalLM

    try:
        reader = GGUFReader(file)
        config = llama_config(reader)
    except (OSError, ValueError, KeyError) as error:
        raise BackendUnavailable(f"{file} cannot be loaded: {error}", fix="give the file of a llama model") from error
    model = LlamaForCausalLM(config)
    heads = {"attn_q": config.num_attention_heads, "attn_k": config.num_key_value_heads}
    state = {}
    for tensor in reader.tensors:
        if tensor.name == "rope_freqs.weight":
            continue
        values = np.asarray(dequantize(tensor.data, tensor.tensor_type), dtype=np.float32)
        part = tensor.name.split(".")[-2]
        if part in heads:
            values = parted_halves(values, heads[part])
        state[transformers_name(tensor.name)] = torch.from_numpy(values.copy())
    missing, unknown = model.load_state_dict(state, strict=False)
    if unknown or set(missing) - {"lm_head.weight"}:
        raise BackendUnavailable(f"{file} lacks {missing or unknown}", fix="give the file of a llama model")
    model.tie_weights()
    return model


def llama_config(reader: Any) -> Any:
    """Configuration from a file's metadata.

    Raises
    ------
    KeyError
        If it is not that of a llama model.
    """
    from transformers import LlamaConfig

    def value(name: str) -> Any:
        return reader.fields[f"llama.{name}"].contents()

    width, heads = int(value("embedding_length")), int(value("attention.head_count"))
    tensors = {tensor.name: tensor for tensor in reader.tensors}
    return LlamaConfig(
        vocab_size=int(tensors["token_embd.weight"].shape[1]),
        hidden_size=width,
        intermediate_size=int(value("feed_forward_length")),
        num_hidden_layers=int(value("block_count")),
        num_attention_heads=heads,
        num_key_value_heads=int(value("attention.head_count_kv")),
        rms_norm_eps=float(value("attention.layer_norm_rms_epsilon")),
        rope_parameters={"rope_type": "default", "rope_theta": float(value("rope.freq_base"))},
        max_position_embeddings=int(value("context_length")),
        tie_word_embeddings="output.weight" not in tensors,
        bos_token_id=None,
        eos_token_id=None,
    )
