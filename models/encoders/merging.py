"""Trained differences merged into a backbone when it is loaded, so that encoding costs nothing more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from core.errors import CorruptStore

if TYPE_CHECKING:
    from torch import Tensor


def differences(before: Any, after: Mapping[str, Tensor], share: float = 1.0) -> dict[str, Tensor]:
    """`share` of what training changed: tuned minus untrained weights.

    A share below 1 interpolates between the two models (WiSE-FT, Wortsman et al., arXiv:2109.01903).
    """
    own = dict(before.named_parameters())
    return {name: share * (tensor.float() - own[name].detach().float()) for name, tensor in after.items()}


def merge_differences(model: Any, tensors: Mapping[str, Tensor]) -> None:
    """Add differences to the weights of `model` in place.

    Raises
    ------
    CorruptStore
        If a tensor fits no weight of the model.
    """
    import torch

    own = dict(model.named_parameters())
    with torch.no_grad():
        for name, tensor in tensors.items():
            if name not in own or own[name].shape != tensor.shape:
                raise CorruptStore(
                    f"the weights have a tensor {name} {tuple(tensor.shape)} that the backbone lacks",
                    fix="install Vouch again, or set the weights to 'none'",
                )
            own[name].add_(tensor.to(own[name]))
