"""What tuning changed, kept small: the best low-rank approximation of each matrix's difference (Eckart and Young, 1936)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


def low_rank_differences(tuned: Mapping[str, Tensor], base: Mapping[str, Tensor], rank: int) -> dict[str, Tensor]:
    """Factors of the differences of matrices, and the differences of vectors as they are.

    Parameters
    ----------
    tuned, base : mapping
        Weights by name; matrices are (out, in).
    rank : int
        Of each factor pair.

    Returns
    -------
    dict
        ``….lora_b`` (out, r) and ``….lora_a`` (r, in), whose product is the difference of ``….weight``; ``….difference``
        of everything else.

    Examples
    --------
    >>> import torch
    >>> base = {"a.weight": torch.zeros(2, 3), "a.bias": torch.zeros(2)}
    >>> tuned = {"a.weight": torch.tensor([[2.0, 0, 0], [4.0, 0, 0]]), "a.bias": torch.ones(2)}
    >>> kept = low_rank_differences(tuned, base, 1)
    >>> (kept["a.lora_b"] @ kept["a.lora_a"]).round().tolist(), kept["a.bias.difference"].tolist()
    ([[2.0, 0.0, 0.0], [4.0, 0.0, 0.0]], [1.0, 1.0])
    """
    import torch

    kept: dict[str, Tensor] = {}
    for name, start in base.items():
        difference = (tuned[name] - start).float()
        if difference.ndim != 2:
            kept[f"{name}.difference"] = difference
            continue
        u, s, v = torch.linalg.svd(difference, full_matrices=False)
        root = s[:rank].sqrt()
        stem = name.removesuffix(".weight")
        kept[f"{stem}.lora_b"] = u[:, :rank] * root
        kept[f"{stem}.lora_a"] = root[:, None] * v[:rank]
    return kept
