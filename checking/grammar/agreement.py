"""Whether two values agree, given how precisely the numbers behind them are shown."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from checking.grammar.evaluate import Reading, Scalar, Unevaluable, Value, evaluate, readings
from checking.grammar.syntax import Binary, Expression, Number, is_compound, is_scientific, numbers, walk

Outcome = Literal["agrees", "imprecise", "wrong", "open"]
RELATIVE_NOISE = 1e-9
LOOSE = 0.05
"""Relative error that an approximation sign covers whatever the digits shown."""
SLIGHT = 0.02
"""Relative error below which a wrong value is called imprecise."""
MAX_SHIFTED = 40


@dataclass(frozen=True)
class Comparison:
    """What came of comparing two sides.

    Attributes
    ----------
    outcome : str
        ``open`` where it cannot be decided.
    left, right : Value or None
        Under the usual reading.
    """

    outcome: Outcome
    left: Value | None = None
    right: Value | None = None


def compare(left: Expression, right: Expression, *, approximate: bool) -> Comparison:
    """Compare two sides under all readings; they disagree only where they do under each.

    Examples
    --------
    >>> from fractions import Fraction as F
    >>> from checking.grammar.syntax import Binary
    >>> third = Binary("/", Number(F(1)), Number(F(3)))
    >>> compare(third, Number(F("0.33"), 2, 2), approximate=False).outcome
    'agrees'
    >>> compare(third, Number(F("0.43"), 2, 2), approximate=False).outcome
    'wrong'
    """
    first: Comparison | None = None
    for reading in readings(left, right):
        try:
            values = evaluate(left, reading), evaluate(right, reading)
            outcome = _outcome(left, right, values, reading, approximate)
        except Unevaluable:
            continue
        if outcome in {"agrees", "open"}:
            return Comparison(outcome, *values)
        if first is None or (first.outcome == "wrong" and outcome == "imprecise"):
            first = Comparison(outcome, *(values if first is None else (first.left, first.right)))
    return first or Comparison("open")


def _outcome(
    left: Expression, right: Expression, values: tuple[Value, Value], reading: Reading, approximate: bool
) -> Outcome:
    a, b = values
    if isinstance(a, tuple) != isinstance(b, tuple):
        return "open"
    if isinstance(a, tuple) and isinstance(b, tuple):
        return _compare_rows(left, right, a, b, reading, approximate)
    assert not isinstance(a, tuple) and not isinstance(b, tuple)
    slack = _slack(left, a, b, reading) + _slack(right, b, a, reading)
    units = {n.unit for n in (*numbers(left), *numbers(right))}
    pairs = [(a, b)]
    if "%" in units:
        pairs += [(a * 100, b), (a, b * 100)]
        slack_of = {1: slack * 100, 2: slack * 100}
    else:
        slack_of = {}
    if units & {"bytes", "bits"}:
        both_shown = isinstance(left, Number) and isinstance(right, Number)
        return _compare_sizes(a, b, 0.0 if both_shown else slack)
    outcomes = [_compare_scalars(x, y, slack_of.get(index, slack), approximate) for index, (x, y) in enumerate(pairs)]
    return next((o for o in ("agrees", "imprecise") if o in outcomes), outcomes[0])


def _compare_scalars(a: Scalar, b: Scalar, slack: float, approximate: bool) -> Outcome:
    difference = abs(float(a - b)) if isinstance(a, Fraction) and isinstance(b, Fraction) else abs(float(a) - float(b))
    size = max(abs(float(a)), abs(float(b)))
    noise = RELATIVE_NOISE * size
    if approximate:
        slack = max(2 * slack, LOOSE * size)
    if a == b or (difference <= slack + noise and (slack > 0 or not _both_exact(a, b))):
        return "agrees"
    return "imprecise" if difference <= SLIGHT * size else "wrong"


def _both_exact(a: Scalar, b: Scalar) -> bool:
    return isinstance(a, Fraction) and isinstance(b, Fraction)


def _compare_sizes(a: Scalar, b: Scalar, slack: float) -> Outcome:
    """Memory sizes agree up to powers of 1000 and 1024, whichever prefix was meant, and a few per cent."""
    if a <= 0 or b <= 0:
        return "open"
    ratio = float(a) / float(b)
    room = 0.05 + slack / max(float(b), 1e-300)
    for base in (1000.0, 1024.0):
        for power in range(-4, 5):
            for bits in (1.0, 8.0, 0.125):
                for mixed in (1.0, 1.024, 1.048576, 1.073741824, 1 / 1.024, 1 / 1.048576, 1 / 1.073741824):
                    if abs(ratio * bits * mixed / base**power - 1) <= room:
                        return "agrees"
    return "wrong"


def _compare_rows(
    left: Expression, right: Expression, a: tuple[Value, ...], b: tuple[Value, ...], reading: Reading, approximate: bool
) -> Outcome:
    if len(a) != len(b):
        return "open"
    places = [n.decimals for n in numbers(right)] + [n.decimals for n in numbers(left)]
    slack = float(10.0 ** -min(p for p in places if p > 0)) if any(p > 0 for p in places) else 0.0
    if is_compound(right) or not is_compound(left):
        slack *= 2
    worst: Outcome = "agrees"
    for x, y in zip(a, b, strict=True):
        if isinstance(x, tuple) or isinstance(y, tuple):
            return "open"
        outcome = _compare_scalars(x, y, slack, approximate)
        if outcome == "wrong" or (outcome == "imprecise" and worst == "agrees"):
            worst = outcome
    return worst


def _slack(side: Expression, value: Scalar, other: Scalar, reading: Reading) -> float:
    """How far the value of one side may be off because its numbers are rounded."""
    if not is_compound(side):
        number = next((part for part in walk(side) if isinstance(part, Number)), None)
        if number is None:
            return 0.0
        return float(unit_in_last_place(number, stated=True, other=other) * number.scale)
    if is_scientific(side):
        mantissa = side.left if isinstance(side, Binary) and isinstance(side.left, Number) else None
        shown_digits = 1 if mantissa is None or mantissa.value == 10 else max(mantissa.digits, 1)
        return abs(float(value)) * 0.5 * 10.0 ** (1 - shown_digits)
    total = 0.0
    shown = [n for n in numbers(side) if may_be_rounded(n)][:MAX_SHIFTED]
    for number in shown:
        half = unit_in_last_place(number, stated=False) / 2
        for sign in (1, -1):
            try:
                moved = evaluate(side, reading, {id(number): sign * half})
            except Unevaluable:
                continue
            if not isinstance(moved, tuple):
                total += abs(float(moved) - float(value)) / 2
    return total


def may_be_rounded(number: Number) -> bool:
    """Whether a number in an expression may stand for one with more digits.

    Examples
    --------
    >>> [may_be_rounded(Number(Fraction(x), d, s)) for x, d, s in (("0.33", 2, 2), ("0.5", 1, 1), ("7", 0, 1))]
    [True, False, False]
    """
    if number.cut or number.unit in {"bytes", "bits"} or (number.scale > 1 and number.unit != "seconds"):
        return True
    return number.decimals > 0 and number.digits >= 2


def unit_in_last_place(number: Number, *, stated: bool, other: Scalar | None = None) -> Fraction:
    """What one step in the last digit shown is worth, before scale.

    Integers count as exact, but for large round ones, scaled ones, and those stated for a value that is no integer.
    """
    if number.decimals > 0:
        return Fraction(1, 10**number.decimals)
    if number.value.denominator != 1:
        return Fraction(0)  # computed, not shown
    whole = abs(number.value.numerator)
    zeros = len(str(whole)) - len(str(whole).rstrip("0")) if whole else 0
    if number.unit == "seconds":
        return Fraction(1) if stated and zeros else Fraction(0)
    if number.scale > 1 or number.decimals < 0:
        return Fraction(10) ** max(zeros, -number.decimals)
    if zeros >= 3:
        return Fraction(10**zeros)
    if number.scale < 1 and number.unit == "%":
        return Fraction(1)
    if stated and other is not None and other != int(other):
        return Fraction(1) if abs(float(other)) >= 10 else Fraction(1, 2)
    return Fraction(0)
