"""Numbers, vectors, matrices and quoted strings of a question, and which parameter each belongs to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from algorithms.registry import Algorithm
from indexing.stores.analysis import stems

NUMBER = r"[-+]?(?:\d[\d,]*(?:\.\d+)?|\.\d+)(?:[eE][-+]?\d+)?"
SCALES = {"k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6, "b": 1e9, "billion": 1e9, "trillion": 1e12}
SCALAR = re.compile(rf"(?<![\w.])({NUMBER})\s*(%|percent\b|thousand\b|million\b|billion\b|trillion\b|[kKMB]\b)?")
ROW = re.compile(rf"[\[(]\s*({NUMBER}(?:\s*[,;\s]\s*{NUMBER})*)\s*[\])]")
BARE_ROW = re.compile(rf"(?<![\w.])({NUMBER}(?:\s*,\s*(?:and\s+)?{NUMBER}){{1,}}(?:\s*,?\s+and\s+{NUMBER})?)")
MATRIX = re.compile(r"\[\s*\[.*?\]\s*\]", re.DOTALL)
WINDOW = 40


@dataclass(frozen=True)
class Quantity:
    """A value found at characters ``[start, end)`` of the question."""

    start: int
    end: int
    value: Any
    kind: str


def quantities(question: str) -> list[Quantity]:
    """Values of a question in order: matrices, then rows, then single numbers, none inside another.

    Examples
    --------
    >>> [(q.kind, q.value) for q in quantities("softmax of [2, 1, 0.1] at temperature 0.5")]
    [('row', [2.0, 1.0, 0.1]), ('scalar', 0.5)]
    >>> [(q.kind, q.value) for q in quantities("8% of 1.3 billion")]
    [('scalar', 0.08), ('scalar', 1300000000.0)]
    """
    found: list[Quantity] = []

    def free(start: int, end: int) -> bool:
        return all(end <= q.start or start >= q.end for q in found)

    for match in MATRIX.finditer(question):
        rows = [numbers(row) for row in re.findall(r"\[([^\[\]]*)\]", match[0])]
        found.append(Quantity(match.start(), match.end(), rows, "matrix"))
    for pattern in (ROW, BARE_ROW):
        for match in pattern.finditer(question):
            values = numbers(match[1])
            if len(values) >= 2 and free(*match.span()):
                found.append(Quantity(match.start(), match.end(), values, "row"))
    for match in SCALAR.finditer(question):
        if free(*match.span()):
            found.append(Quantity(match.start(), match.end(), scaled(match[1], match[2]), "scalar"))
    return sorted(found, key=lambda q: q.start)


def numbers(text: str) -> list[float]:
    """All numbers of a row; a comma separates, it never groups thousands.

    Examples
    --------
    >>> numbers("2, 1 and 0.1")
    [2.0, 1.0, 0.1]
    """
    return [float(n) for n in re.findall(r"[-+]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][-+]?\d+)?", text)]


def scaled(digits: str, unit: str | None) -> float:
    """A number with its percent sign or scale word applied.

    Examples
    --------
    >>> scaled("1,500", None), scaled("7", "B")
    (1500.0, 7000000000.0)
    """
    value = float(digits.replace(",", ""))
    if unit in {"%", "percent"}:
        return value / 100
    return value * SCALES.get((unit or "").lower(), 1.0)


def assign(question: str, entry: Algorithm) -> dict[str, Any]:
    """Values of the question by parameter: where a parameter's name stands beside one, else by type and order."""
    schema = entry.inputs_schema
    parameters = schema.get("properties", {})
    pool = quantities(question)
    values: dict[str, Any] = {}
    for kind in ("matrix", "row", "scalar"):
        names = [name for name, spec in parameters.items() if kind_of(spec) == kind and name != "seed"]
        found = [q for q in pool if q.kind == kind]
        scored = sorted(
            (
                (closeness(question, q, name, parameters[name]), -i, -j)
                for i, name in enumerate(names)
                for j, q in enumerate(found)
            ),
            reverse=True,
        )
        taken: set[int] = set()
        for score, i, j in scored:
            name, number = names[-i], -j
            if score > 0 and name not in values and number not in taken:
                values[name] = cast(found[number].value, parameters[name])
                taken.add(number)
        rest = [j for j in range(len(found)) if j not in taken]
        open_names = [n for n in names if n not in values and "default" not in parameters[n]]
        for name, j in zip(open_names, rest, strict=False):
            values[name] = cast(found[j].value, parameters[name])
    return values


def kind_of(spec: dict[str, Any]) -> str:
    """Which kind of quantity a parameter takes.

    Examples
    --------
    >>> kind_of({"type": "array", "items": {"type": "number"}})
    'row'
    """
    if spec.get("type") == "array":
        items = spec.get("items", {})
        if items.get("type") == "array":
            return "matrix"
        return "row" if items.get("type") in {"number", "integer"} else "other"
    return "scalar" if spec.get("type") in {"number", "integer"} else "other"


def cast(value: Any, spec: dict[str, Any]) -> Any:
    """Whole numbers where the parameter wants them."""
    if isinstance(value, list):
        return [cast(item, spec.get("items", {})) for item in value]
    wants_integer = spec.get("type") == "integer"
    return int(value) if wants_integer and float(value).is_integer() else value


def closeness(question: str, quantity: Quantity, name: str, spec: dict[str, Any]) -> float:
    """How near the words of a parameter's name stand to a quantity; 0 where none does."""
    wanted = set(stems(name.replace("_", " ")))
    before = question[max(0, quantity.start - WINDOW) : quantity.start]
    after = question[quantity.end : quantity.end + WINDOW // 2]
    near = stems(before)[-3:]
    follow = stems(after)[:2]
    score = 0.0
    for distance, stem in enumerate(reversed(near)):
        if stem in wanted:
            score = max(score, 3.0 - distance)
    for distance, stem in enumerate(follow):
        if stem in wanted:
            score = max(score, 2.5 - distance)
    return score
