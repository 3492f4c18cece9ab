"""Named quantities of a paragraph: "TP = 40", "recall of 0.8", "10 false positives", "a 7B model in fp16 takes 14 GB"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from checking.grammar.parser import Parser, Unparsable
from checking.grammar.syntax import Number
from checking.grammar.tokens import Token
from checking.grammar.vocabulary import HEDGES

NAMES: dict[tuple[str, ...], str] = {
    ("true", "positives"): "tp", ("true", "positive"): "tp", ("tp",): "tp",
    ("false", "positives"): "fp", ("fp",): "fp",
    ("false", "negatives"): "fn", ("fn",): "fn",
    ("true", "negatives"): "tn", ("tn",): "tn",
    ("precision",): "precision", ("recall",): "recall", ("f1",): "f1", ("f1", "score"): "f1", ("f1-score",): "f1",
    ("accuracy",): "accuracy", ("specificity",): "specificity", ("sensitivity",): "sensitivity",
    ("prevalence",): "prevalence", ("base", "rate"): "prevalence",
    ("false", "positive", "rate"): "fpr", ("fpr",): "fpr",
    ("negative", "predictive", "value"): "npv", ("positive", "predictive", "value"): "ppv",
}  # fmt: skip
COUNTED = {("true", "positives"), ("false", "positives"), ("false", "negatives"), ("true", "negatives")}
LINKS = frozenset({"is", "are", "of", "was", "were", "equals", ":", "="})
LONGEST_NAME = 3


@dataclass(frozen=True)
class Quantity:
    """A name with its number, at characters ``[start, end)``; `index` is the token its name begins at."""

    key: str
    number: Number
    start: int
    end: int
    index: int

    @property
    def value(self) -> Fraction:
        """The number with its scale."""
        return self.number.value * self.number.scale


def named_quantities(tokens: Sequence[Token]) -> list[Quantity]:
    """Quantities with a known name, in order.

    Examples
    --------
    >>> from checking.grammar.tokens import tokenize
    >>> text = "With TP = 40 and 10 false positives the precision is 80%."
    >>> [(q.key, float(q.value), text[q.start : q.end]) for q in named_quantities(tokenize(text, 0, len(text)))]
    [('tp', 40.0, 'TP = 40'), ('fp', 10.0, '10 false positives'), ('precision', 0.8, 'precision is 80%')]
    """
    found: list[Quantity] = []
    position = 0
    while position < len(tokens):
        width = _name_width(tokens, position)
        if not width:
            position += 1
            continue
        words = tuple(t.text.lower() for t in tokens[position : position + width])
        quantity = _counted(tokens, position, words) or _linked(tokens, position, width, NAMES[words])
        if quantity is not None:
            found.append(quantity)
        position += width
    return found


def _name_width(tokens: Sequence[Token], position: int) -> int:
    for width in range(LONGEST_NAME, 0, -1):
        part = tokens[position : position + width]
        if len(part) == width and all(t.kind == "word" for t in part) and tuple(t.text.lower() for t in part) in NAMES:
            return width
    return 0


def _counted(tokens: Sequence[Token], position: int, words: tuple[str, ...]) -> Quantity | None:
    before = tokens[position - 1] if position else None
    if words not in COUNTED or before is None or before.kind != "number" or before.value is None or before.decimals > 0:
        return None
    return Quantity(
        NAMES[words],
        Number(before.value, before.decimals, before.digits),
        before.start,
        tokens[position + len(words) - 1].end,
        position,
    )


def _linked(tokens: Sequence[Token], position: int, width: int, key: str) -> Quantity | None:
    after = position + width
    after = _skip_brackets(tokens, after)
    if after < len(tokens) and tokens[after].text.lower() in {"score", "rate"} and tokens[after].kind == "word":
        after += 1
    linked = False
    while after < len(tokens) and (tokens[after].text.lower() in LINKS or tokens[after].text == "$"):
        linked |= tokens[after].text != "$"
        after += 1
    if not linked or after >= len(tokens) or tokens[after].text.lower() in HEDGES or tokens[after].kind != "number":
        return None
    parser = Parser(tokens, after)
    try:
        number = parser.expression()
    except Unparsable:
        return None
    if not isinstance(number, Number) or _goes_on(tokens, parser.position):
        return None
    return Quantity(key, number, tokens[position].start, tokens[parser.position - 1].end, position)


def _skip_brackets(tokens: Sequence[Token], position: int) -> int:
    """Behind an abbreviation in brackets, as in "true positives (TP)"."""
    part = tokens[position : position + 3]
    if len(part) == 3 and part[0].text == "(" and part[1].kind == "word" and part[2].text == ")":
        return position + 3
    return position


def _goes_on(tokens: Sequence[Token], position: int) -> bool:
    """Whether the number is the beginning of something longer: a sum, a range, a quotient."""
    if position < len(tokens) and tokens[position].text == "$":
        position += 1
    if position >= len(tokens):
        return False
    after = tokens[position]
    return (
        after.kind in {"op", "relation"}
        or after.text in {"to", "or", "±", "–", "—", "/", "≈"}
        or (after.kind == "other")
    )


def sentence_bounds(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Sentences of a stretch."""
    from indexing.chunking.blocks import sentences

    return sentences(text, start, end)
