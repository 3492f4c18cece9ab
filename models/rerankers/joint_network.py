"""A cross-encoder whose lower layers read query and passage apart and whose upper layers read them together.

The split is that of PreTTR (MacAvaney et al., arXiv:2004.14255) and DeFormer (Cao et al., arXiv:2005.00697). It suits a
backbone that was trained to embed sentences: what reaches the joint layers is already comparable, so that little training
teaches them to compare. Two heads share one trunk: relevance (a correction of the fused ranking) and support (whether the
passage says what the query asks or states).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from models.encoders.backbone import Backbone, attention_bias, embed, layer_forward, pad

if TYPE_CHECKING:
    from torch import Tensor

HEAD_WIDTH = 128
HEADS = ("relevance", "support")


class JointNetwork:
    """Trunk and heads.

    Parameters
    ----------
    backbone : Backbone
        Used as it is: its joint layers may hold adapters.
    joint : int
        Upper layers that read both texts.
    """

    def __init__(self, backbone: Backbone, joint: int, seed: int = 0) -> None:
        import torch

        self.backbone = backbone
        self.joint = joint
        width = int(backbone.model.config.hidden_size)
        torch.manual_seed(seed)
        self.segment = torch.nn.Parameter(torch.zeros(2, width))
        last = torch.nn.Linear(HEAD_WIDTH, len(HEADS))
        torch.nn.init.zeros_(last.weight)
        torch.nn.init.zeros_(last.bias)
        self.head = torch.nn.Sequential(torch.nn.Linear(3 * width, HEAD_WIDTH), torch.nn.GELU(), last)

    def head_tensors(self) -> dict[str, Any]:
        """The parameters beside the backbone's, by name."""
        return {"segment": self.segment, **{f"head.{name}": p for name, p in self.head.named_parameters()}}

    def load_heads(self, tensors: Mapping[str, Tensor]) -> None:
        """Take over the heads' parameters from `tensors`."""
        import torch

        with torch.no_grad():
            for name, parameter in self.head_tensors().items():
                parameter.copy_(tensors[name])

    def lower(self, texts: Sequence[NDArray[np.int32]], device: str, dtype: Any) -> tuple[Tensor, Tensor]:
        """States (b, t, d) of texts read apart, and their mask (b, t)."""
        import torch

        ids, mask = pad(texts)
        on = torch.from_numpy(mask).to(device)
        bias = attention_bias(on, dtype)
        hidden = embed(self.backbone, torch.from_numpy(ids).to(device))
        for layer in self.backbone.layers[: len(self.backbone.layers) - self.joint]:
            hidden = layer_forward(layer, hidden, bias)
        return hidden, on

    def upper(self, query: Tensor, query_mask: Tensor, passage: Tensor, passage_mask: Tensor) -> Tensor:
        """Logits (b, 2) of pairs from the states of queries (b, q, d) and passages (b, p, d)."""
        import torch

        segment = self.segment.to(query.dtype)
        hidden = torch.cat([query + segment[0], passage + segment[1]], dim=1)  # (b, q + p, d)
        bias = attention_bias(torch.cat([query_mask, passage_mask], dim=1), hidden.dtype)
        for layer in self.backbone.layers[len(self.backbone.layers) - self.joint :]:
            hidden = layer_forward(layer, hidden, bias)
        hidden = hidden.float()
        width = query.shape[1]
        pooled = torch.cat(
            [hidden[:, 0], mean(hidden[:, :width], query_mask), mean(hidden[:, width:], passage_mask)], dim=1
        )  # (b, 3d)
        return self.head(pooled)  # type: ignore[no-any-return]


def mean(hidden: Tensor, mask: Tensor) -> Tensor:
    """Mean (b, d) of the states (b, t, d) of tokens."""
    weights = mask.unsqueeze(-1).to(hidden.dtype)
    return (hidden * weights).sum(1) / weights.sum(1)
