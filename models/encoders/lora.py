"""Low-rank adapters (LoRA, Hu et al., arXiv:2106.09685): W x becomes W x + (α / r) B A x with B and A of rank r.

B begins at zero, so training begins at the model as it was; once trained the product is added to W and costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor

LINEAR_MAPS = (
    "attention.self.query",
    "attention.self.key",
    "attention.self.value",
    "attention.output.dense",
    "intermediate.dense",
    "output.dense",
)


def adapted(base: Any, rank: int, alpha: float) -> Any:
    """A linear map with an adapter beside it; the map itself stays fixed."""
    import torch

    class LoraLinear(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.base = base
            weight = base.weight
            self.lora_a = torch.nn.Parameter(
                torch.empty(rank, weight.shape[1], dtype=weight.dtype, device=weight.device)
            )
            self.lora_b = torch.nn.Parameter(
                torch.zeros(weight.shape[0], rank, dtype=weight.dtype, device=weight.device)
            )
            torch.nn.init.normal_(self.lora_a, std=weight.shape[1] ** -0.5)

        def forward(self, x: Tensor) -> Tensor:
            out: Tensor = self.base(x)
            return out + (x @ self.lora_a.T) @ self.lora_b.T * (alpha / rank)

    return LoraLinear()


def add_adapters(model: Any, layers: range, rank: int, alpha: float, seed: int = 0) -> dict[str, Any]:
    """Put adapters on all linear maps of some layers of a BertModel and return their parameters by name."""
    import torch

    torch.manual_seed(seed)
    parameters: dict[str, Any] = {}
    for i in layers:
        layer = model.encoder.layer[i]
        for path in LINEAR_MAPS:
            parent, _, last = path.rpartition(".")
            holder = layer.get_submodule(parent)
            wrapped = adapted(getattr(holder, last), rank, alpha)
            setattr(holder, last, wrapped)
            for name in ("lora_a", "lora_b"):
                parameters[f"encoder.layer.{i}.{path}.{name}"] = getattr(wrapped, name)
    return parameters


def products(tensors: Mapping[str, Tensor], scale: float) -> Iterator[tuple[str, Tensor]]:
    """Name of each weight that adapters change, and what is to be added to it.

    Parameters
    ----------
    tensors : mapping
        ``….lora_a`` (r, in) and ``….lora_b`` (out, r).
    scale : float
        α / r.
    """
    for name in tensors:
        if name.endswith(".lora_a"):
            stem = name.removesuffix(".lora_a")
            yield f"{stem}.weight", scale * (tensors[f"{stem}.lora_b"].float() @ tensors[name].float())
