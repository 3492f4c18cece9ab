"""Read an algorithm's typed inputs out of a question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from algorithms.registry import Algorithm
from answering.assign import Found, assign
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
    evidence : float
        Sum of how well each value fits its parameter.
    used : float
        Share of the question's values that went into an input.
    """

    values: Mapping[str, Any]
    missing: tuple[str, ...]
    evidence: float = field(default=0.0, compare=False)
    used: float = field(default=0.0, compare=False)


def read_inputs(question: str, entry: Algorithm) -> ReadInputs | None:
    """Inputs of `entry` found in `question`; None where it gives none that the schema accepts.

    Examples
    --------
    >>> from algorithms.registry import load
    >>> read_inputs("softmax of [2, 1, 0.1] at temperature 0.5", load("softmax")).values
    {'logits': [2.0, 1.0, 0.1], 'temperature': 0.5}
    """
    found = assign(question, entry)
    values = accepted(found, entry)
    if not any(found[name].score > 0 for name in values):
        return None
    values = {**unshown(values, entry), **values}
    required = [name for name, info in entry.inputs_model.model_fields.items() if info.is_required()]
    from answering.quantities import quantities

    total = max(1, len(quantities(question)))
    spans = {span for name in values if name in found for span in found[name].spans}
    return ReadInputs(
        values,
        tuple(name for name in required if name not in values),
        sum(item.score for name, item in found.items() if name in values),
        min(1.0, len(spans) / total),
    )


def unshown(values: Mapping[str, Any], entry: Algorithm) -> dict[str, Any]:
    """Defaults in place of the example's options where the question brings its own data, so that the two are not mixed."""
    if not any(isinstance(value, list | dict) for value in values.values()):
        return {}
    fields = entry.inputs_model.model_fields
    optional = {n: fields[n].default for n in entry.example if n not in values and not fields[n].is_required()}
    return {name: value for name, value in optional.items() if value != entry.example[name]}


def accepted(found: Mapping[str, Found], entry: Algorithm) -> dict[str, Any]:
    """Values the schema accepts together; the weakest are dropped until it does."""
    values = {name: item.value for name, item in found.items()}
    for name in sorted(values, key=lambda n: found[n].score):
        try:
            entry.validate(values)
        except InputError:
            del values[name]
    try:
        entry.validate(values)
    except InputError:
        return {}
    return values
