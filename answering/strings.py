"""Strings of a question: quoted ones, and pairs such as "between kitten and sitting"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from answering.parameters import Parameter
from answering.quantities import Quantity

if TYPE_CHECKING:
    from answering.assign import Found

PAIR = re.compile(r"\b(?:between|from|of)\s+([A-Za-z]\w*)\s+(?:and|to|vs\.?)\s+([A-Za-z]\w*)", re.IGNORECASE)


def strings(question: str, wanted: Sequence[Parameter], pool: Sequence[Quantity]) -> dict[str, Found]:
    """Quoted strings in order for the required text parameters; a table of words and counts spelt out as a text."""
    from answering.assign import Found

    texts = [p for p in wanted if p.kind == "text" and p.required] or [p for p in wanted if p.kind == "text"][:1]
    quotes = [q for q in pool if q.kind == "text"]
    lists = [p for p in wanted if p.kind == "texts" and p.required]
    if len(lists) == 1 and not texts and len(quotes) >= 2:
        return {lists[0].name: Found([q.value for q in quotes], 1.5, tuple((q.start, q.end) for q in quotes))}
    if len(texts) == len(quotes) or (quotes and len(quotes) > len(texts) > 0):
        chosen = quotes[: len(texts)]
        return {p.name: Found(q.value, 1.5, ((q.start, q.end),)) for p, q in zip(texts, chosen, strict=True)}
    pair = PAIR.search(question)
    if len(texts) == 2 and pair and not quotes:
        return {p.name: Found(pair[i + 1], 1.2, (pair.span(i + 1),)) for i, p in enumerate(texts)}
    tables = [
        q for q in pool if q.kind == "table" and all(float(v).is_integer() and v < 1000 for v in q.value.values())
    ]
    if len(texts) == 1 and tables and not quotes:
        spelt = " ".join(word for word, count in tables[0].value.items() for _ in range(int(count)))
        return {texts[0].name: Found(spelt, 1.5, ((tables[0].start, tables[0].end),))}
    return {}
