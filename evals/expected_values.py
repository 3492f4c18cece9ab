"""Committed values of small public checks, each with a tolerance: a change that moves one must say so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import InputError, NotFound

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


def read_expected(path: Path = FOLDER) -> list[Expected]:
    """All values of a file, or of the ``*.yaml`` files of a folder.

    Raises
    ------
    NotFound
        If there is no such file.
    InputError
        If an entry is malformed.
    """
    import yaml

    if not path.exists():
        raise NotFound(f"there is no {path}", fix="give a file of expected values or their folder")
    found = []
    for file in sorted(path.glob("*.yaml")) if path.is_dir() else [path]:
        document = yaml.safe_load(file.read_text(encoding="utf-8"))
        try:
            for row in document["values"]:
                found.append(Expected(document["dataset"], document["split"], **row))
        except (TypeError, KeyError) as error:
            raise InputError(f"{file}: {error}", fix="see the other files for the form") from error
    return found


def checked(
    results: Mapping[str, Mapping[str, Mapping[str, Any]]], expected: Sequence[Expected]
) -> tuple[int, list[str]]:
    """How many committed values were measured, and what differs from them.

    Raises
    ------
    InputError
        If none was measured: a gate that looks at nothing would always be open.
    """
    measured = sum(item.measure in results.get(item.dataset, {}).get(item.system, {}) for item in expected)
    if not measured:
        raise InputError("no expected value was measured", fix="evaluate a collection and a system that it names")
    return measured, deviations(results, expected)


def deviations(results: Mapping[str, Mapping[str, Mapping[str, Any]]], expected: Sequence[Expected]) -> list[str]:
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
