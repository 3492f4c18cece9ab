"""Match the values of a question to the parameters of an algorithm: by the words around them, unit, type, bounds and order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from algorithms.registry import Algorithm
from answering.chains import chain
from answering.options import options
from answering.parameters import Parameter, parameters
from answering.quantities import Kind, Quantity, enumerations, parts, quantities
from answering.strings import strings

FIT_FROM = 0.9
REQUIRED_FIT = 0.3
FALL = (3.0, 2.3, 1.7, 1.2, 0.9, 0.7)
SKIPPED = {
    "a",
    "an",
    "the",
    "of",
    "is",
    "are",
    "be",
    "in",
    "to",
    "and",
    "with",
    "for",
    "on",
    "has",
    "have",
    "my",
    "your",
    "then",
}
SKIPPED |= {"=", "about", "i", "we", "it", "its", "was", "around", "each", "that", "than", "by"}
WORD = re.compile(r"[^\W\d]\w*")
DISTANCE_LIMIT = len(FALL)


@dataclass(frozen=True)
class Found:
    """A value for a parameter, how well it fits and where in the question it stands."""

    value: Any
    score: float
    spans: tuple[tuple[int, int], ...] = ()


def assign(question: str, entry: Algorithm) -> dict[str, Found]:
    """Values of the question by parameter; what fits none is left out.

    Examples
    --------
    >>> from algorithms.registry import load
    >>> found = assign("26 binary trials with 30% chance", load("birthday-problem"))
    >>> {name: item.value for name, item in found.items()}
    {}
    """
    wanted = parameters(entry)
    hidden = chain(question, wanted)
    if hidden:
        return hidden
    pool = quantities(question)
    counts = enumerations(question)
    found: dict[str, Found] = {}
    for kind in ("table", "matrix", "row", "symbols"):
        found.update(
            matched(question, [p for p in wanted if kind in p.kinds and p.name not in found], pool, kind, wanted)
        )
    used = {span for item in found.values() for span in item.spans}
    rest = [q for q in pool if (q.start, q.end) not in used]
    single = [q for q in rest if q.kind == "scalar"]
    single += [part for q in rest if q.loose for part in parts(question, q)]
    single += [q for q in counts if all(q.end <= o.start or q.start >= o.end for o in pool)]
    single.sort(key=lambda q: q.start)
    singles = [p for p in wanted if p.name not in found and (p.kind == "scalar" or p.kind == "row")]
    found.update(matched(question, singles, single, "scalar", wanted))
    found.update(strings(question, [p for p in wanted if p.name not in found], pool))
    for name, value in options(question, wanted).items():
        found.setdefault(name, Found(value, 0.5))
    return repeated(question, wanted, found)


def matched(
    question: str,
    wanted: Sequence[Parameter],
    pool: Sequence[Quantity],
    kind: Kind | str,
    siblings: Sequence[Parameter],
) -> dict[str, Found]:
    """The assignment of largest total fit of values of one kind to parameters."""
    values = [q for q in pool if q.kind == kind]
    if not wanted or not values:
        return {}
    fits = np.array([[fit(question, q, p, pool, i / len(wanted)) for q in values] for i, p in enumerate(wanted)])
    order = np.array([[1e-3 * -abs(i - j) for j in range(len(values))] for i in range(len(wanted))])
    picked_rows, picked_columns = linear_sum_assignment(np.maximum(fits, 0) + order, maximize=True)
    found = {}
    for i, j in zip(picked_rows, picked_columns, strict=True):
        least = REQUIRED_FIT if wanted[i].required else FIT_FROM
        if fits[i, j] >= least:
            q = values[j]
            found[wanted[i].name] = Found(wanted[i].value(q), float(fits[i, j]), ((q.start, q.end),))
    return found


def fit(question: str, quantity: Quantity, parameter: Parameter, pool: Sequence[Quantity], place: float) -> float:
    """How well a value fits a parameter: negative where its type, unit or bounds rule it out."""
    if not parameter.takes(quantity):
        return -1.0
    score = nearby(question, quantity, parameter, pool)
    if quantity.kind == "table" or (quantity.kind != "scalar" and parameter.required):
        score += 1.0
    elif quantity.kind != "scalar" and parameter.data:
        score += 0.5
    if parameter.kind == "row" and quantity.kind == "scalar":
        score -= 0.5
    elif parameter.required and not quantity.loose:
        score += 0.4
    if quantity.unit and quantity.unit in parameter.units:
        score += 1.0 if quantity.unit != "share" or parameter.required else 0.4
    return score


def nearby(question: str, quantity: Quantity, parameter: Parameter, pool: Sequence[Quantity]) -> float:
    """How much the words around a value speak of a parameter; farther words and words beyond another value count less."""
    before = question[max(0, quantity.start - 70) : quantity.start]
    after = question[quantity.end : quantity.end + 60]
    left = [(w, "<") for w in walked(before, True, quantity, pool)]
    right = [(w, ">") for w in walked(after, False, quantity, pool)]
    heard = [(parameter.weight(word, side) * strength) for (word, strength), side in left + right]
    best = sorted(heard, reverse=True)[:2]
    return best[0] + 0.35 * best[1] if len(best) == 2 else sum(best)


def walked(text: str, backwards: bool, quantity: Quantity, pool: Sequence[Quantity]) -> list[tuple[str, float]]:
    """Words from a value outwards with their strength; clause ends, commas and other values weaken what lies beyond."""
    tokens = re.findall(r"[^\W\d]\w*|[-+]?[\d.]*\d%?|[.?!;](?=\s|$)|[,:()]", text)
    if backwards:
        tokens = tokens[::-1]
    heard: list[tuple[str, float]] = []
    distance, factor = 0, 1.0
    for token in tokens:
        if distance >= DISTANCE_LIMIT or factor < 0.1:
            break
        if token in ".?!;":
            factor *= 0.15
        elif token in ",:()":
            factor *= 0.85 if token == ":" or (backwards and token == "(") else 0.45
        elif WORD.fullmatch(token):
            modifier = 0.6 if not backwards and distance == 0 and modifies(text) else 1.0
            heard.append((token, FALL[distance] * factor * modifier))
            distance += token.lower() not in SKIPPED
        else:
            factor *= 0.5
    return heard


def modifies(after: str) -> bool:
    """Whether the first word after a number only qualifies the noun behind it.

    Examples
    --------
    >>> modifies(" layer norms per block"), modifies(" layers, width"), modifies("-layer models")
    (True, False, False)
    """
    return re.match(r"\s+[a-z]+[^s\W]\s+[a-z]+s\b", after) is not None


def repeated(question: str, wanted: Sequence[Parameter], found: dict[str, Found]) -> dict[str, Found]:
    """A value that the question gives to each of two parameters of one description goes to both."""
    if not re.search(r"\b(?:each|both|square)\b", question, re.IGNORECASE):
        return found
    for parameter in wanted:
        twins = [
            p for p in wanted if p.name in found and p.description == parameter.description and p.kind == parameter.kind
        ]
        if parameter.required and parameter.name not in found and twins:
            found[parameter.name] = Found(found[twins[0].name].value, 0.4)
    return found
