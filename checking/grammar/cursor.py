"""A place in a list of tokens: what every part of the parser reads with."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence

from checking.grammar.syntax import Definition, Expression, Row
from checking.grammar.tokens import Token
from checking.grammar.vocabulary import OPERATOR_WORDS, OPERATORS_BEGIN

LONGEST_GROUP = 200
CLOSES = {"(": ")", "[": "]", "{": "}"}


class Unparsable(Exception):
    """The tokens are no expression."""


class Cursor(ABC):
    """Reads tokens one after another; the grammar itself is the subclass's.

    Parameters
    ----------
    tokens : sequence of Token
        Of one stretch of text.
    position : int
        Index of the token to begin at.
    known : mapping of str to Definition
        What names stand for, besides what the grammar knows.
    """

    def __init__(
        self, tokens: Sequence[Token], position: int = 0, known: Mapping[str, Definition] | None = None
    ) -> None:
        self.tokens = tokens
        self.position = position
        self.known = known or {}

    @abstractmethod
    def expression(self, power: int = 0) -> Expression:
        """The longest expression from here whose operators bind tighter than `power`."""

    @abstractmethod
    def operand(self) -> Expression:
        """The operand from here, without postfix operators."""

    def peek(self, ahead: int = 0) -> Token | None:
        """A token that has not been read yet; None at the end."""
        index = self.position + ahead
        return self.tokens[index] if index < len(self.tokens) else None

    def starts_number(self, ahead: int) -> bool:
        """Whether a number stands so far ahead."""
        token = self.peek(ahead)
        return token is not None and token.kind == "number"

    def reads(self, words: Sequence[str]) -> bool:
        """Whether these words come next; those in capitals must be so in the text."""
        for ahead, word in enumerate(words):
            token = self.peek(ahead)
            if token is None or token.kind != "word" or (token.text if word.isupper() else token.text.lower()) != word:
                return False
        return True

    def at_operator_word(self) -> bool:
        """Whether a word such as "times" comes next."""
        token = self.peek()
        if token is None or OPERATORS_BEGIN.isdisjoint((token.text, token.text.lower())):
            return False
        return any(self.reads(words) for words, _ in OPERATOR_WORDS)

    def follows_tight(self, text: str, ahead: int) -> bool:
        """Whether a token of that text stands so far ahead without space before it."""
        token = self.peek(ahead)
        return token is not None and token.tight and token.text == text

    def opens(self, brackets: str) -> Token | None:
        """The next token where it opens one of some brackets."""
        token = self.peek()
        return token if token is not None and token.kind == "open" and token.text in brackets else None

    def close(self, bracket: str) -> None:
        """Move behind a closing bracket.

        Raises
        ------
        Unparsable
            If another token comes next.
        """
        token = self.peek()
        if token is None or token.kind != "close" or token.text != bracket:
            raise Unparsable(f"{bracket!r} is missing")
        self.position += 1

    def bracketed(self, token: Token) -> Expression:
        """What stands between brackets, the opening one next: one expression, or a vector.

        Raises
        ------
        Unparsable
            If they do not close, or hold a set.
        """
        self.position += 1
        items = [self.expression()]
        while (after := self.peek()) is not None and after.kind == "comma":
            self.position += 1
            items.append(self.expression())
        self.close(CLOSES[token.text])
        if len(items) == 1 and token.text != "[":
            return items[0]
        if token.text == "{":
            raise Unparsable("a set")
        return Row(tuple(items))

    def skip_group(self) -> None:
        """Move behind the bracket that closes the one here.

        Raises
        ------
        Unparsable
            If it never closes.
        """
        depth = 0
        limit = self.position + LONGEST_GROUP
        while (token := self.peek()) is not None and self.position < limit:
            self.position += 1
            depth += (token.kind == "open") - (token.kind == "close")
            if depth == 0:
                return
        raise Unparsable("a bracket is never closed")
