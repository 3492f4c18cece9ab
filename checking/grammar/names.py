"""Names: those with a definition in force, and those without a value."""

from __future__ import annotations

from fractions import Fraction

from checking.grammar.cursor import Cursor, Unparsable
from checking.grammar.syntax import Call, Definition, Expression, Name, Number, Row, substitute
from checking.grammar.vocabulary import COUNTS

PRIMES = frozenset({"'", "’"})
MAX_PRIMES = 3


def unknown(cursor: Cursor) -> Expression:
    """The name just read with its subscripts and arguments: what it stands for where that is known, a `Name` otherwise."""
    first = cursor.position - 1
    name = cursor.tokens[first].text
    while (token := cursor.peek()) is not None:
        if token.kind == "word" and token.text.startswith("_"):
            cursor.position += 1
            group = cursor.peek()
            if len(token.text) == 1 and group is not None and group.kind in {"number", "word", "command"}:
                cursor.position += 1
                continue
            if len(token.text) > 1:
                continue
        if cursor.known and (found := _defined(cursor, first)) is not None:
            return found
        token = cursor.peek()
        opens = token is not None and token.kind == "open" and (token.tight or token.math) and name not in COUNTS
        after_script = cursor.tokens[cursor.position - 1].text.startswith("_")
        if token is None or not opens or (token.text == "{" and not (after_script or name.startswith("\\"))):
            break
        cursor.skip_group()
    if cursor.known and (found := _defined(cursor, first)) is not None:
        return found
    return Name("".join(token.text for token in cursor.tokens[first : cursor.position]))


def _defined(cursor: Cursor, first: int) -> Expression | None:
    """What the name from token `first` stands for; the cursor moves behind its primes and arguments."""
    definition = cursor.known.get("".join(token.text for token in cursor.tokens[first : cursor.position]))
    if definition is None:
        return None
    before = cursor.position
    count = primes(cursor)
    if not definition.parameters:
        return definition.body if not count else None
    exponent = power_before(cursor) if not count else None
    token = cursor.opens("(")
    if token is None or exponent is not None or count > MAX_PRIMES:
        cursor.position = before
        return None
    inner = cursor.bracketed(token)
    arguments = inner.items if isinstance(inner, Row) else (inner,)
    if len(arguments) != len(definition.parameters) or (count and len(arguments) != 1):
        raise Unparsable("not as many arguments as it was defined with")
    return applied(definition, arguments, count)


def applied(definition: Definition, arguments: tuple[Expression, ...], order: int = 0) -> Expression:
    """A defined function of some arguments, or its derivative of some order there.

    Examples
    --------
    >>> applied(Definition(("x",), Name("x")), (Number(Fraction(3)),)) == Number(Fraction(3))
    True
    """
    if not order:
        return substitute(definition.body, dict(zip(definition.parameters, arguments, strict=True)))
    (argument,) = arguments
    at = Name(definition.parameters[0])
    body = definition.body
    if isinstance(argument, Name):
        body, at = substitute(body, {at.text: argument}), argument
    for _ in range(order):
        body = Call("derivative", (body, at))
    return body if isinstance(argument, Name) else Call("at", (body, at, argument))


def primes(cursor: Cursor) -> int:
    """Marks of a derivative behind a name, read."""
    count = 0
    while (token := cursor.peek()) is not None and token.text in PRIMES and token.tight:
        count += 1
        cursor.position += 1
    if not count and [t.text for t in cursor.tokens[cursor.position : cursor.position + 4]] == [
        "^",
        "{",
        "\\prime",
        "}",
    ]:
        cursor.position += 4
        return 1
    return count


def power_before(cursor: Cursor) -> Number | None:
    r"""The exponent between a function and its argument, as in ``\sin^2 x``; read.

    Raises
    ------
    Unparsable
        If it is no small whole number: :math:`\sin^{-1}` is no power.
    """
    token = cursor.peek()
    if token is None or token.text != "^":
        return None
    inside = [t for t in cursor.tokens[cursor.position + 1 : cursor.position + 4] if t.text not in "{}"]
    if not inside or inside[0].kind != "number" or inside[0].text not in {"2", "3", "4"}:
        raise Unparsable("no power of a function")
    braced = cursor.tokens[cursor.position + 1].text == "{"
    if braced and (cursor.position + 3 >= len(cursor.tokens) or cursor.tokens[cursor.position + 3].text != "}"):
        raise Unparsable("no power of a function")
    cursor.position += 4 if braced else 2
    return Number(Fraction(inside[0].text))
