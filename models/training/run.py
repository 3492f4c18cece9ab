"""The loop that every recipe shares: a time box or a number of steps, checkpoints, a loss curve, progress."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.protocols import Progress
from models.training.checkpoint import load_checkpoint, save_checkpoint
from models.training.optimizer import MasterWeights, rate_factor

if TYPE_CHECKING:
    from torch import Tensor

CHECKPOINT = "checkpoint.pt"
RECENT = 25


class Run:
    """One training run.

    Parameters
    ----------
    weights : MasterWeights
        What is trained.
    settings : dict
        Of the recipe; ``steps`` (0: go by time), ``minutes``. A checkpoint of other settings is refused.
    out : Path
        Folder of the checkpoint.
    every : int
        Steps between checkpoints.

    Attributes
    ----------
    curve : list of dict
        Every loss of every step.
    """

    def __init__(self, weights: MasterWeights, settings: dict[str, Any], out: Path, every: int = 100) -> None:
        self._weights = weights
        self._settings = settings
        self._file = out / CHECKPOINT
        self._every = every
        self._spent = 0.0
        self.curve: list[dict[str, Any]] = []

    def go(
        self,
        losses: Callable[[int], Mapping[str, Tensor]],
        shares: Mapping[str, float],
        progress: Progress | None = None,
        stop: Callable[[], bool] = lambda: False,
    ) -> None:
        """Step until the box is full or `stop` says so, from the checkpoint where there is one.

        Parameters
        ----------
        losses : callable
            Step to its losses by name.
        shares : mapping
            What each loss counts for.
        progress : callable, optional
            Told steps, or seconds where the run goes by time.
        stop : callable
            Asked before each step; the state is saved either way.

        Raises
        ------
        Conflict
            If the checkpoint belongs to other settings.
        """
        saved = load_checkpoint(self._file, self._settings)
        if saved is not None:
            self._spent, self.curve = saved["spent"], saved["curve"]
            self._weights.restore(saved)
        step = len(self.curve)
        started = time.monotonic() - self._spent
        while (done := self._done(step)) < 1 and not stop():
            found = losses(step)
            sum(shares[name] * value for name, value in found.items()).backward()  # type: ignore[union-attr]
            self._weights.step(rate_factor(done))
            step += 1
            self._spent = time.monotonic() - started
            self.curve.append({"step": step, **{name: round(float(v.detach()), 5) for name, v in found.items()}})
            if step % self._every == 0:
                self._save()
            if progress is not None:
                self._report(progress, step)
        self._save()

    def _done(self, step: int) -> float:
        """Share of the run that is over."""
        steps, minutes = self._settings["steps"], self._settings["minutes"]
        return float(step / steps if steps else self._spent / (60 * minutes))

    def _report(self, progress: Progress, step: int) -> None:
        recent = self.curve[-RECENT:]
        means = {name: sum(row[name] for row in recent) / len(recent) for name in recent[0] if name != "step"}
        text = ", ".join(f"{name} {value:.3f}" for name, value in means.items())
        total = self._settings["steps"] or int(60 * self._settings["minutes"])
        at = step if self._settings["steps"] else int(self._spent)
        progress(min(at, total), total, f"{'steps' if self._settings['steps'] else 'seconds'}, {text}")

    def _save(self) -> None:
        state = {"settings": self._settings, "spent": self._spent, "curve": self.curve}
        save_checkpoint(self._file, {**state, **self._weights.state()})
