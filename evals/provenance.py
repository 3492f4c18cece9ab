"""Where each weight of an evaluated system comes from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evals.report import Heading, Table, Text


@dataclass(frozen=True)
class Weight:
    """A set of weights, or numbers chosen by hand or by fitting.

    Attributes
    ----------
    part : str
        What it is for.
    name : str
        Which one, with its fingerprint where it has one.
    origin : str
        Where it comes from.
    trained_on : str
        What it has seen, as far as is known.
    """

    part: str
    name: str
    origin: str
    trained_on: str

    def as_dict(self) -> dict[str, str]:
        """For JSON."""
        return {"part": self.part, "name": self.name, "origin": self.origin, "trained_on": self.trained_on}


def provenance_blocks(weights: Sequence[Weight]) -> list[Heading | Text | Table]:
    """A table of all weights."""
    return [
        Heading("Where each weight comes from"),
        Table(
            ["part", "weights", "origin", "trained or chosen on"],
            [[w.part, w.name, w.origin, w.trained_on] for w in weights],
            numeric_from=4,
        ),
    ]
