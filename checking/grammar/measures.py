"""Numbers with what belongs to them: scale words, per cent signs, units, nouns, ellipses."""

from __future__ import annotations

from fractions import Fraction

from checking.grammar.cursor import Cursor, Unparsable
from checking.grammar.syntax import Number
from checking.grammar.tokens import Token
from checking.grammar.vocabulary import BITS, BYTES, NOT_NOUNS, SCALES, SECONDS, SHORT_SCALES


def measured(cursor: Cursor) -> Number:
    """A number from here with its scale and unit, without what it is combined with.

    Raises
    ------
    Unparsable
        If there is no number here.

    Examples
    --------
    >>> from checking.grammar.parser import Parser
    >>> from checking.grammar.tokens import tokenize
    >>> found = measured(Parser(tokenize("7 billion bytes", 0, 15)))
    >>> found.unit, int(found.scale)
    ('bytes', 1000000000)
    """
    token = cursor.peek()
    if token is None or token.kind != "number":
        raise Unparsable("no number")
    cursor.position += 1
    return _with_unit(cursor, token)


def _with_unit(cursor: Cursor, token: Token) -> Number:
    assert token.value is not None
    scale, unit, cut = Fraction(1), "", False
    after = cursor.peek()
    if after is not None and after.kind == "stop" and after.text in {"...", "…"} and after.tight:
        cursor.position += 1
        cut, after = True, cursor.peek()
    if after is not None and after.kind == "op" and after.text == "%" and not cursor.starts_number(1):
        cursor.position += 1
        return Number(token.value, token.decimals, token.digits, Fraction(1, 100), "%", cut)
    if after is not None and after.kind == "word" and not after.line and not cursor.at_operator_word():
        scale = _scale(cursor, after)
        unit = _unit(cursor)
        if unit == "%":
            scale = Fraction(1, 100)
        elif unit in BYTES:
            scale, unit = scale * BYTES[unit], "bytes"
        elif unit in BITS:
            scale, unit = scale * BITS[unit], "bits"
        elif unit in SECONDS:
            scale, unit = scale * SECONDS[unit], "seconds"
    return Number(token.value, token.decimals, token.digits, scale, unit, cut)


def _scale(cursor: Cursor, word: Token) -> Fraction:
    scale = SHORT_SCALES.get(word.text) if word.tight and not word.math else None
    if scale is None:
        scale = SCALES.get(word.text.lower())
    if scale is None:
        return Fraction(1)
    cursor.position += 1
    return Fraction(scale)


def _unit(cursor: Cursor) -> str:
    """The unit or noun behind a number, where it clearly is one; consumed."""
    word = cursor.peek()
    if word is None or word.kind != "word" or word.line or (word.math and len(word.text) == 1):
        return ""
    lowered = word.text.lower()
    if lowered == "percent" or cursor.reads(("per", "cent")):
        cursor.position += 1 if lowered == "percent" else 2
        return "%"
    if word.text in BYTES or word.text in BITS or (word.text in SECONDS and not _is_rate(cursor)):
        cursor.position += 1
        return word.text
    if word.tight or len(word.text) < 3 or lowered in NOT_NOUNS:
        return ""
    after = cursor.peek(1)
    joins = after is not None and (
        (after.kind == "op" and after.text in {"*", "·", "/", "+", "-"} and not after.tight) or after.kind == "relation"
    )
    if joins:
        cursor.position += 1
        return lowered
    return ""


def _is_rate(cursor: Cursor) -> bool:
    """Whether a time is only the beginning of something else: "24 hours per day", "5 minutes/step"."""
    after = cursor.peek(1)
    return after is not None and (
        (after.kind == "word" and after.text.lower() in {"per", "a", "each", "every"})
        or (after.text == "/" and after.tight)
    )
