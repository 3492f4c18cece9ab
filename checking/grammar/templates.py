r"""Sentences with places for numbers, matched token by token.

A template is words and places: ``(a|b c)`` are alternatives, ``[a]`` may be missing, ``~3`` stands for up to three words,
``{n}`` for a number and ``{v!}`` for a stated value, behind which nothing goes on that would change it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from checking.grammar.claims import Side, may_end
from checking.grammar.parser import Parser, Unparsable
from checking.grammar.syntax import Expression, Number
from checking.grammar.tokens import Token

PIECE = re.compile(r"\\.|\(|\)|\[|\]|\||~\d|\{\w+!?\}|[^\s()\[\]|{}~]+")


@dataclass(frozen=True)
class Place:
    """A number, or a stated value that must be complete."""

    name: str
    stated: bool


@dataclass(frozen=True)
class Gap:
    """Up to so many words."""

    most: int


@dataclass(frozen=True)
class Choice:
    """One of several sequences."""

    options: tuple[tuple[Node, ...], ...]


Node = str | Place | Gap | Choice
Filled = Mapping[str, Side]


@dataclass(frozen=True)
class Match:
    """Tokens ``[first, last)`` and what stands in the places."""

    first: int
    last: int
    values: Filled


@cache
def compiled(template: str) -> tuple[Node, ...]:
    """Nodes of a template.

    Raises
    ------
    ValueError
        If its brackets do not match.

    Examples
    --------
    >>> compiled("{n} [big] trees")
    (Place(name='n', stated=False), Choice(options=(('big',), ())), 'trees')
    """
    pieces = PIECE.findall(template)
    nodes, rest = _sequence(pieces, 0)
    if rest != len(pieces):
        raise ValueError(f"brackets of {template!r}")
    return nodes


def _sequence(pieces: Sequence[str], position: int) -> tuple[tuple[Node, ...], int]:
    nodes: list[Node] = []
    while position < len(pieces) and pieces[position] not in {")", "]", "|"}:
        piece = pieces[position]
        if piece in {"(", "["}:
            options: list[tuple[Node, ...]] = []
            end = piece
            while end != {"(": ")", "[": "]"}[piece]:
                option, position = _sequence(pieces, position + 1)
                if position >= len(pieces):
                    raise ValueError(f"{piece} is never closed")
                options.append(option)
                end = pieces[position]
            nodes.append(Choice((*options, ()) if piece == "[" else tuple(options)))
        elif piece.startswith("~"):
            nodes.append(Gap(int(piece[1:])))
        elif piece.startswith("{"):
            nodes.append(Place(piece.strip("{!}"), piece.endswith("!}")))
        else:
            nodes.append(piece.lstrip("\\"))
        position += 1
    return tuple(nodes), position


def matches(tokens: Sequence[Token], template: str) -> Iterator[Match]:
    """Where a template fits, by its first way from each token on; matches do not overlap.

    Examples
    --------
    >>> from checking.grammar.tokens import tokenize
    >>> text = "There are 120 ways to choose 3 of 10 books."
    >>> found = list(matches(tokenize(text, 0, len(text)), "{v} ways to choose {k} of {n}"))
    >>> [(name, text[side.start : side.end]) for name, side in found[0].values.items()]
    [('v', '120'), ('k', '3'), ('n', '10')]
    """
    nodes = compiled(template)
    first = 0
    while first < len(tokens):
        found = next(_fit(tokens, first, nodes, {}), None)
        if found is not None:
            yield Match(first, *found)
        first = max(first + 1, found[0] if found is not None else 0)


def _fit(
    tokens: Sequence[Token], position: int, nodes: tuple[Node, ...], values: dict[str, Side]
) -> Iterator[tuple[int, dict[str, Side]]]:
    if not nodes:
        yield position, values
        return
    node, rest = nodes[0], nodes[1:]
    match node:
        case str():
            if position < len(tokens) and tokens[position].text.lower() == node:
                yield from _fit(tokens, position + 1, rest, values)
        case Choice():
            for option in node.options:
                yield from _fit(tokens, position, (*option, *rest), values)
        case Gap():
            for width in range(node.most + 1):
                if width and not _is_word(tokens, position + width - 1):
                    break
                yield from _fit(tokens, position + width, rest, values)
        case Place():
            found = _number(tokens, position, node.stated)
            if found is not None:
                side, after = found
                yield from _fit(tokens, after, rest, {**values, node.name: side})


def _is_word(tokens: Sequence[Token], position: int) -> bool:
    if position >= len(tokens):
        return False
    token = tokens[position]
    return token.kind in {"word", "other"} or token.text in {"-", "*", ","}


def _number(tokens: Sequence[Token], position: int, stated: bool) -> tuple[Side, int] | None:
    if position >= len(tokens) or tokens[position].kind != "number":
        return None
    parser = Parser(tokens, position)
    try:
        found: Expression = parser.expression() if stated else parser.measured()
    except (Unparsable, RecursionError):
        return None
    side = Side(found, tokens[position].start, tokens[parser.position - 1].end)
    if stated and not may_end(tokens, parser.position, side):
        return None
    return side, parser.position


def shown_number(side: Side) -> Number | None:
    """The number of a place where it is nothing more."""
    return side.expression if isinstance(side.expression, Number) else None
