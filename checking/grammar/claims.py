"""Find what a stretch of text states to be equal: chains of expressions between relations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from checking.grammar.parser import Parser, Unparsable
from checking.grammar.syntax import (
    Binary,
    Call,
    Definition,
    Expression,
    Name,
    Number,
    Unary,
    is_compound,
    is_known,
    numbers,
    walk,
)
from checking.grammar.tokens import Token
from checking.grammar.vocabulary import DOUBT, HEDGES, MEASURES, STATES, UNSAFE_AFTER, UNSAFE_BEFORE

DOUBTFUL = re.compile(rf"(?<![\w-])(?:{DOUBT})(?![\w-])", re.IGNORECASE)
SENTENCE_END = re.compile(r"[.!?][\"')\]]?\s+(?=[A-Z\"'(\[$\\])|\n\s*\n|\n[ \t]*(?:[-*+•]|\d{1,3}[.)])[ \t]")


@dataclass(frozen=True)
class Side:
    """One member of a chain at characters ``[start, end)``."""

    expression: Expression
    start: int
    end: int


@dataclass(frozen=True)
class Equality:
    """Two neighbouring members that are stated to be equal, both of known value.

    Attributes
    ----------
    left, right : Side
        In the order of the text.
    approximate : bool
        Whether the sign between them is an approximation sign.
    verb : str
        The relation as it is written.
    math : bool
        Whether it stands in a formula.
    """

    left: Side
    right: Side
    approximate: bool
    verb: str
    math: bool


def equalities(text: str, tokens: Sequence[Token], known: Mapping[str, Definition] | None = None) -> Iterator[Equality]:
    """Equalities that can be decided, in order.

    Parameters
    ----------
    text : str
        What the tokens' offsets count in.
    tokens : sequence of Token
        Of one paragraph.
    known : mapping of str to Definition
        What names stand for.

    Examples
    --------
    >>> from checking.grammar.tokens import tokenize
    >>> text = "Since 2 XOR 1 XOR 3 = 0, all is well; 15% of 240 is 36."
    >>> found = list(equalities(text, tokenize(text, 0, len(text))))
    >>> [text[e.left.start : e.right.end] for e in found]
    ['2 XOR 1 XOR 3 = 0', '15% of 240 is 36']
    """
    for left, relation, right in links(tokens, known):
        if _is_decidable(left, relation, right) and not is_doubtful(text, left.start, right.end):
            verb = text[left.end : right.start].strip()
            yield Equality(left, right, relation.text == "≈", verb, relation.math)


Link = tuple[Side, Token, Side]


def links(tokens: Sequence[Token], known: Mapping[str, Definition] | None = None) -> Iterator[Link]:
    """All pairs of neighbours in all chains, whether or not they can be decided."""
    for chain in chains(tokens, known):
        yield from chain


def chains(tokens: Sequence[Token], known: Mapping[str, Definition] | None = None) -> Iterator[list[Link]]:
    """The pairs of neighbours of each chain."""
    closed = without_unclosed(tokens)
    position = 0
    while position < len(closed):
        chain, position = _chain(closed, position, known)
        if chain:
            yield chain


def without_unclosed(tokens: Sequence[Token]) -> list[Token]:
    """Tokens in which a bracket that is never closed is a break: each would be tried to the end of the text otherwise."""
    waiting: list[int] = []
    for index, token in enumerate(tokens):
        if token.kind == "open":
            waiting.append(index)
        elif token.kind == "close" and waiting:
            waiting.pop()
    unclosed = set(waiting)
    return (
        [replace(t, kind="break") if i in unclosed else t for i, t in enumerate(tokens)] if unclosed else list(tokens)
    )


def _chain(tokens: Sequence[Token], position: int, known: Mapping[str, Definition] | None) -> tuple[list[Link], int]:
    """The links of the chain that begins here, and where to go on."""
    clean = may_begin(tokens, position)
    side, after = _side(tokens, position, known)
    if side is None:
        return [], after
    found: list[Link] = []
    while (relation := _relation(tokens, after, side)) is not None:
        width, token, hedged = relation
        following, end = _side(tokens, after + width, known)
        if following is None:
            # whatever went wrong, the last link's right side was read whole
            return found, max(end, after + width)
        if clean and not hedged:
            found.append((side, token, following))
        side, after, clean = following, end, True
    if found and not may_end(tokens, after, found[-1][2]):
        found.pop()
    return found, after


def _side(
    tokens: Sequence[Token], position: int, known: Mapping[str, Definition] | None = None
) -> tuple[Side | None, int]:
    if position >= len(tokens):
        return None, position + 1
    token = tokens[position]
    if token.kind == "word" and not token.math and not _is_phrase_or_operand(tokens, position, known):
        return None, position + 1
    parser = Parser(tokens, position, known)
    try:
        expression = parser.expression()
    except (Unparsable, RecursionError):
        return None, _last_opening(tokens, position) if token.kind == "open" else max(position + 1, parser.position)
    if parser.position == position:
        return None, position + 1
    return Side(expression, token.start, tokens[parser.position - 1].end), parser.position


def _last_opening(tokens: Sequence[Token], position: int) -> int:
    """Where to go on behind a bracket that is never closed: a run of them is passed at once."""
    after = position + 1
    while after + 1 < len(tokens) and tokens[after].kind == "open" and tokens[after + 1].kind == "open":
        after += 1
    return after


def _is_phrase_or_operand(tokens: Sequence[Token], position: int, known: Mapping[str, Definition] | None) -> bool:
    """Whether a word of prose begins an expression: a function, a phrase such as "square root of", a variable."""
    parser = Parser(tokens, position, known)
    try:
        first = parser.operand()
    except (Unparsable, RecursionError):
        return False
    if not isinstance(first, Name):
        return True
    after = parser.peek()
    if after is None:
        return False
    if after.kind == "relation":
        return True
    if after.kind == "op" and after.text not in {"!", "√"}:
        return True
    return after.kind == "word" and parser.at_operator_word()


def _relation(tokens: Sequence[Token], position: int, left: Side) -> tuple[int, Token, bool] | None:
    """Width of the relation here, its token, and whether the value behind it is hedged."""
    if position >= len(tokens):
        return None
    token = tokens[position]
    if token.kind == "relation":
        return 1, token, _is_hedged(tokens, position + 1)
    if token.kind != "word" or token.math or token.line or not _may_be_stated(left.expression):
        return None
    for words in STATES:
        found = [t.text.lower() for t in tokens[position : position + len(words)]]
        if found == list(words):
            width = len(words)
            return width, token, _is_hedged(tokens, position + width)
    return None


def _is_hedged(tokens: Sequence[Token], position: int) -> bool:
    return position < len(tokens) and tokens[position].kind == "word" and tokens[position].text.lower() in HEDGES


def _may_be_stated(expression: Expression) -> bool:
    """Whether a verb such as "is" may state the value of an expression: not of 24/7 or 3-1."""
    if isinstance(expression, Call):
        return expression.function not in {"pi", "e"}
    if not is_compound(expression):
        return False
    return any(
        isinstance(p, Call) or (isinstance(p, Binary) and p.operator not in {"/", "-"}) for p in walk(expression)
    )


def may_begin(tokens: Sequence[Token], position: int) -> bool:
    """Whether an expression that begins here begins where the text's does."""
    token = tokens[position]
    if position == 0 or token.kind == "word":
        return True
    before = tokens[position - 1]
    if before.text == "$" and position > 1 and tokens[position - 2].kind == "word":
        return tokens[position - 2].text not in UNSAFE_BEFORE
    if before.kind in {"break", "open", "relation"}:
        return True
    if token.kind == "op" and token.text in {"-", "+"}:
        return False
    if before.kind in {"stop", "comma"}:
        return not token.tight or before.text in "\"“'‘"
    if before.kind == "word":
        return not token.tight and len(before.text) > 1 and before.text not in UNSAFE_BEFORE
    if before.kind == "op":
        return before.text in {"*", "^"} and token.tight and _opens_markup(tokens, position - 1)
    return token.line and before.kind in {"number", "close"}


def _opens_markup(tokens: Sequence[Token], position: int) -> bool:
    """Whether ``*`` or ``**`` begins an emphasis."""
    before = tokens[position - 1] if position else None
    return (
        before is None
        or before.kind in {"break", "stop", "open", "comma"}
        or (before.kind == "word" and not tokens[position].tight)
    )


def may_end(tokens: Sequence[Token], position: int, last: Side) -> bool:
    """Whether an expression that ends here ends where the text's does."""
    if position >= len(tokens):
        return True
    after = tokens[position]
    if after.text == "$" and position + 1 < len(tokens) and tokens[position + 1].kind in {"word", "op"}:
        return tokens[position + 1].kind == "word" and tokens[position + 1].text not in UNSAFE_AFTER
    if after.kind == "comma":
        beyond = tokens[position + 1] if position + 1 < len(tokens) else None
        if beyond is not None and beyond.tight:
            return after.math and beyond.kind != "number"
        return (
            beyond is None
            or beyond.kind != "number"
            or is_compound(last.expression)
            or _begins_equality(tokens, position + 1)
        )
    if after.kind == "stop":
        return True
    if after.kind in {"break", "close"}:
        return after.text not in {"±", "\\pm", "∓", "->", "→"} or after.text == "|"
    if after.kind == "open":
        return not after.tight and not after.math
    if after.kind == "word":
        return (
            not after.tight
            and not after.math
            and after.text not in UNSAFE_AFTER
            and (len(after.text) > 1 or after.text in "aAI")
        )
    if after.kind == "number":
        return after.line
    if after.kind == "op":
        return after.line or (after.text in {"*", "^"} and not after.math and _is_markup(tokens, position))
    return False


def _begins_equality(tokens: Sequence[Token], position: int) -> bool:
    side, after = _side(tokens, position)
    return side is not None and after < len(tokens) and tokens[after].kind == "relation"


def _is_markup(tokens: Sequence[Token], position: int) -> bool:
    """Whether ``*`` or ``**`` ends an emphasis rather than multiplies."""
    after = tokens[position + 1] if position + 1 < len(tokens) else None
    return tokens[position].tight and (after is None or not after.tight or after.kind in {"stop", "comma", "close"})


def _is_decidable(left: Side, relation: Token, right: Side) -> bool:
    a, b = left.expression, right.expression
    if not (is_known(a) and is_known(b)) or not (is_compound(a) or is_compound(b) or is_conversion(a, b)):
        return False
    both = [*numbers(a), *numbers(b)]
    if all(n.value in {0, 1} for n in both):
        return False  # sums of truth values and of bits follow other rules
    if any(_is_range(side) for side in (a, b)) and not relation.math:
        return False
    return not _units_differ(a, b)


def is_conversion(left: Expression, right: Expression) -> bool:
    """Whether a time or a size is stated in another unit.

    Examples
    --------
    >>> from fractions import Fraction
    >>> hour, days = (Number(Fraction(1), scale=Fraction(s), unit="seconds") for s in (3600, 86_400))
    >>> is_conversion(hour, days), is_conversion(hour, hour)
    (True, False)
    """
    return (
        isinstance(left, Number)
        and isinstance(right, Number)
        and left.unit == right.unit
        and left.unit in {"seconds", "bytes"}
        and left.scale != right.scale
    )


def _is_range(side: Expression) -> bool:
    """Whether ``3-5`` without spaces may be a range, a score or a date."""
    return isinstance(side, Binary) and side.operator == "-" and side.tight and not is_compound(side.left)


def _units_differ(left: Expression, right: Expression) -> bool:
    """Whether nouns behind numbers make sums of unlike things, or conversions other than those of sizes and times."""
    if any(n.unit == "seconds" for n in (*numbers(left), *numbers(right))):
        return not (time_power(left) == time_power(right) == 1)
    known = {"", "%", "bytes", "bits"}
    nouns_left = {n.unit for n in numbers(left)} - known
    nouns_right = {n.unit for n in numbers(right)} - known
    if not nouns_left and not nouns_right:
        return False
    if (nouns_left ^ nouns_right) & MEASURES:
        return True
    return len(nouns_left | nouns_right) > 1 or (bool(nouns_right) and not nouns_left)


def time_power(expression: Expression) -> int | None:
    """Power of time in a product, quotient or sum of like things; None where unlike things are added.

    Examples
    --------
    >>> from fractions import Fraction
    >>> hour, two = Number(Fraction(1), unit="seconds"), Number(Fraction(2))
    >>> time_power(Binary("*", two, hour)), time_power(Binary("/", hour, hour)), time_power(Binary("+", two, hour))
    (1, 0, None)
    """
    match expression:
        case Number():
            return {"seconds": 1, "%": None, "bytes": None, "bits": None}.get(expression.unit, 0)
        case Unary(operator="-"):
            return time_power(expression.operand)
        case Binary(operator="+" | "-" | "*" | "·" | "/"):
            left, right = time_power(expression.left), time_power(expression.right)
            if left is None or right is None:
                return None
            if expression.operator in "+-":
                return left if left == right else None
            return left - right if expression.operator == "/" else left + right
    return None


def is_doubtful(text: str, start: int, end: int) -> bool:
    """Whether the sentence around a claim leaves open what it asserts."""
    return DOUBTFUL.search(sentence_around(text, start, end)) is not None


def sentence_around(text: str, start: int, end: int) -> str:
    """What the sentence of a claim says besides it."""
    begin = max(0, start - 400)
    head = text[begin:start]
    cut = [match.end() for match in SENTENCE_END.finditer(head)]
    head = head[cut[-1] :] if cut else head
    tail = text[end : end + 200]
    stop = SENTENCE_END.search(tail)
    tail = tail[: stop.start()] if stop else tail
    return f"{head} {tail}"
