"""Evaluate expressions exactly where they are rational, in floats otherwise, within limits on size."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from checking.grammar.syntax import Binary, Call, Expression, Name, Number, Row, Unary, walk

MAX_BITS = 4096
MAX_FACTORIAL = 500
MAX_PARTS = 400
Scalar = Fraction | float
Value = Scalar | tuple["Value", ...]


class Unevaluable(Exception):
    """An expression without a value: unknown names, division by zero, beyond the limits."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to understand what notation leaves open.

    Attributes
    ----------
    log_base : float
        Of ``log`` and of entropies.
    caret_is_xor : bool
        ``^`` as in C.
    integer_division : bool
        ``/`` as in C.
    degrees : bool
        Angles in degrees.
    sample : bool
        Variances divided by n - 1.
    relative : bool
        ``100 + 10%`` is 110.
    bare_times : bool
        Times are counts, as in "2 weeks × 7 = 14 days".
    """

    log_base: float = math.e
    caret_is_xor: bool = False
    integer_division: bool = False
    degrees: bool = False
    sample: bool = False
    relative: bool = False
    bare_times: bool = False


def readings(*expressions: Expression) -> list[Reading]:
    """All readings that make a difference to some expressions, the usual one first.

    Examples
    --------
    >>> three = Number(Fraction(3))
    >>> len(readings(Binary("^", three, three))), len(readings(Binary("+", three, three)))
    (2, 1)
    """
    found = [Reading()]

    def also(**change: float | bool) -> None:
        found.extend([_changed(reading, change) for reading in list(found)])

    parts = [part for expression in expressions for part in walk(expression)]
    functions = {part.function for part in parts if isinstance(part, Call)}
    operators = {part.operator for part in parts if isinstance(part, Binary)}
    if "log" in functions or "entropy" in functions:
        base = list(found)
        found = base + [_changed(r, {"log_base": b}) for r in base for b in (2.0, 10.0)]
    if "^" in operators:
        also(caret_is_xor=True)
    if functions & {"sin", "cos", "tan"}:
        also(degrees=True)
    if functions & {"variance", "sd"}:
        also(sample=True)
    if operators & {"+", "-"} and any(isinstance(p, Number) and p.unit == "%" for p in parts):
        also(relative=True)
    if any(isinstance(p, Number) and p.unit == "seconds" for p in parts):
        also(bare_times=True)
    return found


def _changed(reading: Reading, change: Mapping[str, float | bool]) -> Reading:
    values = {name: getattr(reading, name) for name in Reading.__slots__}
    return Reading(**{**values, **change})


def evaluate(
    expression: Expression, reading: Reading | None = None, shifts: Mapping[int, Fraction] | None = None
) -> Value:
    """Value of an expression.

    Parameters
    ----------
    expression : Expression
        Without unknown names.
    reading : Reading, optional
        How to understand what is open.
    shifts : mapping, optional
        What to add to the numbers with these identities (`id`), to see how much rounding matters.

    Raises
    ------
    Unevaluable
        If it has no value, or only one beyond the limits.

    Examples
    --------
    >>> evaluate(Binary("xor", Number(Fraction(3)), Number(Fraction(7))))
    Fraction(4, 1)
    """
    if sum(1 for _ in walk(expression)) > MAX_PARTS:
        raise Unevaluable("too long")
    try:
        return _Evaluation(reading or Reading(), shifts or {}).value(expression)
    except (ZeroDivisionError, OverflowError, ValueError, TypeError, RecursionError) as error:
        raise Unevaluable(str(error)) from error


class _Evaluation:
    def __init__(self, reading: Reading, shifts: Mapping[int, Fraction]) -> None:
        self.reading = reading
        self.shifts = shifts

    def value(self, expression: Expression) -> Value:
        match expression:
            case Number():
                value = expression.value + self.shifts.get(id(expression), 0)
                return value if self.reading.bare_times and expression.unit == "seconds" else value * expression.scale
            case Name():
                raise Unevaluable(f"{expression.text} has no value")
            case Row():
                return tuple(self.value(item) for item in expression.items)
            case Unary(operator="!"):
                return _factorial(self.scalar(expression.operand))
            case Unary():
                return _each(lambda x: -x, self.value(expression.operand))
            case Call():
                return self.call(expression)
            case Binary():
                return self.binary(expression)

    def scalar(self, expression: Expression) -> Scalar:
        value = self.value(expression)
        if isinstance(value, tuple):
            raise Unevaluable("a vector where a number is due")
        return value

    def binary(self, expression: Binary) -> Value:
        left, right = self.value(expression.left), self.value(expression.right)
        operator = expression.operator
        if isinstance(left, tuple) and isinstance(right, tuple):
            return _rows(operator, left, right)
        if (
            operator == "/"
            and self.reading.integer_division
            and isinstance(left, Fraction)
            and isinstance(right, Fraction)
        ):
            operator = "//"
        if operator == "^" and self.reading.caret_is_xor:
            operator = "xor"
        if (
            operator in "+-"
            and self.reading.relative
            and _is_percent(expression.right)
            and not _is_percent(expression.left)
        ):
            right = _each(lambda x: _apply("*", _number(left), x), right)
        if isinstance(left, tuple) or isinstance(right, tuple):
            if operator not in {"*", "·", "/", "of"}:
                raise Unevaluable("a vector and a number")
            if isinstance(left, tuple):
                scale = _number(right)
                return _each(lambda x: _apply(operator, x, scale), left)
            scale = _number(left)
            if operator == "/":
                raise Unevaluable("a number over a vector")
            return _each(lambda x: _apply(operator, scale, x), right)
        return _apply(operator, left, right)

    def call(self, expression: Call) -> Value:
        name = expression.function
        if name == "pi":
            return math.pi
        if name == "e":
            return math.e
        values = [self.value(argument) for argument in expression.arguments]
        if name in ROW_FUNCTIONS:
            row = values[0] if len(values) == 1 and isinstance(values[0], tuple) else tuple(values)
            return ROW_FUNCTIONS[name](tuple(_number(x) for x in row), self.reading)
        if name in PAIR_FUNCTIONS and len(values) == 2:
            first, second = values
            if isinstance(first, tuple) and isinstance(second, tuple) and len(first) == len(second):
                return PAIR_FUNCTIONS[name]([_number(x) for x in first], [_number(x) for x in second])
            raise Unevaluable("two vectors of one length are due")
        if name in {"log"}:
            base = float(_number(values[1])) if len(values) == 2 else self.reading.log_base
            return math.log(_number(values[0])) / math.log(base)
        if name in ANGLE_FUNCTIONS and len(values) == 1:
            angle = float(_number(values[0]))
            return ANGLE_FUNCTIONS[name](math.radians(angle) if self.reading.degrees else angle)
        if name in SCALAR_FUNCTIONS and len(values) == 1:
            return _each(SCALAR_FUNCTIONS[name], values[0])
        raise Unevaluable(f"{name} with {len(values)} arguments")


def _is_percent(expression: Expression) -> bool:
    return isinstance(expression, Number) and expression.unit == "%"


def _number(value: Value) -> Scalar:
    if isinstance(value, tuple):
        raise Unevaluable("a vector where a number is due")
    return value


def _each(function: Callable[[Scalar], Scalar], value: Value) -> Value:
    return tuple(_each(function, item) for item in value) if isinstance(value, tuple) else function(value)


def _rows(operator: str, left: tuple[Value, ...], right: tuple[Value, ...]) -> Value:
    if len(left) != len(right):
        raise Unevaluable("vectors of two lengths")
    if operator == "·":
        return _total([_apply("*", _number(a), _number(b)) for a, b in zip(left, right, strict=True)])
    if operator in {"+", "-"}:
        return tuple(_apply(operator, _number(a), _number(b)) for a, b in zip(left, right, strict=True))
    raise Unevaluable("two vectors")


def _apply(operator: str, left: Scalar, right: Scalar) -> Scalar:
    match operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*" | "·" | "of":
            return _bounded(left * right)
        case "/":
            return _bounded(left / right)
        case "//":
            return Fraction(left // right)
        case "mod":
            return left % right
        case "^":
            return _power(left, right)
        case "xor":
            return Fraction(_integer(left) ^ _integer(right))
        case "choose":
            top, bottom = _integer(left), _integer(right)
            if not 0 <= bottom <= top <= MAX_FACTORIAL:
                raise Unevaluable("out of bounds")
            return Fraction(math.comb(top, bottom))
    raise Unevaluable(operator)


def _bounded(value: Scalar) -> Scalar:
    if isinstance(value, Fraction) and max(value.numerator.bit_length(), value.denominator.bit_length()) > MAX_BITS:
        raise Unevaluable("too large")
    return value


def _power(base: Scalar, exponent: Scalar) -> Scalar:
    if isinstance(base, Fraction) and isinstance(exponent, Fraction) and exponent.denominator == 1:
        bits = max(base.numerator.bit_length(), base.denominator.bit_length(), 1)
        if abs(exponent) * bits <= MAX_BITS:
            return Fraction(base ** int(exponent))
        if abs(exponent) > 10**6:
            raise Unevaluable("too large")
    result: float | complex = float(base) ** float(exponent)
    if isinstance(result, complex):
        raise Unevaluable("a root of a negative number")
    return result


def _integer(value: Scalar) -> int:
    if value != int(value) or value < 0 or value > 2**64:
        raise Unevaluable("a natural number is due")
    return int(value)


def _factorial(value: Scalar) -> Fraction:
    number = _integer(value)
    if number > MAX_FACTORIAL:
        raise Unevaluable("too large")
    return Fraction(math.factorial(number))


def _total(row: Sequence[Scalar]) -> Scalar:
    if all(isinstance(x, Fraction) for x in row):
        return sum(row, Fraction(0))
    return math.fsum(row)


def _mean(row: Sequence[Scalar]) -> Scalar:
    return _total(row) / len(row)


def _median(row: Sequence[Scalar]) -> Scalar:
    ordered = sorted(row)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def _variance(row: Sequence[Scalar], reading: Reading) -> Scalar:
    mean = _mean(row)
    return _total([(x - mean) ** 2 for x in row]) / (len(row) - reading.sample)


def _softmax(row: Sequence[Scalar]) -> tuple[Value, ...]:
    top = max(row)
    powers = [math.exp(x - top) for x in row]
    total = math.fsum(powers)
    return tuple(p / total for p in powers)


def _entropy(row: Sequence[Scalar], reading: Reading) -> Scalar:
    if any(p < 0 for p in row) or abs(float(_total(row)) - 1) > 0.02:
        raise Unevaluable("no distribution")
    return -math.fsum(float(p) * math.log(p) for p in row if p) / math.log(reading.log_base)


def _product(row: Sequence[Scalar]) -> Scalar:
    result: Scalar = Fraction(1)
    for x in row:
        result = _bounded(result * x)
    return result


def _dot(a: Sequence[Scalar], b: Sequence[Scalar]) -> Scalar:
    return _total([x * y for x, y in zip(a, b, strict=True)])


def _norm(row: Sequence[Scalar]) -> Scalar:
    return math.sqrt(_dot(row, row))


ROW_FUNCTIONS: dict[str, Callable[[tuple[Scalar, ...], Reading], Value]] = {
    "sum": lambda row, _: _total(row),
    "product": lambda row, _: _product(row),
    "mean": lambda row, _: _mean(row),
    "median": lambda row, _: _median(row),
    "max": lambda row, _: max(row),
    "min": lambda row, _: min(row),
    "variance": _variance,
    "sd": lambda row, reading: math.sqrt(_variance(row, reading)),
    "softmax": lambda row, _: _softmax(row),
    "entropy": _entropy,
    "norm": lambda row, _: _norm(row),
    "norm1": lambda row, _: _total([abs(x) for x in row]),
}
PAIR_FUNCTIONS: dict[str, Callable[[Sequence[Scalar], Sequence[Scalar]], Scalar]] = {
    "dot": _dot,
    "cosine": lambda a, b: float(_dot(a, b)) / (float(_norm(a)) * float(_norm(b))),
    "distance": lambda a, b: _norm([x - y for x, y in zip(a, b, strict=True)]),
}
ANGLE_FUNCTIONS: dict[str, Callable[[float], float]] = {"sin": math.sin, "cos": math.cos, "tan": math.tan}
SCALAR_FUNCTIONS: dict[str, Callable[[Scalar], Scalar]] = {
    "sqrt": math.sqrt,
    "cbrt": lambda x: math.cbrt(x),
    "exp": math.exp,
    "ln": math.log,
    "log2": math.log2,
    "log10": math.log10,
    "abs": lambda x: x if x >= 0 else -x,
    "tanh": math.tanh,
    "relu": lambda x: max(x, Fraction(0)),
    "sigmoid": lambda x: 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x)),
    "factorial": _factorial,
}
