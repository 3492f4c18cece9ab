"""Numbers with their units, rows, matrices, tables, quoted strings and symbol sequences of a question."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

Kind = Literal["scalar", "row", "matrix", "text", "table", "symbols"]

DIGITS = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?|\.\d+"
NUMBER = rf"[-+]?(?:{DIGITS})(?:[eE][-+]?\d+)?"
ITEM = r"[-+]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][-+]?\d+)?"
SCALES = {"k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6, "b": 1e9, "bn": 1e9, "billion": 1e9, "t": 1e12}
SCALES["trillion"] = 1e12
PREFIXES = {"k": 1e3, "m": 1e6, "g": 1e9, "t": 1e12, "p": 1e15}
UNITS = {
    "share": r"%|percent\b|per cent\b",
    "flops": r"[kKMGTP]?FLOPS?(?:/s)?\b|[KMGTP]?FLOP/s",
    "bytes": r"[kKMGTP]i?B\b|bytes?\b",
    "bits": r"[- ]?bits?\b",
    "seconds": r"(?:milli|micro)?seconds?\b|ms\b|s\b|minutes?\b|hours?\b",
}
WORD_NUMBERS = dict(
    zip(
        "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen twenty thirty".split(),  # noqa: SIM905
        [*range(2, 16), 20, 30],
        strict=True,
    )
)
SECONDS = {"ms": 1e-3, "milliseconds": 1e-3, "microseconds": 1e-6, "minute": 60.0, "hour": 3600.0}
UNIT = "|".join(f"(?P<{name}>{pattern})" for name, pattern in UNITS.items())
SCALAR = re.compile(
    rf"(?:(?<![\w.])(?<![A-Z][A-Z]-)|(?<=\bint)|(?<=\bfp)|(?<=\bbf))(?P<digits>{NUMBER})"
    rf"(?:[- ]?(?P<scale>thousand|million|billion|trillion|bn)\b|(?P<short>[kKMBT])\b)?(?:\s*(?:{UNIT}))?"
)
WORDS = re.compile(rf"\b({'|'.join(WORD_NUMBERS)})\b", re.IGNORECASE)
ROW = re.compile(rf"[\[({{]\s*({ITEM}(?:\s*[,;\s]\s*{ITEM})*)\s*[\])}}]")
JOIN = r"(?:\s*,\s*(?:and\s+)?(?:then\s+)?|\s+and(?:\s+then)?\s+|\s*;\s+)"
BARE_ROW = re.compile(rf"(?<![\w.])({ITEM}(?:{JOIN}{ITEM})+)(?![\w%]|\.\d)")
MATRIX = re.compile(r"\[\s*\[.*?\]\s*\]", re.DOTALL)
QUOTED = re.compile(r"[\"“]([^\"”]+)[\"”]|(?<!\w)['‘]([^'’]+)['’](?!\w)|`([^`]+)`")
TABLE = re.compile(r"\b([A-Za-z][\w-]*)(?:\s*[:=]\s*|\s+(?:at\s+)?)(\d+(?:\.\d+)?)\b(?!\s*%)")
LISTED = re.compile(r"\b((?:[A-Za-z]\w*,\s+)*[A-Za-z]\w*,?\s+and\s+[A-Za-z]\w*)\s+([a-z]+s)\b")
SYMBOLS = re.compile(r"\b([A-Z](?:\s*,\s*(?:and\s+)?[A-Z]\b|\s*-\s*[A-Z]\b|\s+[A-Z]\b)+|[HT]{3,})\b")


@dataclass(frozen=True)
class Quantity:
    """A value found at characters ``[start, end)`` of the question.

    Attributes
    ----------
    start, end : int
        Where it stands.
    value : float, list or dict
        Scaled to base units: bytes, seconds, operations a second, 0.4 for 40 %.
    kind : str
        Its shape.
    unit : str
        ``share``, ``bytes``, ``bits``, ``flops``, ``seconds`` or empty.
    loose : bool
        Whether it is a row without brackets, whose numbers may also stand alone.
    noun : str
        What an enumeration counts.
    """

    start: int
    end: int
    value: Any
    kind: Kind
    unit: str = ""
    loose: bool = False
    noun: str = ""


def quantities(question: str) -> list[Quantity]:
    """Values of a question in order, none inside another.

    Examples
    --------
    >>> [(q.kind, q.value) for q in quantities("softmax of [2, 1, 0.1] at temperature 0.5")]
    [('row', [2.0, 1.0, 0.1]), ('scalar', 0.5)]
    >>> [(q.value, q.unit) for q in quantities("8% of 1.3 billion on eight GPUs of 312 TFLOP/s")]
    [(0.08, 'share'), (1300000000.0, ''), (8.0, ''), (312000000000000.0, 'flops')]
    >>> [q.value for q in quantities("hug 9, pug 6, pun 11")]
    [{'hug': 9.0, 'pug': 6.0, 'pun': 11.0}]
    """
    question = question.replace("−", "-")
    found: list[Quantity] = []
    for quantity in (*quoted(question), *matrices(question), *rows(question), *tables(question), *scalars(question)):
        if all(quantity.end <= q.start or quantity.start >= q.end for q in found):
            found.append(quantity)
    return sorted(found, key=lambda q: q.start)


def quoted(question: str) -> Iterator[Quantity]:
    """Strings in quotation marks, and runs of capital letters such as H, T, H."""
    for match in QUOTED.finditer(question):
        yield Quantity(match.start(), match.end(), next(g for g in match.groups() if g), "text")
    for match in SYMBOLS.finditer(question):
        yield Quantity(match.start(), match.end(), re.findall(r"[A-Z]", match[0]), "symbols")


def matrices(question: str) -> Iterator[Quantity]:
    """Nested brackets, and rows of one length in brackets that follow each other."""
    for match in MATRIX.finditer(question):
        yield Quantity(
            match.start(), match.end(), [numbers(r) for r in re.findall(r"\[([^\[\]]*)\]", match[0])], "matrix"
        )


def rows(question: str) -> Iterator[Quantity]:
    """Bracketed rows, then rows of numbers joined by commas or "and"."""
    for match in ROW.finditer(question):
        values = numbers(match[1])
        if len(values) >= 2:
            yield Quantity(match.start(), match.end(), values, "row")
    for match in BARE_ROW.finditer(question):
        if re.fullmatch(rf"{DIGITS}", match[1]) and "," in match[1] and " " not in match[1]:
            continue  # one number with grouped thousands
        yield Quantity(match.start(), match.end(), numbers(match[1]), "row", loose=True)


def tables(question: str) -> Iterator[Quantity]:
    """Names with a number each, at least three in a row: ``hug 9, pug 6, pun 11`` or ``A at 10, B at 20, C at 30``."""
    chain: list[re.Match[str]] = []
    for match in [*TABLE.finditer(question), None]:
        joined = (
            chain and match and re.fullmatch(r"\s*(?:,|;|and|,\s*and)\s*", question[chain[-1].end() : match.start()])
        )
        if chain and not joined:
            if len(chain) >= 3 and len({m[1] for m in chain}) == len(chain):
                yield Quantity(
                    chain[0].start(), chain[-1].end(), {m[1]: float(m[2]) for m in chain}, "table", loose=True
                )
            chain = []
        if match:
            chain.append(match)


def scalars(question: str) -> Iterator[Quantity]:
    """Single numbers in digits or words, with scale and unit."""
    for match in SCALAR.finditer(question):
        unit = next((name for name in UNITS if match[name]), "")
        if question[max(0, match.start() - 3) : match.start()].lower().endswith(("int", "fp", "bf")):
            unit = "bits"
        value = scaled(match["digits"], match["scale"] or match["short"], match[unit] if unit and match[unit] else None)
        yield Quantity(match.start(), match.end(), value, "scalar", unit)
    for match in WORDS.finditer(question):
        yield Quantity(match.start(), match.end(), float(WORD_NUMBERS[match[0].lower()]), "scalar")


def enumerations(question: str) -> list[Quantity]:
    """How many things an enumeration names, with the noun behind it.

    Examples
    --------
    >>> [(q.value, q.noun) for q in enumerations("adapters on the q, k, v and output projections")]
    [(4.0, 'projections')]
    """
    return [
        Quantity(
            m.start(2),
            m.start(2),
            float(m[1].count(",") + 1 + bool(re.search(r",?\s+and\s", m[1]))),
            "scalar",
            "count",
            noun=m[2],
        )
        for m in LISTED.finditer(question)
    ]


def parts(question: str, quantity: Quantity) -> list[Quantity]:
    """The single numbers of a loose row; of three each stays loose, and more are data that are never split."""
    if quantity.kind == "row" and len(quantity.value) > 3:
        return []
    inside = (q for q in scalars(question[: quantity.end]) if quantity.start <= q.start)
    return [replace(q, loose=len(quantity.value) > 2) for q in inside]


def numbers(text: str) -> list[float]:
    """All numbers of a row; a comma separates, it never groups thousands.

    Examples
    --------
    >>> numbers("2, 1 and 0.1")
    [2.0, 1.0, 0.1]
    """
    return [float(n) for n in re.findall(ITEM, text)]


def scaled(digits: str, scale: str | None, unit: str | None = None) -> float:
    """A number with its scale word and unit applied.

    Examples
    --------
    >>> scaled("1,500", None), scaled("7", "B"), scaled("1.5", None, "TB"), scaled("40", None, "%")
    (1500.0, 7000000000.0, 1500000000000.0, 0.4)
    """
    value = float(digits.replace(",", "")) * SCALES.get((scale or "").lower(), 1.0)
    name = (unit or "").strip(" -").lower()
    if name in {"%", "percent", "per cent"}:
        return value / 100
    if name in SECONDS or name.rstrip("s") in SECONDS:
        return value * SECONDS.get(name, SECONDS.get(name.rstrip("s"), 1.0))
    if name.endswith("b") and len(name) in {2, 3}:
        return value * (1024.0 ** ("kmgtp".index(name[0]) + 1) if len(name) == 3 else PREFIXES[name[0]])
    if "flop" in name and name[0] in PREFIXES:
        return value * PREFIXES[name[0]]
    return value
