"""Recompute the equalities that a paragraph states."""

from __future__ import annotations

# ruff: noqa: SIM905  (word lists are easier to read and change as running text)
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from checking.draft import Draft, Run
from checking.grammar.agreement import compare
from checking.grammar.claims import Equality, Side, equalities, is_conversion
from checking.grammar.evaluate import Unevaluable, Value, evaluate, readings
from checking.grammar.syntax import Call, Definition, Expression, Number, Row, is_compound, numbers, walk, written
from checking.grammar.tokens import Token

ROW_RUNS: dict[str, tuple[str, str, str]] = {
    "softmax": ("softmax", "logits", "probabilities"),
    "mean": ("mean-median-mode-skewness", "data", "mean"),
    "median": ("mean-median-mode-skewness", "data", "median"),
}
PAIR_RUNS = {"cosine": ("cosine-similarity", "cosine"), "dot": ("cosine-similarity", "dot")}
SUBSTITUTED = 0.08
"""How much less sure a finding is for which names had to be replaced."""
PLAIN_CALLS = frozenset("sqrt cbrt exp ln log2 log10 abs tanh".split())


def arithmetic_drafts(
    text: str, tokens: Sequence[Token], known: Mapping[str, Definition] | None = None
) -> Iterator[Draft]:
    """Equalities of a paragraph that do not hold under any reading.

    Parameters
    ----------
    text : str
        What the tokens' offsets count in.
    tokens : sequence of Token
        Of one paragraph.
    known : mapping of str to Definition
        What the paragraph says that names stand for; equalities without one are then left out.

    Examples
    --------
    >>> from checking.grammar.tokens import tokenize
    >>> text = "In all, 3 XOR 7 XOR 4 = 4."
    >>> [(d.start, d.end, d.value, d.correct) for d in arithmetic_drafts(text, tokenize(text, 0, len(text)))]
    [(8, 25, 0, '3 XOR 7 XOR 4 = 0, not 4.')]
    """
    without = {(e.left.start, e.right.end) for e in equalities(text, tokens)} if known else set()
    for equality in equalities(text, tokens, known):
        if (equality.left.start, equality.right.end) in without:
            continue
        comparison = compare(equality.left.expression, equality.right.expression, approximate=equality.approximate)
        if comparison.outcome in {"wrong", "imprecise"}:
            assert comparison.left is not None and comparison.right is not None
            draft = _draft(text, equality, comparison.outcome == "wrong", comparison.left, comparison.right)
            yield replace(draft, confidence=round(draft.confidence - SUBSTITUTED, 2)) if known else draft


def _draft(text: str, equality: Equality, is_wrong: bool, left: Value, right: Value) -> Draft:
    computed, stated, value, other = equality.left, equality.right, left, right
    if not is_compound(computed.expression) and is_compound(stated.expression):
        computed, stated, value, other = stated, computed, right, left
    shown = _shown(text, computed)
    is_example = any(isinstance(p, Call) and p.function not in PLAIN_CALLS for p in walk(computed.expression))
    verb = "≈" if equality.approximate or not _is_exact(value) else "="
    against = f"{_shown(text, stated)}{_worth(stated, other)}"
    unit = _unit(text, computed, stated)
    value = _in_unit(value, stated, unit)
    return Draft(
        start=equality.left.start,
        end=equality.right.end,
        claim=f"{_shown(text, equality.left)} {'is about' if equality.approximate else 'equals'} {_shown(text, equality.right)}",
        kind="example" if is_example else "arithmetic",
        verdict="wrong" if is_wrong else "imprecise",
        correct=f"{shown} {verb} {readable(value)}{unit}, not {against}.",
        value=plain(value),
        confidence=_confidence(equality, is_wrong),
        severity=1 if is_wrong else 3,
        proof=_proof(computed.expression) if not unit else None,
    )


def _unit(text: str, computed: Side, side: Side) -> str:
    """The word for the time, or for the size in a conversion, that a side is stated in."""
    stated = side.expression
    if not isinstance(stated, Number):
        return ""
    if stated.unit != "seconds" and not is_conversion(computed.expression, stated):
        return ""
    return f" {text[side.start : side.end].split()[-1]}"


def _in_unit(value: Value, side: Side, unit: str) -> Value:
    """A time in seconds as one in the unit of a side."""
    if not unit or isinstance(value, tuple) or not isinstance(side.expression, Number):
        return value
    return value / side.expression.scale if isinstance(value, Fraction) else value / float(side.expression.scale)


def _shown(text: str, side: Side) -> str:
    return " ".join(text[side.start : side.end].split())


def _worth(side: Side, value: Value) -> str:
    return f" ({readable(value)})" if is_compound(side.expression) else ""


def _is_exact(value: Value) -> bool:
    return isinstance(value, Fraction) and (value.denominator == 1 or _ends(value) or value.denominator < 10_000)


def _ends(value: Fraction) -> bool:
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1 and value.denominator <= 10**6


def _confidence(equality: Equality, is_wrong: bool) -> float:
    both = [*numbers(equality.left.expression), *numbers(equality.right.expression)]
    sure = 0.97 if equality.math or equality.verb == "=" else 0.93
    if any(n.unit for n in both):
        sure -= 0.05
    if len(readings(equality.left.expression, equality.right.expression)) > 1:
        sure -= 0.02
    return round(sure if is_wrong else sure - 0.15, 2)


def _proof(expression: Expression) -> Run | None:
    """The run that recomputes one side: an algorithm of the library, or the expression itself."""
    if isinstance(expression, Call) and expression.function in ROW_RUNS:
        algorithm, name, output = ROW_RUNS[expression.function]
        return Run(algorithm, {name: _row(expression)}, (output,))
    if isinstance(expression, Call) and expression.function == "sigmoid":
        return Run("sigmoid", {"x": [_float(expression.arguments[0])]})
    if isinstance(expression, Call) and expression.function in PAIR_RUNS and len(expression.arguments) == 2:
        first, second = (plain(evaluate(argument)) for argument in expression.arguments)
        return Run(PAIR_RUNS[expression.function][0], {"a": first, "b": second})
    parts = list(walk(expression))
    if any(isinstance(p, Row) or (isinstance(p, Call) and p.function not in {*PLAIN_CALLS, "pi", "e"}) for p in parts):
        return None
    source = written(expression)
    return Run("expression-evaluation", {"expression": source}, ("value",)) if len(source) <= 2000 else None


def _row(call: Call) -> list[float]:
    arguments = call.arguments
    items = arguments[0].items if len(arguments) == 1 and isinstance(arguments[0], Row) else arguments
    return [_float(item) for item in items]


def _float(expression: Expression) -> float:
    value = evaluate(expression)
    if isinstance(value, tuple):
        raise Unevaluable("a vector where a number is due")
    return float(value)


def plain(value: Value) -> Any:
    """A value as JSON: whole numbers as integers, the rest as floats.

    Examples
    --------
    >>> plain((Fraction(2), Fraction(1, 2)))
    [2, 0.5]
    """
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    if isinstance(value, Fraction) and value.denominator == 1 and abs(value) < 2**53:
        return int(value)
    return float(value)


def readable(value: Value) -> str:
    """A value for people: fractions where they are short, six significant digits otherwise.

    Examples
    --------
    >>> readable(Fraction(59, 108)), readable(Fraction(14_000_000)), readable(2 / 3)
    ('59/108 ≈ 0.546296', '14,000,000', '0.666667')
    """
    if isinstance(value, tuple):
        return f"[{', '.join(readable(item) for item in value)}]"
    if isinstance(value, Fraction):
        if value.denominator == 1:
            return f"{value.numerator:,}" if abs(value) < 10**15 else f"{float(value):.6g}"
        if _ends(value):
            return f"{float(value):.10g}"
        if value.denominator < 10_000:
            return f"{value.numerator}/{value.denominator} ≈ {float(value):.6g}"
    number = float(value)
    return f"{number:.6g}" if math.isfinite(number) else str(number)
