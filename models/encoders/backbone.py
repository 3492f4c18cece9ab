"""The backbone as the recipes see it: a tokenizer, the layers below that stay fixed, and the layers above.

The forward pass of a BERT layer (Devlin et al., arXiv:1810.04805) is written out, without dropout: two cores train it about
twice as fast with plain matrix products in bf16 as through the fused attention, whose backward pass is slow for heads of
32 dimensions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from torch import Tensor

MASKED = -1e4
"""Added to the attention scores of padding; finite, since a row of minus infinities would give NaN in bf16."""


@dataclass
class Backbone:
    """A BERT model and its tokenizer.

    Attributes
    ----------
    tokenizer : tokenizers.Tokenizer
        Neither cuts nor pads.
    model : transformers.BertModel
        Weights in float32.
    folder : Path
        Where they came from.
    """

    tokenizer: Any
    model: Any
    folder: Path

    @property
    def layers(self) -> Any:
        """The transformer layers, lowest first."""
        return self.model.encoder.layer


def load_backbone(folder: Path) -> Backbone:
    """Read a BERT model in float32."""
    from tokenizers import Tokenizer
    from transformers import BertModel

    from models.encoders.bundled import quiet_loading

    quiet_loading()
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    model = BertModel.from_pretrained(str(folder), local_files_only=True, add_pooling_layer=False).float().eval()
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    return Backbone(tokenizer, model, folder)


def token_ids(backbone: Backbone, texts: Sequence[str], longest: int) -> list[NDArray[np.int32]]:
    """Ids of each text with its special tokens, cut to `longest` while training only."""
    return [
        np.asarray(e.ids if len(e.ids) <= longest else [*e.ids[: longest - 1], e.ids[-1]], dtype=np.int32)
        for e in backbone.tokenizer.encode_batch(list(texts))
    ]


def attention_bias(mask: Tensor, dtype: Any) -> Tensor:
    """What is added to attention scores (b, 1, 1, t): 0 for tokens, a large negative number for padding."""
    return ((1 - mask[:, None, None, :].to(dtype)) * MASKED).to(dtype)


def layer_forward(layer: Any, hidden: Tensor, bias: Tensor) -> Tensor:
    """One post-norm BERT layer: hidden states (b, t, d) to (b, t, d).

    Parameters
    ----------
    layer : BertLayer
        Its linear maps may be wrapped by adapters.
    hidden : (b, t, d) tensor
        States.
    bias : (b, 1, 1, t) tensor
        From `attention_bias`.
    """
    import torch

    heads = layer.attention.self
    b, t, d = hidden.shape
    h = heads.num_attention_heads
    q = heads.query(hidden).view(b, t, h, d // h).transpose(1, 2)  # (b, h, t, d/h)
    k = heads.key(hidden).view(b, t, h, d // h).transpose(1, 2)
    v = heads.value(hidden).view(b, t, h, d // h).transpose(1, 2)
    scores = (q * (d // h) ** -0.5) @ k.transpose(-1, -2) + bias  # (b, h, t, t)
    mixed = (scores.softmax(-1) @ v).transpose(1, 2).reshape(b, t, d)  # (b, t, d)
    out = layer.attention.output
    hidden = out.LayerNorm(out.dense(mixed) + hidden)
    inner = torch.nn.functional.gelu(layer.intermediate.dense(hidden))  # (b, t, 4d)
    return layer.output.LayerNorm(layer.output.dense(inner) + hidden)  # type: ignore[no-any-return]


def embed(backbone: Backbone, ids: Tensor) -> Tensor:
    """Input embeddings (b, t, d) of token ids (b, t)."""
    return backbone.model.embeddings(input_ids=ids)  # type: ignore[no-any-return]


def pad(rows: Sequence[NDArray[np.int32]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Ids and mask (b, t) of rows of different length.

    Examples
    --------
    >>> ids, mask = pad([np.array([5, 6, 7], dtype=np.int32), np.array([8], dtype=np.int32)])
    >>> ids.tolist(), mask.tolist()
    ([[5, 6, 7], [8, 0, 0]], [[1, 1, 1], [1, 0, 0]])
    """
    width = max(len(row) for row in rows)
    ids = np.zeros((len(rows), width), dtype=np.int64)
    mask = np.zeros((len(rows), width), dtype=np.int64)
    for i, row in enumerate(rows):
        ids[i, : len(row)] = row
        mask[i, : len(row)] = 1
    return ids, mask
