"""Equations that sympy can decide: stated derivatives, integrals, sums and limits, and identities that are called so.

Any other equation may be a definition or a condition. A child process with limits on time and memory holds sympy, which can
hang; no text reaches it, only trees of known operators, names and numbers.
"""

from __future__ import annotations

# ruff: noqa: SIM905  (word lists are easier to read and change as running text)
import re
from collections.abc import Iterator, Sequence
from typing import Any

from checking.decider import Decider
from checking.definitions import Functions
from checking.draft import Draft
from checking.formula_trees import CONSTANTS, Known, claim_tree, free_names, identity_tree
from checking.grammar.claims import Link, Side, chains, is_doubtful, may_end, sentence_around
from checking.grammar.parser import Parser, Unparsable
from checking.grammar.syntax import Call, Name
from checking.grammar.tokens import Token
from core.types import Reference

CONFIDENCE = 0.85
FOLLOWED = 0.8
"""Of a step in a derivation of which another step holds."""
UNIVERSAL = re.compile(
    r"\b(?:identity|identities|for all|for any|for every|always|property|properties|rule|rules|law|laws|expands?|expansion|"
    r"expanding|simplif(?:y|ies)|symmetry|equivalently)\b",
    re.IGNORECASE,
)
"""Words of a sentence by which an equation is meant to hold for all values."""
OPERATION = {"derivative": "derivative", "integral": "integral", "antiderivative": "integral"}
OTHERS = frozenset("partial second third directional total weak numerical log".split())
"""Words before "derivative" that make it another one."""


def formula_drafts(
    text: str, tokens: Sequence[Token], decider: Decider, functions: Functions | None = None
) -> Iterator[Draft]:
    """Stated results and identities in one paragraph that do not hold.

    Parameters
    ----------
    text : str
        What the tokens' offsets count in.
    tokens : sequence of Token
        Of one paragraph.
    decider : Decider
        Holds sympy.
    functions : Functions, optional
        What the section has defined.
    """
    known = functions.known if functions is not None else {}
    dependent = functions.derivable if functions is not None else {}
    yield from _told(text, tokens, decider, known)
    if not any(t.kind == "relation" for t in tokens):
        return
    for chain in chains(tokens, known):
        yield from _results(text, chain, decider, dependent)
        yield from _identities(text, chain, decider)


def _results(text: str, chain: Sequence[Link], decider: Decider, dependent: Known) -> Iterator[Draft]:
    """Derivatives, integrals, sums and limits that come out otherwise."""
    for left, relation, right in chain:
        if relation.text != "=":
            continue
        tree = claim_tree(left.expression, right.expression, dependent)
        if tree is not None and not is_doubtful(text, left.start, right.end):
            yield from _decided(text, left, right, decider.decide(tree), CONFIDENCE)


def _identities(text: str, chain: Sequence[Link], decider: Decider) -> Iterator[Draft]:
    """Identities that are called so, and steps of a derivation of which another step holds, that do not hold."""
    if any(relation.text != "=" or not relation.math for _, relation, _ in chain):
        return
    trees = [identity_tree(left.expression, right.expression) for left, _, right in chain]
    if not any(trees):
        return
    start, end = chain[0][0].start, chain[-1][2].end
    called = UNIVERSAL.search(sentence_around(text, start, end)) is not None
    if not called and (len(chain) < 2 or not all(trees)):
        return
    if is_doubtful(text, start, end):
        return
    answers = [decider.decide(tree) if tree is not None else None for tree in trees]
    holds = any(answer is not None and not answer["wrong"] for answer in answers)
    if not called and not holds:
        return
    for (left, _, right), answer in zip(chain, answers, strict=True):
        yield from _decided(text, left, right, answer, FOLLOWED, identity=True)


def _decided(
    text: str, left: Side, right: Side, answer: dict[str, Any] | None, confidence: float, *, identity: bool = False
) -> Iterator[Draft]:
    if answer is None or not answer["wrong"]:
        return
    shown, stated = (" ".join(text[side.start : side.end].replace("$", "").split()) for side in (left, right))
    correct = (
        f"{shown} is not {stated}: the sides are {answer['sides']}{answer['at']}."
        if identity
        else f"{shown} is {answer['result']}, not {stated}."
    )
    yield Draft(
        start=left.start,
        end=right.end,
        claim=f"{shown} equals {stated}",
        kind="formula",
        verdict="wrong",
        correct=correct,
        value=answer["result"],
        confidence=confidence,
        severity=1,
        proof=Reference(reference=f"sympy {answer['version']}: the sides are {answer['sides']}{answer['at']}"),
    )


def _told(text: str, tokens: Sequence[Token], decider: Decider, known: Known) -> Iterator[Draft]:
    """ "The derivative of $x^2$ with respect to $x$ is $2x$": results that are told in words."""
    plain = [token for token in tokens if token.text != "$"]
    for index, token in enumerate(plain[:-2]):
        operation = OPERATION.get(token.text.lower()) if token.kind == "word" else None
        before = plain[index - 1].text.lower() if index else ""
        if operation is None or plain[index + 1].text != "of" or before in OTHERS:
            continue
        found = _told_sides(plain, index, operation, known)
        if found is None:
            continue
        left, right = found
        tree = claim_tree(left.expression, right.expression)
        if tree is not None and not is_doubtful(text, left.start, right.end):
            yield from _decided(text, left, right, decider.decide(tree), CONFIDENCE)


def _told_sides(tokens: Sequence[Token], index: int, operation: str, known: Known) -> tuple[Side, Side] | None:
    """What the operation at token `index` is applied to, as a call, and the stated result."""
    parser = Parser(tokens, index + 2, known)
    try:
        body = parser.expression()
        end = tokens[parser.position - 1].end
        variable = _with_respect_to(parser)
        verb = parser.peek()
        if verb is None or verb.text.lower() not in {"is", "equals"}:  # "=" may say what is derived
            return None
        parser.position += 1
        first = parser.position
        result = parser.expression()
    except (Unparsable, RecursionError):
        return None
    names = free_names(body)
    if variable is None:
        others = names - CONSTANTS
        variable = next(iter(others)) if len(others) == 1 else None
    right = Side(result, tokens[first].start, tokens[parser.position - 1].end)
    if variable is None or variable not in names or not may_end(tokens, parser.position, right):
        return None
    if not (tokens[first].math or first == index + 2):
        return None  # "the derivative of x is a vector"
    return Side(Call(operation, (body, Name(variable))), tokens[index].start, end), right


def _with_respect_to(parser: Parser) -> str | None:
    """The variable that is named, read."""
    for words in (("with", "respect", "to"), ("wrt",)):
        if parser.reads(words):
            parser.position += len(words)
            token = parser.peek()
            if token is None or len(token.text) != 1:
                raise Unparsable("no variable")
            parser.position += 1
            return token.text
    return None
