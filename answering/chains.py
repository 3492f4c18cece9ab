"""A hidden chain of two states told in words: where it starts, how likely each state stays, what each one shows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from answering.parameters import Parameter
from answering.quantities import Quantity, quantities

if TYPE_CHECKING:
    from answering.assign import Found

NEEDED = {"states", "symbols", "initial", "transition", "emission", "observations"}
STAYS = re.compile(r"\b(?:stays?|remains?|keeps?|persists?)\b", re.IGNORECASE)
STARTS = re.compile(r"\b(?:starts?|initial(?:ly)?|begins?|first)\b", re.IGNORECASE)


def chain(question: str, wanted: Sequence[Parameter]) -> dict[str, Found]:
    """Inputs of a two-state, two-symbol hidden Markov model; empty where the question does not tell all of them.

    One number near "start", two near "stays" and two others, the probabilities with which the states show a symbol.
    """
    from answering.assign import Found

    if not {p.name for p in wanted} >= NEEDED:
        return {}
    pool = quantities(question)
    seen = [q for q in pool if q.kind == "symbols"]
    shares = [q for q in pool if q.kind == "scalar" and 0 <= q.value <= 1]
    groups: dict[str, list[Quantity]] = {"start": [], "stay": [], "show": []}
    for q in shares:
        clause = re.split(r"[.?;:](?=\s)", question[: q.start])[-1]
        kind = "stay" if STAYS.search(clause) else "start" if STARTS.search(clause) else "show"
        groups[kind].append(q)
    if not seen or [len(g) for g in groups.values()] != [1, 2, 2] or len(set(seen[0].value)) > 2:
        return {}
    start, (one, two), (first, second) = (
        groups["start"][0].value,
        *([q.value for q in groups[k]] for k in ("stay", "show")),
    )
    sequence = seen[0].value
    shown = spoken_symbol(question[groups["stay"][1].end : groups["show"][0].start], sequence)
    symbols = [shown, next((s for s in sequence if s != shown), "other")]
    values = {
        "states": ["first", "second"],
        "symbols": symbols,
        "initial": [start, 1 - start],
        "transition": [[one, 1 - one], [1 - two, two]],
        "emission": [[first, 1 - first], [second, 1 - second]],
        "observations": sequence,
    }
    spans = tuple((q.start, q.end) for q in (*shares, seen[0]))
    return {name: Found(value, 2.0, spans) for name, value in values.items()}


def spoken_symbol(text: str, sequence: Sequence[str]) -> str:
    """The observed symbol whose name or initial begins a word of `text`, else the first.

    Examples
    --------
    >>> spoken_symbol("Tails probability", ["H", "T"])
    'T'
    """
    initials = {word[0].upper() for word in re.findall(r"[A-Z]\w*", text)}
    return next((s for s in sequence if s in initials), sequence[0])
