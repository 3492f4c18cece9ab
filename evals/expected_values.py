"""Committed values of small public checks, each with a tolerance: a change that moves one must say so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import InputError

FOLDER = Path(__file__).parent / "expected"


@dataclass(frozen=True)
class Expected:
    """One value.

    Attributes
    ----------
    source : str
        Who says so: a publication, or a run of ours.
    """

    dataset: str
    split: str
    system: str
    measure: str
    value: float
    tolerance: float
    source: str

    def holds(self, found: float) -> bool:
        """Whether a value lies within the tolerance."""
        return abs(found - self.value) <= self.tolerance


def read_expected(folder: Path = FOLDER) -> list[Expected]:
    """All values of the ``*.yaml`` files of a folder.

    Raises
    ------
    InputError
        If an entry is malformed.
    """
    import yaml

    found = []
    for file in sorted(folder.glob("*.yaml")):
        document = yaml.safe_load(file.read_text(encoding="utf-8"))
        try:
            for row in document["values"]:
                found.append(Expected(document["dataset"], document["split"], **row))
        except (TypeError, KeyError) as error:
            raise InputError(f"{file}: {error}", fix="see the other files for the form") from error
    return found


def deviations(results: Mapping[str, Mapping[str, Mapping[str, Any]]], expected: list[Expected]) -> list[str]:
    """What differs from the committed values, in words; values that were not measured are not looked at."""
    problems = []
    for item in expected:
        estimate = results.get(item.dataset, {}).get(item.system, {}).get(item.measure)
        if estimate is not None and not item.holds(float(estimate["value"])):
            problems.append(
                f"{item.dataset} {item.system} {item.measure}: {estimate['value']:.4f}, expected {item.value:.4f} "
                f"± {item.tolerance:g} ({item.source})"
            )
    return problems
