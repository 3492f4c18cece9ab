"""Checkpoints that a run continues from with the same result as if it had never stopped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from core.errors import Conflict


def save_checkpoint(file: Path, state: dict[str, Any]) -> None:
    """Write the state of a run; a crash leaves the one before."""
    import torch

    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_suffix(".part")
    torch.save(state, beside)
    beside.replace(file)


def load_checkpoint(file: Path, settings: dict[str, Any]) -> dict[str, Any] | None:
    """The state of an unfinished run; None where there is none.

    Raises
    ------
    Conflict
        If it belongs to other settings than `settings`.
    """
    import torch

    if not file.exists():
        return None
    state: dict[str, Any] = torch.load(file, map_location="cpu", weights_only=True)
    if state["settings"] != settings:
        changed = sorted(key for key in settings if state["settings"].get(key) != settings[key])
        raise Conflict(
            f"{file} belongs to a run with other settings ({', '.join(changed)})",
            fix="name another --out, or delete the checkpoint to start over",
        )
    return state
