r"""LaTeX commands: fractions, roots, binomials, functions, and the big operators with their bounds."""

from __future__ import annotations

from fractions import Fraction

from checking.grammar.cursor import Cursor, Unparsable
from checking.grammar.names import applied, power_before, primes, unknown
from checking.grammar.syntax import Binary, Call, Definition, Expression, Name, Number
from checking.grammar.tokens import Token
from checking.grammar.vocabulary import LATEX_FUNCTIONS


def command(cursor: Cursor, token: Token) -> Expression:
    """What begins with a command, which is next.

    Raises
    ------
    Unparsable
        If an argument is missing.
    """
    cursor.position += 1
    name = token.text
    if name in {"\\frac", "\\dfrac", "\\tfrac", "\\cfrac"}:
        return Binary("/", _braced(cursor), _braced(cursor))
    if name in {"\\binom", "\\dbinom", "\\tbinom"}:
        return Binary("choose", _braced(cursor), _braced(cursor))
    if name == "\\sqrt":
        return _root(cursor)
    if name in {"\\pi"}:
        return Call("pi", ())
    if name in {"\\int", "\\sum", "\\prod", "\\lim"}:
        return _big_operator(cursor, name)
    if name == "\\log" and _subscripted(cursor):
        cursor.position += 1
        base = _braced(cursor)
        return Call("log", (_argument(cursor), base))
    if LATEX_FUNCTIONS.get(name):
        return _function(cursor, LATEX_FUNCTIONS[name])
    return unknown(cursor)


def _function(cursor: Cursor, name: str) -> Expression:
    r"""A function of its argument, with the marks of a derivative or an exponent that may stand between them."""
    count = primes(cursor)
    if count:
        itself = Definition(("x",), Call(name, (Name("x"),)))
        return applied(itself, (_argument(cursor),), count)
    exponent = power_before(cursor)
    value = Call(name, (_argument(cursor),))
    return value if exponent is None else Binary("^", value, exponent)


def _braced(cursor: Cursor) -> Expression:
    """An argument of a LaTeX command: a group, or a single digit or letter."""
    token = cursor.peek()
    if token is not None and token.kind == "open" and token.text == "{":
        cursor.position += 1
        inner = cursor.expression()
        cursor.close("}")
        return inner
    if token is not None and token.kind == "number" and len(token.text) == 1:
        cursor.position += 1
        assert token.value is not None
        return Number(token.value, token.decimals, token.digits)
    raise Unparsable("an argument is missing")


def _big_operator(cursor: Cursor, name: str) -> Expression:
    """An integral, sum, product or limit: its scripts, then what it is applied to."""
    if name == "\\lim":
        variable, target = _bound(cursor, "\\to")
        return Call("limit", (cursor.expression(10), variable, target))
    if name != "\\int":
        variable, low = _bound(cursor, "=")
        high = _script(cursor, "^")
        return Call("series" if name == "\\sum" else "product_over", (cursor.expression(10), variable, low, high))
    limits = (_script(cursor, "_"), _script(cursor, "^")) if _subscripted(cursor) else ()
    body, variable = without_differential(cursor.expression())
    return Call("integral", (body, variable, *limits))


def _script(cursor: Cursor, mark: str) -> Expression:
    """What stands behind ``_`` or ``^``: a group or one token."""
    token = cursor.peek()
    if token is None or token.text != mark:
        raise Unparsable(f"{mark!r} is missing")
    cursor.position += 1
    token = cursor.peek()
    if token is not None and token.kind == "open" and token.text == "{":
        return cursor.bracketed(token)
    if token is not None and token.kind == "number":
        cursor.position += 1
        assert token.value is not None
        return Number(token.value, token.decimals, token.digits)
    if token is not None and token.kind in {"word", "command"}:
        cursor.position += 1
        return Call("pi", ()) if token.text == "\\pi" else Name(token.text)
    raise Unparsable("a script is missing")


def _bound(cursor: Cursor, joint: str) -> tuple[Name, Expression]:
    """A group such as ``_{i=1}`` or ``_{x \\to 0}``."""
    tokens = [cursor.peek(ahead) for ahead in range(4)]
    found = [t.text for t in tokens if t is not None]
    variable = tokens[2]
    if len(found) != 4 or variable is None or found[:2] != ["_", "{"] or found[3] != joint:
        raise Unparsable("no bound variable")
    cursor.position += 4
    value = cursor.expression()
    cursor.close("}")
    return Name(variable.text), value


def _subscripted(cursor: Cursor) -> bool:
    token = cursor.peek()
    return token is not None and token.kind == "word" and token.text == "_"


def _root(cursor: Cursor) -> Expression:
    if cursor.opens("["):
        cursor.position += 1
        degree = cursor.expression()
        cursor.close("]")
        return Binary("^", _braced(cursor), Binary("/", Number(Fraction(1)), degree))
    return Call("sqrt", (_braced(cursor),))


def _argument(cursor: Cursor) -> Expression:
    token = cursor.opens("({")
    return cursor.expression(19) if token is None else cursor.bracketed(token)


def without_differential(body: Expression) -> tuple[Expression, Name]:
    """An integrand without the ``dx`` at its end, and the variable.

    Raises
    ------
    Unparsable
        If there is none.

    Examples
    --------
    >>> without_differential(Binary("*", Binary("*", Name("y"), Name("d")), Name("x")))
    (Name(text='y'), Name(text='x'))
    """
    if isinstance(body, Binary) and body.operator in {"+", "-"}:
        inner, variable = without_differential(body.right)
        return Binary(body.operator, body.left, inner), variable
    if isinstance(body, Binary) and body.operator == "*" and isinstance(body.right, Name):
        if body.left == Name("d"):
            return Number(Fraction(1)), body.right
        if isinstance(body.left, Binary) and body.left.operator == "*" and body.left.right == Name("d"):
            return body.left.left, body.right
    raise Unparsable("an integral without its variable")
