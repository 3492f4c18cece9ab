"""A Pratt parser from tokens to expressions: symbols, LaTeX, and the words that say the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from checking.grammar.cursor import Cursor, Unparsable
from checking.grammar.latex import command
from checking.grammar.measures import measured
from checking.grammar.phrases import word
from checking.grammar.syntax import Binary, Call, Definition, Expression, Number, Unary
from checking.grammar.tokens import Token
from checking.grammar.vocabulary import CONSTANTS, GREEK, LATEX_FUNCTIONS, OPERATOR_WORDS

MAX_DEPTH = 60
BINDING = {"xor": 2, "+": 10, "-": 10, "*": 20, "·": 20, "/": 20, "//": 20, "mod": 20, "of": 22, "choose": 25, "^": 30}
__all__ = ["Parser", "Unparsable"]


class Parser(Cursor):
    """Reads expressions from a list of tokens.

    Parameters
    ----------
    tokens : sequence of Token
        Of one stretch of text.
    position : int
        Index of the token to begin at.
    known : mapping of str to Definition
        What names stand for, besides what the grammar knows.

    Examples
    --------
    >>> from checking.grammar.tokens import tokenize
    >>> Parser(tokenize("2 + 3", 0, 5)).expression().operator
    '+'
    """

    def __init__(
        self, tokens: Sequence[Token], position: int = 0, known: Mapping[str, Definition] | None = None
    ) -> None:
        super().__init__(tokens, position, known)
        self._depth = 0

    def expression(self, power: int = 0) -> Expression:
        """The longest expression from here whose operators bind tighter than `power`.

        Raises
        ------
        Unparsable
            If there is none, or it nests too deep.
        """
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise Unparsable("nested too deep")
        try:
            left = self._postfix(self.operand())
            while (found := self._infix(left)) is not None:
                operator, width = found
                binding = BINDING[operator]
                if binding <= power:
                    break
                tight = self._is_tight(width)
                self.position += width
                right = self.expression(binding - 1 if operator == "^" else binding)
                left = Binary(operator, left, right, tight)
            return left
        finally:
            self._depth -= 1

    def measured(self) -> Number:
        """A number from here with its scale and unit, without what it is combined with.

        Raises
        ------
        Unparsable
            If there is no number here.
        """
        return measured(self)

    def operand(self) -> Expression:
        """The operand from here, without postfix operators.

        Raises
        ------
        Unparsable
            If there is none.
        """
        token = self.peek()
        if token is None:
            raise Unparsable("nothing here")
        if token.kind == "op" and token.text in {"-", "+"}:
            self.position += 1
            inner = self.expression(25)
            return Unary("-", inner) if token.text == "-" else inner
        if token.kind == "op" and token.text == "√":
            self.position += 1
            return Call("sqrt", (self.expression(29),))
        if token.kind == "number":
            return measured(self)
        if token.kind == "open":
            return self.bracketed(token)
        if token.kind == "command":
            return command(self, token)
        if token.kind == "word":
            return word(self, token)
        raise Unparsable(f"{token.text!r} begins no expression")

    def _is_tight(self, width: int) -> bool:
        if width == 0:
            return True
        after = self.peek(width)
        token = self.peek()
        return bool(token and after and token.tight and after.tight)

    def _infix(self, left: Expression) -> tuple[str, int] | None:
        """The infix operator from here and how many tokens it takes; a product may be written without any."""
        token = self.peek()
        if token is None:
            return None
        if token.kind == "op" and token.text in BINDING:
            return token.text, 1
        if token.kind == "op" and token.text == "%" and self.starts_number(1):
            return "mod", 1
        if token.kind == "command":
            if token.text in {"\\bmod", "\\mod"}:
                return "mod", 1
            if token.text in {"\\choose"}:
                return "choose", 1
        if token.kind == "word":
            for words, operator in OPERATOR_WORDS if self.at_operator_word() else ():
                if self.reads(words):
                    return operator, len(words)
            if token.text == "of" and isinstance(left, Number) and left.unit in {"%", "half"}:
                return "of", 1
        return ("*", 0) if self._is_implicit_product(token) else None

    def _is_implicit_product(self, token: Token) -> bool:
        if token.line:
            return False
        if token.kind == "open" and token.text != "{":
            return (token.tight or token.math) and token.text == "("
        if token.kind == "command":
            return token.math and (token.text in LATEX_FUNCTIONS or token.text in GREEK)
        if token.kind == "word" and token.math:
            return True
        return token.kind == "word" and token.tight and (len(token.text) == 1 or token.text in CONSTANTS)

    def _postfix(self, operand: Expression) -> Expression:
        while (token := self.peek()) is not None and token.kind == "op":
            if token.text == "!" and token.tight and not self.follows_tight("=", 1):
                operand = Unary("!", operand)
            elif token.text.startswith("sup"):
                operand = Binary("^", operand, Number(Fraction(int(token.text[3:].replace("-", "") or 0))), True)
                if "-" in token.text:
                    assert isinstance(operand.right, Number)
                    operand = Binary("^", operand.left, Unary("-", operand.right), True)
            else:
                break
            self.position += 1
        return operand
