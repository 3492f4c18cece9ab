"""A Pratt parser from tokens to expressions: symbols, LaTeX, and the words that say the same."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from checking.grammar.syntax import Binary, Call, Expression, Name, Number, Row, Unary
from checking.grammar.tokens import Token
from checking.grammar.vocabulary import (
    BITS,
    BYTES,
    CONSTANTS,
    FUNCTION_WORDS,
    FUNCTIONS,
    LATEX_FUNCTIONS,
    NOT_NOUNS,
    OPERATOR_WORDS,
    PHRASES,
    SCALES,
    SHORT_SCALES,
)

MAX_DEPTH = 60
LONGEST_GROUP = 200
BINDING = {"xor": 2, "+": 10, "-": 10, "*": 20, "·": 20, "/": 20, "//": 20, "mod": 20, "of": 22, "choose": 25, "^": 30}
COUNTS = frozenset("nNkm")
"""Letters that are numbers rather than functions: before a bracket they multiply."""
CLOSES = {"(": ")", "[": "]", "{": "}"}


class Unparsable(Exception):
    """The tokens are no expression."""


class Parser:
    """Reads expressions from a list of tokens.

    Parameters
    ----------
    tokens : sequence of Token
        Of one stretch of text.
    position : int
        Index of the token to begin at.
    """

    def __init__(self, tokens: Sequence[Token], position: int = 0) -> None:
        self.tokens = tokens
        self.position = position
        self._depth = 0

    def peek(self, ahead: int = 0) -> Token | None:
        """A token that has not been read yet; None at the end."""
        index = self.position + ahead
        return self.tokens[index] if index < len(self.tokens) else None

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
            left = self._postfix(self._operand())
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
        if token.kind == "op" and token.text == "%" and self._starts_number(1):
            return "mod", 1
        if token.kind == "command":
            if token.text in {"\\bmod", "\\mod"}:
                return "mod", 1
            if token.text in {"\\choose"}:
                return "choose", 1
        if token.kind == "word":
            for words, operator in OPERATOR_WORDS:
                if self._reads(words):
                    return operator, len(words)
            if token.text == "of" and isinstance(left, Number) and left.unit in {"%", "half"}:
                return "of", 1
        return ("*", 0) if self._is_implicit_product(token, left) else None

    def _starts_number(self, ahead: int) -> bool:
        token = self.peek(ahead)
        return token is not None and token.kind == "number"

    def _is_implicit_product(self, token: Token, left: Expression) -> bool:
        if token.line:
            return False
        if token.kind == "open" and token.text != "{":
            return (token.tight or token.math) and token.text == "("
        if token.kind == "command":
            return token.math and token.text in LATEX_FUNCTIONS
        if token.kind == "word" and token.math:
            return True
        return token.kind == "word" and token.tight and (len(token.text) == 1 or token.text in CONSTANTS)

    def _reads(self, words: Sequence[str]) -> bool:
        for ahead, word in enumerate(words):
            token = self.peek(ahead)
            if token is None or token.kind != "word" or (token.text if word.isupper() else token.text.lower()) != word:
                return False
        return True

    def _postfix(self, operand: Expression) -> Expression:
        while (token := self.peek()) is not None and token.kind == "op":
            if token.text == "!" and token.tight and not (self._after("=", 1)):
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

    def _after(self, text: str, ahead: int) -> bool:
        token = self.peek(ahead)
        return token is not None and token.tight and token.text == text

    def _operand(self) -> Expression:
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
            self.position += 1
            return self._measured(token)
        if token.kind == "open":
            return self._bracketed(token)
        if token.kind == "command":
            return self._command(token)
        if token.kind == "word":
            return self._word(token)
        raise Unparsable(f"{token.text!r} begins no expression")

    def measured(self) -> Number:
        """A number from here with its scale and unit, without what it is combined with.

        Raises
        ------
        Unparsable
            If there is no number here.
        """
        token = self.peek()
        if token is None or token.kind != "number":
            raise Unparsable("no number")
        self.position += 1
        return self._measured(token)

    def _measured(self, token: Token) -> Number:
        """A number with what belongs to it: scale, per cent sign, unit or noun, ellipsis."""
        assert token.value is not None
        scale, unit, cut = Fraction(1), "", False
        after = self.peek()
        if after is not None and after.kind == "stop" and after.text in {"...", "…"} and after.tight:
            self.position += 1
            cut, after = True, self.peek()
        if after is not None and after.kind == "op" and after.text == "%" and not self._starts_number(1):
            self.position += 1
            return Number(token.value, token.decimals, token.digits, Fraction(1, 100), "%", cut)
        if after is not None and after.kind == "word" and not after.line and not self._is_operator_word():
            scale = self._scale(after)
            unit = self._unit(scaled=scale != 1)
            if unit == "%":
                scale = Fraction(1, 100)
            elif unit in BYTES:
                scale, unit = scale * BYTES[unit], "bytes"
            elif unit in BITS:
                scale, unit = scale * BITS[unit], "bits"
        return Number(token.value, token.decimals, token.digits, scale, unit, cut)

    def _is_operator_word(self) -> bool:
        return any(self._reads(words) for words, _ in OPERATOR_WORDS)

    def _scale(self, word: Token) -> Fraction:
        scale = SHORT_SCALES.get(word.text) if word.tight and not word.math else None
        if scale is None:
            scale = SCALES.get(word.text.lower())
        if scale is None:
            return Fraction(1)
        self.position += 1
        return Fraction(scale)

    def _unit(self, *, scaled: bool) -> str:
        """The unit or noun behind a number, where it clearly is one; consumed."""
        word = self.peek()
        if word is None or word.kind != "word" or word.line or (word.math and len(word.text) == 1):
            return ""
        lowered = word.text.lower()
        if lowered == "percent" or self._reads(("per", "cent")):
            self.position += 1 if lowered == "percent" else 2
            return "%"
        if word.text in BYTES or word.text in BITS:
            self.position += 1
            return word.text
        if word.tight or len(word.text) < 3 or lowered in NOT_NOUNS:
            return ""
        after = self.peek(1)
        joins = after is not None and (
            (after.kind == "op" and after.text in {"*", "·", "/", "+", "-"} and not after.tight)
            or after.kind == "relation"
        )
        if joins:
            self.position += 1
            return lowered
        return ""

    def _bracketed(self, token: Token) -> Expression:
        self.position += 1
        items = [self.expression()]
        while (after := self.peek()) is not None and after.kind == "comma":
            self.position += 1
            items.append(self.expression())
        self._close(CLOSES[token.text])
        if len(items) == 1 and token.text != "[":
            return items[0]
        if token.text == "{":
            raise Unparsable("a set")
        return Row(tuple(items))

    def _close(self, bracket: str) -> None:
        token = self.peek()
        if token is None or token.kind != "close" or token.text != bracket:
            raise Unparsable(f"{bracket!r} is missing")
        self.position += 1

    def _braced(self) -> Expression:
        """An argument of a LaTeX command: a group, or a single digit or letter."""
        token = self.peek()
        if token is not None and token.kind == "open" and token.text == "{":
            self.position += 1
            inner = self.expression()
            self._close("}")
            return inner
        if token is not None and token.kind == "number" and len(token.text) == 1:
            self.position += 1
            assert token.value is not None
            return Number(token.value, token.decimals, token.digits)
        raise Unparsable("an argument is missing")

    def _command(self, token: Token) -> Expression:
        self.position += 1
        name = token.text
        if name in {"\\frac", "\\dfrac", "\\tfrac", "\\cfrac"}:
            return Binary("/", self._braced(), self._braced())
        if name in {"\\binom", "\\dbinom", "\\tbinom"}:
            return Binary("choose", self._braced(), self._braced())
        if name == "\\sqrt":
            return self._root()
        if name in {"\\pi"}:
            return Call("pi", ())
        if name in {"\\int", "\\sum", "\\prod", "\\lim"}:
            return self._big_operator(name)
        if name == "\\log" and self._subscripted():
            self.position += 1
            base = self._braced()
            return Call("log", (self._argument(), base))
        if LATEX_FUNCTIONS.get(name):
            return Call(LATEX_FUNCTIONS[name], (self._argument(),))
        return self._unknown()

    def _big_operator(self, name: str) -> Expression:
        """An integral, sum, product or limit: its scripts, then what it is applied to."""
        if name == "\\lim":
            variable, target = self._bound("\\to")
            return Call("limit", (self.expression(10), variable, target))
        if name != "\\int":
            variable, low = self._bound("=")
            high = self._script("^")
            return Call("series" if name == "\\sum" else "product_over", (self.expression(10), variable, low, high))
        limits = (self._script("_"), self._script("^")) if self._subscripted() else ()
        body, variable = without_differential(self.expression())
        return Call("integral", (body, variable, *limits))

    def _script(self, mark: str) -> Expression:
        """What stands behind ``_`` or ``^``: a group or one token."""
        token = self.peek()
        if token is None or token.text != mark:
            raise Unparsable(f"{mark!r} is missing")
        self.position += 1
        token = self.peek()
        if token is not None and token.kind == "open" and token.text == "{":
            return self._bracketed(token)
        if token is not None and token.kind == "number":
            self.position += 1
            assert token.value is not None
            return Number(token.value, token.decimals, token.digits)
        if token is not None and token.kind in {"word", "command"}:
            self.position += 1
            return Call("pi", ()) if token.text == "\\pi" else Name(token.text)
        raise Unparsable("a script is missing")

    def _bound(self, joint: str) -> tuple[Name, Expression]:
        """A group such as ``_{i=1}`` or ``_{x \\to 0}``."""
        tokens = [self.peek(ahead) for ahead in range(4)]
        if any(t is None for t in tokens) or [t.text for t in tokens if t][:2] != ["_", "{"] or tokens[3].text != joint:  # type: ignore[union-attr]
            raise Unparsable("no bound variable")
        variable = tokens[2]
        assert variable is not None
        self.position += 4
        value = self.expression()
        self._close("}")
        return Name(variable.text), value

    def _subscripted(self) -> bool:
        token = self.peek()
        return token is not None and token.kind == "word" and token.text == "_"

    def _root(self) -> Expression:
        token = self.peek()
        if token is not None and token.kind == "open" and token.text == "[":
            self.position += 1
            degree = self.expression()
            self._close("]")
            return Binary("^", self._braced(), Binary("/", Number(Fraction(1)), degree))
        return Call("sqrt", (self._braced(),))

    def _argument(self) -> Expression:
        token = self.peek()
        if token is not None and token.kind == "open" and token.text in {"(", "{"}:
            return self._bracketed(token)
        return self.expression(19)

    def _word(self, token: Token) -> Expression:
        for words, function, shape in PHRASES:
            if self._reads(words):
                before = self.position
                try:
                    self.position += len(words)
                    return self._phrase(function, shape)
                except Unparsable:
                    self.position = before
        self.position += 1
        name = token.text
        after = self.peek()
        called = after is not None and after.kind == "open" and after.text == "(" and (after.tight or token.math)
        known = FUNCTIONS.get(name) or (FUNCTION_WORDS.get(name.lower()) if not token.math else None)
        if called and known:
            assert after is not None
            inner = self._bracketed(after)
            arguments = (
                inner.items if isinstance(inner, Row) and self.tokens[self.position - 1].text == ")" else (inner,)
            )
            return Call(known, arguments)
        if token.math and name == "e" and self._is_power():
            return Call("e", ())
        if name == "π":
            return Call("pi", ())
        return self._unknown()

    def _is_power(self) -> bool:
        token = self.peek()
        return token is not None and token.kind == "op" and (token.text == "^" or token.text.startswith("sup"))

    def _phrase(self, function: str, shape: str) -> Expression:
        """What follows words such as "square root of" or "mean of"."""
        if shape == "one":
            return Call(function, (self.expression(21),))
        if shape == "base":
            base = self.expression(30)
            if not self._reads(("of",)):
                raise Unparsable("no argument")
            self.position += 1
            return Call(function, (self.expression(21), base))
        if shape == "two":
            first = self._operand()
            if not self._reads(("and",)):
                raise Unparsable("no second operand")
            self.position += 1
            return Call(function, (first, self._operand()))
        return Call(function, (self._list(),))

    def _list(self) -> Expression:
        """A vector in brackets, or numbers joined by commas and "and"."""
        token = self.peek()
        if token is not None and token.kind == "open" and token.text in {"[", "("}:
            inner = self._bracketed(token)
            if not isinstance(inner, Row):
                raise Unparsable("no list")
            return inner
        items = [self.expression(25)]
        while (after := self.peek()) is not None:
            if after.kind == "comma":
                self.position += 1
                if self._reads(("and",)):
                    self.position += 1
            elif after.kind == "word" and after.text == "and":
                self.position += 1
            else:
                break
            items.append(self.expression(25))
        after = self.peek()
        if after is not None and after.kind == "op":
            raise Unparsable("where the list ends is open")
        if len(items) < 2 or not all(isinstance(item, Number | Unary) for item in items):
            raise Unparsable("no list")
        return Row(tuple(items))

    def _unknown(self) -> Expression:
        """The name just read with its subscripts and arguments, which have no value either."""
        first = self.position - 1
        name = self.tokens[first].text
        while (token := self.peek()) is not None:
            if token.kind == "word" and token.text.startswith("_"):
                self.position += 1
                group = self.peek()
                if len(token.text) == 1 and group is not None and group.kind in {"number", "word", "command"}:
                    self.position += 1
                    continue
                if len(token.text) > 1:
                    continue
            token = self.peek()
            opens = token is not None and token.kind == "open" and (token.tight or token.math) and name not in COUNTS
            after_script = self.tokens[self.position - 1].text.startswith("_")
            if token is None or not opens or (token.text == "{" and not (after_script or name.startswith("\\"))):
                break
            self._skip_group()
        return Name("".join(token.text for token in self.tokens[first : self.position]))

    def _skip_group(self) -> None:
        """Move behind the bracket that closes the one here."""
        depth = 0
        limit = self.position + LONGEST_GROUP
        while (token := self.peek()) is not None and self.position < limit:
            self.position += 1
            depth += (token.kind == "open") - (token.kind == "close")
            if depth == 0:
                return
        raise Unparsable("a bracket is never closed")


def without_differential(body: Expression) -> tuple[Expression, Name]:
    """An integrand without the ``dx`` at its end, and the variable.

    Raises
    ------
    Unparsable
        If there is none.
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
