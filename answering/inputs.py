"""Read an algorithm's typed inputs out of a question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from algorithms.registry import Algorithm
from core.errors import InputError

__all__ = ["ReadInputs", "read_inputs"]


@dataclass(frozen=True)
class ReadInputs:
    """What a question says about an algorithm's inputs.

    Attributes
    ----------
    values : dict
        Inputs found, each valid by itself and together with the example's values for the others.
    missing : tuple of str
        Inputs without a default that the question does not give.
    """

    values: Mapping[str, Any]
    missing: tuple[str, ...]


def read_inputs(question: str, entry: Algorithm) -> ReadInputs | None:
    """Inputs of `entry` found in `question`; None where it gives none that the schema accepts."""
    from answering.quantities import assign

    values = assign(question, entry)
    if not values:
        return None
    try:
        entry.validate(values)
    except InputError:
        return None
    required = [name for name, field in entry.inputs_model.model_fields.items() if field.is_required()]
    return ReadInputs(values, tuple(name for name in required if name not in values))
