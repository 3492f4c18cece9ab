"""Words of prose and formulas that begin an operand: functions, phrases such as "square root of", names."""

from __future__ import annotations

from checking.grammar.cursor import Cursor, Unparsable
from checking.grammar.names import unknown
from checking.grammar.syntax import Call, Expression, Number, Row, Unary
from checking.grammar.tokens import Token
from checking.grammar.vocabulary import FUNCTION_WORDS, FUNCTIONS, PHRASES_BY_WORD


def word(cursor: Cursor, token: Token) -> Expression:
    """What begins with a word, which is next.

    Raises
    ------
    Unparsable
        If it is no operand.
    """
    for words, function, shape in PHRASES_BY_WORD.get(token.text.lower(), ()):
        if cursor.reads(words):
            before = cursor.position
            try:
                cursor.position += len(words)
                return _phrase(cursor, function, shape)
            except Unparsable:
                cursor.position = before
    cursor.position += 1
    name = token.text
    after = cursor.peek()
    called = after is not None and after.kind == "open" and after.text == "(" and (after.tight or token.math)
    known = FUNCTIONS.get(name) or (FUNCTION_WORDS.get(name.lower()) if len(name) > 1 else None)
    if called and known:
        assert after is not None
        inner = cursor.bracketed(after)
        arguments = (
            inner.items if isinstance(inner, Row) and cursor.tokens[cursor.position - 1].text == ")" else (inner,)
        )
        return Call(known, arguments)
    if token.math and name == "e" and _is_power(cursor):
        return Call("e", ())
    if name == "π":
        return Call("pi", ())
    return unknown(cursor)


def _is_power(cursor: Cursor) -> bool:
    token = cursor.peek()
    return token is not None and token.kind == "op" and (token.text == "^" or token.text.startswith("sup"))


def _phrase(cursor: Cursor, function: str, shape: str) -> Expression:
    """What follows words such as "square root of" or "mean of"."""
    if shape == "one":
        return Call(function, (cursor.expression(21),))
    if shape == "base":
        base = cursor.expression(30)
        if not cursor.reads(("of",)):
            raise Unparsable("no argument")
        cursor.position += 1
        return Call(function, (cursor.expression(21), base))
    if shape == "two":
        first = cursor.operand()
        if not cursor.reads(("and",)):
            raise Unparsable("no second operand")
        cursor.position += 1
        return Call(function, (first, cursor.operand()))
    return Call(function, (_list(cursor),))


def _list(cursor: Cursor) -> Expression:
    """A vector in brackets, or numbers joined by commas and "and"."""
    token = cursor.opens("[(")
    if token is not None:
        inner = cursor.bracketed(token)
        if not isinstance(inner, Row):
            raise Unparsable("no list")
        return inner
    items = [cursor.expression(25)]
    if isinstance(items[0], Row):  # a name that stands for a vector
        return items[0]
    while (after := cursor.peek()) is not None:
        if after.kind == "comma":
            cursor.position += 1
            if cursor.reads(("and",)):
                cursor.position += 1
        elif after.kind == "word" and after.text == "and":
            cursor.position += 1
        else:
            break
        items.append(cursor.expression(25))
    after = cursor.peek()
    if after is not None and after.kind == "op":
        raise Unparsable("where the list ends is open")
    if len(items) < 2 or not all(isinstance(item, Number | Unary) for item in items):
        raise Unparsable("no list")
    return Row(tuple(items))
