"""AdamW over float32 master weights of a model that computes in bf16, drawn back towards where it started.

Loshchilov and Hutter, arXiv:1711.05101; the pull towards the starting point instead of zero is L2-SP (Li et al.,
arXiv:1802.01483), which keeps a fine-tuned model near what it knew.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor


class MasterWeights:
    """Float32 copies of the tuned parameters and their optimiser.

    Parameters
    ----------
    parameters : mapping of str to tensor
        The parameters that gradients arrive at, in any precision.
    rate : float
        Peak learning rate.
    pull : float
        Decay towards the starting point, multiplied by the learning rate.
    clip : float
        Largest norm of the gradient.
    begin : mapping, optional
        Float32 values to begin at; by default those of the parameters, as far as their precision holds them.
    """

    def __init__(
        self,
        parameters: Mapping[str, Tensor],
        rate: float,
        pull: float = 0.0,
        clip: float = 1.0,
        begin: Mapping[str, Tensor] | None = None,
    ) -> None:
        import torch

        self._live = dict(parameters)
        first = begin if begin is not None else self._live
        self.master = {
            n: first[n].detach().to(p.device).float().clone().requires_grad_(True) for n, p in self._live.items()
        }
        with torch.no_grad():
            for name, live in self._live.items():
                live.copy_(self.master[name])
        self._start = {name: p.detach().clone() for name, p in self.master.items()}
        self._optimizer = torch.optim.AdamW(
            self.master.values(), lr=rate, weight_decay=0.0, betas=(0.9, 0.98), eps=1e-6
        )
        self._rate, self._pull, self._clip = rate, pull, clip

    def step(self, factor: float) -> float:
        """Apply the gathered gradients at `factor` times the peak rate and return their norm."""
        import torch

        for name, live in self._live.items():
            self.master[name].grad = live.grad.float() if live.grad is not None else None
            live.grad = None
        norm = float(torch.nn.utils.clip_grad_norm_(self.master.values(), self._clip))
        for group in self._optimizer.param_groups:
            group["lr"] = self._rate * factor
        self._optimizer.step()
        with torch.no_grad():
            for name, live in self._live.items():
                master = self.master[name]
                if self._pull:
                    master.sub_(master - self._start[name], alpha=self._rate * factor * self._pull)
                live.copy_(master)
        return norm

    def state(self) -> dict[str, Any]:
        """What a checkpoint needs."""
        return {
            "master": {name: p.detach().clone() for name, p in self.master.items()},
            "optimizer": self._optimizer.state_dict(),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Continue from `state`."""
        import torch

        with torch.no_grad():
            for name, value in state["master"].items():
                self.master[name].copy_(value)
                self._live[name].copy_(value)
        self._optimizer.load_state_dict(state["optimizer"])


def rate_factor(done: float, warmup: float = 0.06, floor: float = 0.02) -> float:
    """Share of the peak learning rate after a share `done` of the run: linear warm-up, then a cosine to `floor`.

    Examples
    --------
    >>> rate_factor(0.03), rate_factor(0.06), round(rate_factor(1.0), 3)
    (0.5, 1.0, 0.02)
    """
    if done < warmup:
        return done / warmup
    along = min(1.0, (done - warmup) / (1 - warmup))
    return floor + (1 - floor) * 0.5 * (1 + math.cos(math.pi * along))
