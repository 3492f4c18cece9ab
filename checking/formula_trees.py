"""What of an equation is sent to be decided: trees of known operators, names and numbers, never text."""

from __future__ import annotations

# ruff: noqa: SIM905  (word lists are easier to read and change as running text)
from collections.abc import Mapping
from typing import Any

from checking.grammar.names import applied
from checking.grammar.syntax import Binary, Call, Definition, Expression, Name, Number, Unary, is_compound, walk
from checking.grammar.vocabulary import GREEK

OPERATORS = frozenset({"integral", "series", "product_over", "limit", "derivative", "at"})
FUNCTIONS = frozenset("sqrt exp log ln sin cos tan tanh log2 log10 pi e cbrt sigmoid".split())
CONSTANTS = frozenset("abckn") | GREEK
MAX_PARTS = 80
Known = Mapping[str, Definition]


def claim_tree(left: Expression, right: Expression, known: Known | None = None) -> dict[str, Any] | None:
    """What is sent to be decided; None where the equation is no claim of this kind, or has parts that are not known.

    Parameters
    ----------
    left, right : Expression
        The left one is a derivative, an integral, a sum or a limit, or else nothing is claimed.
    known : mapping of str to Definition
        Functions, and variables that depend on one other, that a derivative may name.

    Examples
    --------
    >>> claim_tree(Name("y"), Name("x")) is None
    True
    """
    alone = as_derivative(left)
    named = alone is left and (left := as_derivative(left, known)) is not alone  # then it is said what depends on what
    left = left if named else alone
    if not _is_operator(left) or not _are_simple(left, right):
        return None
    if isinstance(left, Call) and not named and not _names_are_independent(left):
        return None
    indefinite = isinstance(left, Call) and left.function == "integral" and len(left.arguments) == 2
    if not free_names(right) - ({"C", "c"} if indefinite else set()) <= free_names(left):
        return None
    return _request(left, right)


def identity_tree(left: Expression, right: Expression) -> dict[str, Any] | None:
    """What is sent to be decided of an equation that is said to hold for all values of its names; None as in `claim_tree`.

    Examples
    --------
    >>> from fractions import Fraction
    >>> two = Number(Fraction(2))
    >>> square = Binary("^", Binary("+", Name("a"), Name("b")), two)
    >>> identity_tree(square, Binary("+", Binary("^", Name("a"), two), Binary("^", Name("b"), two)))["slack"]
    0.0
    >>> identity_tree(square, Name("c")) is None, identity_tree(Name("a"), Name("b")) is None
    (True, True)
    """
    free_left, free_right = free_names(left), free_names(right)
    constant = isinstance(right, Number) and any(isinstance(p, Call) for p in walk(left))
    if not free_left or not (free_left == free_right or constant) or not is_compound(left):
        return None
    if any(name.isupper() for name in free_left | free_right) or not _are_simple(left, right):
        return None  # capitals may be matrices and random variables, whose products are others
    return _request(left, right)


def _are_simple(left: Expression, right: Expression) -> bool:
    """Whether both sides have nothing but known functions and one-letter names."""
    parts = [*walk(left), *walk(right)]
    names = {p.text for p in parts if isinstance(p, Name)}
    banned = "de" if isinstance(left, Call) and left.function in {"series", "product_over"} else "dei"
    simple = all((len(n) == 1 and n.isalpha() and n not in banned) or n in GREEK for n in names)
    calls = {p.function for p in parts if isinstance(p, Call)}
    return simple and len(parts) <= MAX_PARTS and calls <= OPERATORS | FUNCTIONS


def _request(left: Expression, right: Expression) -> dict[str, Any] | None:
    try:
        return {"left": as_tree(left), "right": as_tree(right), "slack": _slack(right)}
    except ValueError:
        return None


def _names_are_independent(call: Call) -> bool:
    """Whether what is derived or integrated depends on the variable only by what is written: f and y may be functions of it."""
    if call.function not in {"derivative", "integral"}:
        return True
    body, variable = call.arguments[:2]
    inside = free_names(body)
    others = inside - free_names(variable) - CONSTANTS
    return not others and (call.function == "integral" or free_names(variable) <= inside)


def _slack(right: Expression) -> float:
    """How far a result that is stated as a decimal number may be off."""
    inner = right.operand if isinstance(right, Unary) else right
    if not isinstance(inner, Number):
        return 0.0
    return 10.0**-inner.decimals if inner.decimals > 0 else 0.5 if _may_be_rounded(inner) else 0.0


def _may_be_rounded(number: Number) -> bool:
    """Whether a whole number may be a rounded one."""
    return number.value >= 10


def _is_operator(expression: Expression) -> bool:
    if isinstance(expression, Unary):
        return _is_operator(expression.operand)
    return isinstance(expression, Call) and expression.function in OPERATORS


def free_names(expression: Expression) -> set[str]:
    """Names that are not bound by a sum, a limit or a definite integral."""
    match expression:
        case Name():
            return {expression.text} - {"\\infty"}
        case Call(function="series" | "product_over" | "limit"):
            variable = expression.arguments[1]
            inner = free_names(expression.arguments[0]) - free_names(variable)
            return inner.union(*(free_names(a) for a in expression.arguments[2:]))
        case Call(function="at"):
            body, variable, place = expression.arguments
            return (free_names(body) - free_names(variable)) | free_names(place)
        case Call(function="integral") if len(expression.arguments) == 4:
            inner = free_names(expression.arguments[0]) - free_names(expression.arguments[1])
            return inner | free_names(expression.arguments[2]) | free_names(expression.arguments[3])
        case Call():
            return set().union(*(free_names(a) for a in expression.arguments))
        case Binary():
            return free_names(expression.left) | free_names(expression.right)
        case Unary():
            return free_names(expression.operand)
    return set()


def as_derivative(expression: Expression, known: Known | None = None) -> Expression:
    r"""``\frac{d}{dx}`` times something as its derivative, ``\frac{dy}{dx}`` of a known ``y`` likewise; else as it is."""
    factors: list[Expression] = []
    rest = expression
    while isinstance(rest, Binary) and rest.operator == "*":
        factors.insert(0, rest.right)
        rest = rest.left
    found = _differential(rest)
    if found is None:
        return expression
    dependent, variable = found
    if dependent is None and factors:
        body = factors[0]
        for factor in factors[1:]:
            body = Binary("*", body, factor)
        return Call("derivative", (body, variable))
    function = (known or {}).get(dependent.text) if dependent is not None else None
    if function is None or factors or variable.text not in function.parameters:
        return expression
    if len(function.parameters) == 1:
        return applied(function, (variable,), 1)
    return Call("derivative", (function.body, variable))


def _differential(expression: Expression) -> tuple[Name | None, Name] | None:
    """What is derived, None where it stands behind, and by what."""
    if not isinstance(expression, Binary) or expression.operator != "/":
        return None
    top, bottom = expression.left, expression.right
    dependent: Name | None = None
    if isinstance(top, Binary) and top.operator == "*" and isinstance(top.right, Name):
        dependent, top = top.right, top.left
    if top not in (Name("d"), Name("\\partial")) or not isinstance(bottom, Binary) or bottom.operator != "*":
        return None
    return (dependent, bottom.right) if bottom.left == top and isinstance(bottom.right, Name) else None


def as_tree(expression: Expression) -> list[Any]:
    """Nested lists: operator first.

    Raises
    ------
    ValueError
        If a part has no meaning there.

    Examples
    --------
    >>> as_tree(Binary("+", Name("x"), Name("y")))
    ['+', ['name', 'x'], ['name', 'y']]
    """
    match expression:
        case Number(unit=""):
            value = expression.value * expression.scale
            return ["number", value.numerator, value.denominator]
        case Name():
            return ["name", expression.text]
        case Unary():
            return ["negative" if expression.operator == "-" else "factorial", as_tree(expression.operand)]
        case Binary(operator="+" | "-" | "*" | "·" | "/" | "^" | "choose"):
            return [expression.operator.replace("·", "*"), as_tree(expression.left), as_tree(expression.right)]
        case Call(function="sigmoid", arguments=(argument,)):
            return ["/", ["number", 1, 1], ["+", ["number", 1, 1], ["exp", ["negative", as_tree(argument)]]]]
        case Call():
            return [expression.function, *(as_tree(argument) for argument in expression.arguments)]
    raise ValueError("no part of a formula")
