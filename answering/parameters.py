"""What a parameter of an algorithm takes, and the words people use for it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from algorithms.registry import Algorithm
from answering.parameter_words import SPOKEN
from answering.quantities import Quantity
from indexing.stores.analysis import STOP_WORDS, stems

DATA = ("x", "data", "gradients", "values", "points", "samples", "betas", "weights", "scores", "y")
GENERIC = frozenset(
    stems(
        "number default one two all each given example every used value values that per after before probability share"
    )
) | frozenset(STOP_WORDS)
BYTES = re.compile(r"(?:^|_)(?:kb|mb|gb|tb|mib|gib|bytes?)(?:_|$)|memory|\bbytes?\b|\b[KMG]i?B\b")
PER_UNIT = {"kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12, "mib": 2.0**20, "gib": 2.0**30, "billion": 1e9, "million": 1e6}
INFINITY = float("inf")
SECONDS = re.compile(r"second|\bms\b|time|delay|latency", re.IGNORECASE)


@dataclass(frozen=True)
class Parameter:
    """One parameter: its shape, bounds, units and words.

    Attributes
    ----------
    name, description : str
        As registered.
    kind : str
        ``scalar``, ``row``, ``matrix``, ``table``, ``text``, ``texts``, ``option``, ``flag`` or ``other``.
    spec : dict
        Its JSON schema without null.
    required : bool
        Whether it has no default.
    words : dict
        Weight of each stem; with ``<`` or ``>`` in front where it only counts on one side.
    """

    name: str
    description: str
    kind: str
    spec: Mapping[str, Any]
    required: bool
    words: Mapping[str, float]

    @property
    def kinds(self) -> tuple[str, ...]:
        """Kinds of quantity it can take."""
        return ("symbols",) if self.kind == "texts" else (self.kind,)

    @property
    def data(self) -> bool:
        """Whether it is where data go."""
        return self.name in DATA

    @property
    def units(self) -> tuple[str, ...]:
        """Units that speak for it."""
        text = f"{self.name} {self.description}"
        spoken = {
            "share": self.spec.get("maximum", self.spec.get("exclusiveMaximum", 2)) <= 1 or "percent" in text,
            "bytes": BYTES.search(text) is not None,
            "bits": "bit" in text.lower(),
            "flops": "flop" in text.lower() or "operations" in text.lower(),
            "seconds": SECONDS.search(text) is not None,
        }
        return tuple(unit for unit, yes in spoken.items() if yes)

    def weight(self, word: str, side: str) -> float:
        """How much a word beside a value speaks of it; ``<`` for one before the value."""
        lower = word.lower()
        if lower == self.name.lower():
            return 1.2
        stem = stemmed(lower)
        return max(self.words.get(stem, 0.0), self.words.get(side + stem, 0.0))

    def takes(self, quantity: Quantity) -> bool:
        """Whether type, unit and bounds allow a value."""
        if quantity.unit == "count":
            return self.spec.get("type") == "integer" and self.weight(quantity.noun, ">") >= 0.75
        if quantity.unit not in {"", "share"} and quantity.unit not in self.units:
            return False
        if quantity.unit == "share" and self.spec.get("type") == "integer":
            return False
        return within(self.value(quantity), self.spec)

    def value(self, quantity: Quantity) -> Any:
        """The value in the parameter's own unit and type."""
        value = quantity.value
        if quantity.kind == "scalar":
            value = self._converted(quantity)
            if self.kind == "row":
                value = [value]
        return cast(value, self.spec)

    def _converted(self, quantity: Quantity) -> float:
        value = float(quantity.value)
        least = self.spec.get("minimum", self.spec.get("exclusiveMinimum", 0))
        if quantity.unit == "share":
            if "percent" in self.name:
                return value * 100
            return 1 + value if least >= 1 and "factor" in self.description.lower() else value
        for part in reversed(self.name.lower().split("_")):
            if part in PER_UNIT and (quantity.unit == "bytes" or (part.endswith("illion") and value >= PER_UNIT[part])):
                return value / PER_UNIT[part]
        return value


@lru_cache(maxsize=4096)
def stemmed(word: str) -> str:
    """Stem of one word."""
    found = stems(word)
    return found[0] if found else word


@lru_cache(maxsize=1024)
def parameters(entry: Algorithm) -> tuple[Parameter, ...]:
    """Parameters of an algorithm in order, without seeds."""
    schema = entry.inputs_schema
    found = []
    for name, raw in schema.get("properties", {}).items():
        if name == "seed":
            continue
        spec = without_null(raw)
        words = spoken(entry.id, name, raw.get("description") or "")
        required = "default" not in raw
        found.append(Parameter(name, raw.get("description") or "", kind_of(spec), spec, required, words))
    return tuple(found)


def spoken(id: str, name: str, description: str) -> dict[str, float]:
    """Weight of each word that speaks of a parameter: its name, what people say, then its description."""
    words: dict[str, float] = {}
    for stem in stems(description):
        if stem not in GENERIC and len(stem) > 2:
            words[stem] = 0.5
    own = [stem for stem in stems(name.replace("_", " ")) if stem not in STOP_WORDS]
    for stem in own:
        words[stem] = 1.0 if len(own) == 1 else 0.75
    for word in SPOKEN.get(f"{id}.{name}", SPOKEN.get(name, "")).split():
        side = word[0] if word[0] in "<>" else ""
        words[side + stemmed(word.lstrip("<>"))] = 0.95
    return words


def without_null(spec: Mapping[str, Any]) -> Mapping[str, Any]:
    """The first alternative that is not null.

    Examples
    --------
    >>> without_null({"anyOf": [{"type": "null"}, {"type": "integer"}]})
    {'type': 'integer'}
    """
    choices = [c for c in spec.get("anyOf", []) if c.get("type") != "null"]
    return choices[0] if choices else spec


def kind_of(spec: Mapping[str, Any]) -> str:
    """Which shape a parameter takes.

    Examples
    --------
    >>> kind_of({"type": "array", "items": {"type": "number"}}), kind_of({"type": "string"})
    ('row', 'text')
    """
    if "enum" in spec or "const" in spec:
        numeric = all(isinstance(v, int | float) for v in spec.get("enum", ["const"]))
        return "scalar" if numeric else "option"
    if spec.get("type") == "array":
        items = without_null(spec.get("items", {}))
        inner = {"array": "matrix", "number": "row", "integer": "row", "string": "texts"}.get(
            items.get("type", ""), "other"
        )
        return inner if inner != "matrix" or kind_of(items) == "row" else "other"
    if spec.get("type") == "object":
        values = spec.get("additionalProperties")
        return "table" if isinstance(values, dict) and values.get("type") in {"number", "integer"} else "other"
    return {"number": "scalar", "integer": "scalar", "string": "text", "boolean": "flag"}.get(
        spec.get("type", ""), "other"
    )


def cast(value: Any, spec: Mapping[str, Any]) -> Any:
    """Whole numbers where the parameter wants them."""
    if isinstance(value, list):
        return [cast(item, without_null(spec.get("items", {}))) for item in value]
    if isinstance(value, dict):
        return {key: cast(item, spec.get("additionalProperties", {})) for key, item in value.items()}
    whole = isinstance(value, float) and value.is_integer()
    return int(value) if whole and (spec.get("type") == "integer" or "enum" in spec) else value


def within(value: Any, spec: Mapping[str, Any]) -> bool:
    """Whether a value has the type and keeps the bounds of its schema."""
    if isinstance(value, list):
        items = without_null(spec.get("items", {}))
        return len(value) >= spec.get("minItems", 0) and all(within(item, items) for item in value)
    if isinstance(value, dict):
        return all(within(item, spec.get("additionalProperties", {})) for item in value.values())
    if "enum" in spec:
        return value in spec["enum"]
    if isinstance(value, str):
        return spec.get("type") == "string"
    if spec.get("type") not in {"number", "integer"} or (spec["type"] == "integer" and not isinstance(value, int)):
        return False
    low, high = spec.get("minimum", -INFINITY), spec.get("maximum", INFINITY)
    strictly = spec.get("exclusiveMinimum", -INFINITY) < value < spec.get("exclusiveMaximum", INFINITY)
    return bool(low <= value <= high and strictly)
