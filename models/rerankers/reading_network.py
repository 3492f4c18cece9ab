"""A reader: question and passage go through all layers of the backbone together, and two heads say where the answer stands.

One head marks the first and last token of the answer, or the first token of the whole input where the passage holds none
(Devlin et al., arXiv:1810.04805, section 4.3); the other says whether the passage answers at all. The spans are what makes the
second learnable from few questions: they tell which words decide.
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


class ReadingNetwork:
    """Trunk and heads.

    Parameters
    ----------
    backbone : Backbone
        Used as it is: its layers may hold adapters.
    seed : int
        Of the heads' first weights.
    """

    def __init__(self, backbone: Backbone, seed: int = 0) -> None:
        import torch

        self.backbone = backbone
        width = int(backbone.model.config.hidden_size)
        torch.manual_seed(seed)
        self.segment = torch.nn.Parameter(torch.zeros(2, width))
        self.span = torch.nn.Linear(width, 2)
        last = torch.nn.Linear(HEAD_WIDTH, 1)
        torch.nn.init.zeros_(last.weight)
        torch.nn.init.zeros_(last.bias)
        self.answers = torch.nn.Sequential(torch.nn.Linear(2 * width, HEAD_WIDTH), torch.nn.GELU(), last)

    def head_tensors(self) -> dict[str, Any]:
        """The parameters beside the backbone's, by name."""
        return {
            "segment": self.segment,
            **{f"span.{name}": p for name, p in self.span.named_parameters()},
            **{f"answers.{name}": p for name, p in self.answers.named_parameters()},
        }

    def load_heads(self, tensors: Mapping[str, Tensor]) -> None:
        """Take over the heads' parameters from `tensors`."""
        import torch

        with torch.no_grad():
            for name, parameter in self.head_tensors().items():
                parameter.copy_(tensors[name])

    def to(self, device: str, dtype: Any) -> None:
        """Move the trunk to a device and precision; the heads compute in float32."""
        self.backbone.model.to(device, dtype)
        self.span.to(device)
        self.answers.to(device)
        self.segment.data = self.segment.data.to(device)

    def forward(
        self, questions: Sequence[NDArray[np.int32]], passages: Sequence[NDArray[np.int32]], device: str, dtype: Any
    ) -> tuple[Tensor, Tensor]:
        """Logits of pairs.

        Parameters
        ----------
        questions, passages : sequences of (t,) int32
            Token ids, each with its special tokens; the passage's first is left out.

        Returns
        -------
        span : (b, t, 2) tensor
            First and last token; positions outside the passage other than 0 are at minus infinity. Position 0 means that
            there is no answer; the passage begins at the question's length, with its second token.
        answers : (b,) tensor
            That the passage answers.
        """
        import torch

        ids, mask = pad([np.concatenate([q, p[1:]]) for q, p in zip(questions, passages, strict=True)])
        where = np.zeros_like(ids)
        for row, question in enumerate(questions):
            where[row, len(question) :] = 1
        on = torch.from_numpy(mask).to(device)
        second = torch.from_numpy(where * mask).to(device)
        hidden = embed(self.backbone, torch.from_numpy(ids).to(device)) + self.segment[second].to(dtype)
        bias = attention_bias(on, dtype)
        for layer in self.backbone.layers:
            hidden = layer_forward(layer, hidden, bias)
        hidden = hidden.float()
        allowed = second.bool().clone()
        allowed[:, 0] = True
        span = self.span(hidden).masked_fill(~allowed.unsqueeze(-1), float("-inf"))
        inside = second.unsqueeze(-1).float()
        passage = (hidden * inside).sum(1) / inside.sum(1).clamp_min(1)
        answers = self.answers(torch.cat([hidden[:, 0], passage], dim=1))[:, 0]
        return span, answers
