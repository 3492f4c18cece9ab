"""Expressions of the claim grammar."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it is shown.

    Attributes
    ----------
    value : Fraction
        Without scale, unit and per cent sign.
    scale : Fraction
        What scale words, units and the per cent sign multiply it by.
    decimals, digits : int
        How precisely it is shown; see `Token`.
    unit : str
        ``%``, ``bytes``, ``bits``, or the noun behind it; empty for none.
    cut : bool
        Whether an ellipsis follows.
    """

    value: Fraction
    decimals: int = 0
    digits: int = 0
    scale: Fraction = Fraction(1)
    unit: str = ""
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Name:
    """Something without a known value: a variable, a function of one, a word."""

    text: str


@dataclass(frozen=True, slots=True)
class Unary:
    """A prefix or postfix operator: ``-`` or ``!``."""

    operator: str
    operand: Expression


@dataclass(frozen=True, slots=True)
class Binary:
    """An infix operator: ``+ - * · / // ^ mod xor choose of``."""

    operator: str
    left: Expression
    right: Expression
    tight: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """A known function and its arguments."""

    function: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A vector."""

    items: tuple[Expression, ...]


Expression = Number | Name | Unary | Binary | Call | Row


@dataclass(frozen=True, slots=True)
class Definition:
    """What a name stands for: a function of its parameters, or a value where it has none."""

    parameters: tuple[str, ...]
    body: Expression


def substitute(expression: Expression, values: Mapping[str, Expression]) -> Expression:
    """The expression with some names replaced.

    Examples
    --------
    >>> substitute(Unary("-", Name("x")), {"x": Name("y")})
    Unary(operator='-', operand=Name(text='y'))
    """
    match expression:
        case Name():
            return values.get(expression.text, expression)
        case Unary():
            return replace(expression, operand=substitute(expression.operand, values))
        case Binary():
            left, right = substitute(expression.left, values), substitute(expression.right, values)
            return replace(expression, left=left, right=right)
        case Call():
            return replace(expression, arguments=tuple(substitute(a, values) for a in expression.arguments))
        case Row():
            return Row(tuple(substitute(item, values) for item in expression.items))
    return expression


def walk(expression: Expression) -> Iterator[Expression]:
    """The expression and all its parts.

    Examples
    --------
    >>> [type(part).__name__ for part in walk(Unary("-", Name("x")))]
    ['Unary', 'Name']
    """
    waiting = [expression]
    while waiting:
        part = waiting.pop()
        yield part
        match part:
            case Unary():
                waiting.append(part.operand)
            case Binary():
                waiting += [part.right, part.left]
            case Call():
                waiting += reversed(part.arguments)
            case Row():
                waiting += reversed(part.items)


def is_known(expression: Expression) -> bool:
    """Whether every part has a value."""
    return not any(isinstance(part, Name) for part in walk(expression))


def is_compound(expression: Expression) -> bool:
    """Whether there is anything to compute.

    Examples
    --------
    >>> is_compound(Unary("-", Number(Fraction(3)))), is_compound(Row((Number(Fraction(1)), Number(Fraction(2)))))
    (False, False)
    """
    return any(
        isinstance(part, Binary)
        or (isinstance(part, Call) and part.function not in {"pi", "e"})
        or (isinstance(part, Unary) and part.operator == "!")
        for part in walk(expression)
    )


def is_scientific(expression: Expression) -> bool:
    """Whether it is a power of ten, or a number times one: a number written out, with few digits shown.

    Examples
    --------
    >>> ten = Number(Fraction(10))
    >>> is_scientific(Binary("^", ten, Number(Fraction(12)))), is_scientific(Binary("+", ten, ten))
    (True, False)
    """
    if isinstance(expression, Binary) and expression.operator in {"*", "·"} and isinstance(expression.left, Number):
        return is_scientific(expression.right)
    return (
        isinstance(expression, Binary)
        and expression.operator == "^"
        and isinstance(expression.left, Number)
        and expression.left.value == 10
    )


def numbers(expression: Expression) -> list[Number]:
    """All numbers in it, in order."""
    return [part for part in walk(expression) if isinstance(part, Number)]


PRECEDENCE = {
    "xor": 2,
    "+": 10,
    "-": 10,
    "*": 20,
    "·": 20,
    "/": 20,
    "//": 20,
    "mod": 20,
    "of": 20,
    "choose": 25,
    "^": 30,
}


def written(expression: Expression, outer: int = 0) -> str:
    """The expression in plain notation, numbers with their scale applied: what `expression-evaluation` reads.

    Examples
    --------
    >>> three = Number(Fraction(3))
    >>> written(Binary("*", Binary("+", three, three), Unary("-", three)))
    '(3 + 3) * -3'
    """
    match expression:
        case Number():
            return decimal(expression.value * expression.scale)
        case Name():
            return expression.text
        case Unary(operator="!"):
            return f"{written(expression.operand, 90)}!"
        case Unary():
            text = f"-{written(expression.operand, 25)}"
            return f"({text})" if outer >= 25 else text
        case Binary():
            power = PRECEDENCE[expression.operator]
            sign = {"·": "*", "of": "*"}.get(expression.operator, expression.operator)
            left = written(expression.left, power + (expression.operator == "^"))
            right = written(expression.right, power + (expression.operator != "^"))
            text = f"{left} {sign} {right}"
            return f"({text})" if power < outer else text
        case Call(function="pi" | "e"):
            return expression.function
        case Call():
            return f"{expression.function}({', '.join(written(a) for a in expression.arguments)})"
        case Row():
            return f"[{', '.join(written(item) for item in expression.items)}]"


def decimal(value: Fraction) -> str:
    """A fraction as digits where they end, as a quotient in brackets otherwise.

    Examples
    --------
    >>> decimal(Fraction(1, 8)), decimal(Fraction(7)), decimal(Fraction(1, 3))
    ('0.125', '7', '(1/3)')
    """
    if value.denominator == 1:
        return str(value.numerator)
    rest, places = value.denominator, 0
    for prime in (2, 5):
        count = 0
        while rest % prime == 0:
            rest //= prime
            count += 1
        places = max(places, count)
    if rest != 1 or places > 30:
        return f"({value.numerator}/{value.denominator})"
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    return f"{'-' if value < 0 else ''}{digits[:-places]}.{digits[-places:]}"
