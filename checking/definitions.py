"""What a text says that its names stand for: functions of a section, values of a paragraph."""

from __future__ import annotations

# ruff: noqa: SIM905  (word lists are easier to read and change as running text)
from collections.abc import Mapping, Sequence
from fractions import Fraction

from checking.grammar.claims import Side, may_end
from checking.grammar.parser import Parser, Unparsable
from checking.grammar.syntax import Binary, Call, Definition, Expression, Name, Number, Row, Unary, walk
from checking.grammar.tokens import Token
from checking.grammar.vocabulary import UNSAFE_BEFORE

NO_NAMES = frozenset("e i d E P".split())
"""Letters that mean something of their own, or something else at each place."""
INTRODUCES = frozenset("let with given where for take set when at using say having consider suppose assume if".split())
CONCLUDES = frozenset("we get then so gives obtain yields hence thus therefore becomes".split())
CASES = frozenset("if for when where otherwise mod".split())
"""Words behind a definition that restrict it."""
SENTENCE_TOKENS = 60
Known = Mapping[str, Definition]
_X = Name("x")
SIGMOID = Definition(
    ("x",), Binary("/", Number(Fraction(1)), Binary("+", Number(Fraction(1)), Call("exp", (Unary("-", _X),))))
)
SIGMOID_WORDS = frozenset("sigmoid logistic".split())


class Functions:
    """The functions that a section defines, each by one body only.

    Examples
    --------
    >>> from checking.grammar.tokens import tokenize
    >>> text = r"Let $f(x) = x^2$."
    >>> functions = Functions()
    >>> functions.read(tokenize(text, 0, len(text)))
    >>> sorted(functions.known)
    ['f']
    """

    def __init__(self) -> None:
        self._found: dict[str, Definition] = {}
        self._standard: dict[str, Definition] = {}
        self._variables: dict[str, Definition] = {}
        self._open: set[str] = set()

    @property
    def known(self) -> Known:
        """Those with one meaning."""
        return {**self._standard, **{name: one for name, one in self._found.items() if name not in self._open}}

    @property
    def derivable(self) -> Known:
        """Those, and the variables that are given as functions of others."""
        return {**{name: one for name, one in self._variables.items() if name not in self._open}, **self.known}

    def read(self, tokens: Sequence[Token]) -> None:
        """Take up what a paragraph defines."""
        if any(t.kind == "word" and t.text.lower() in SIGMOID_WORDS for t in tokens):
            self._standard = {name: SIGMOID for name in ("\\sigma", "σ") if name not in self._open}
        for index, token in enumerate(tokens):
            if token.kind != "relation" and token.text != ":=":
                continue
            head = _head(tokens, index)
            if head is not None:
                self._add(self._found, head[0], _body(tokens, index, head[1]))
            elif (first := _name_before(tokens, index)) == index - 1:
                self._add(self._variables, tokens[first].text, _body(tokens, index, None))

    def _add(self, found: dict[str, Definition], name: str, body: Definition | None) -> None:
        if body is None or found.get(name, body) != body:
            self._open.add(name)
            self._standard.pop(name, None)
        else:
            found[name] = body


def _head(tokens: Sequence[Token], index: int) -> tuple[str, tuple[str, ...]] | None:
    """Name and parameters of the function that stands before token `index`."""
    at = index - 1
    if at < 0 or tokens[at].text != ")":
        return None
    parameters: list[str] = []
    at -= 1
    while at > 0 and tokens[at].text != "(":
        if tokens[at].kind == "word" and len(tokens[at].text) == 1:
            parameters.insert(0, tokens[at].text)
        elif tokens[at].kind != "comma":
            return None
        at -= 1
    at -= 1
    if at < 0 or not parameters or len(set(parameters)) != len(parameters):
        return None
    name = tokens[at]
    if name.kind not in {"word", "command"} or not _begins_statement(tokens, at) or name.text in NO_NAMES:
        return None
    return name.text, tuple(parameters)


def _body(tokens: Sequence[Token], index: int, parameters: tuple[str, ...] | None) -> Definition | None:
    """What stands behind the sign at `index`, as a function of its parameters and constants, or of whatever it names."""
    parser = Parser(tokens, index + 1)
    try:
        body = parser.expression()
    except (Unparsable, RecursionError):
        return None
    after = parser.peek()
    side = Side(body, tokens[index].end, tokens[parser.position - 1].end)
    ends = after is None or after.kind == "relation" or may_end(tokens, parser.position, side)
    beyond = tokens[parser.position : parser.position + 3]
    if not ends or any(t.text in CASES or t.text in {"…", "..."} for t in beyond):
        return None
    names = {part.text for part in walk(body) if isinstance(part, Name)}
    if parameters is None:
        parameters = tuple(sorted(names - set("abckn")))
    if not set(parameters) & names or any(len(n) > 1 or n in NO_NAMES for n in names - set(parameters)):
        return None
    return Definition(parameters, body)


def assignments(tokens: Sequence[Token]) -> Known:
    """Values that a paragraph gives to names, once each and by a word such as "let" or "with".

    Examples
    --------
    >>> from checking.grammar.tokens import tokenize
    >>> text = "With w = 2 and b = 3 we get y = 9; x = 1."
    >>> {name: float(one.body.value) for name, one in assignments(tokenize(text, 0, len(text))).items()}
    {'w': 2.0, 'b': 3.0}
    """
    found: dict[str, Definition] = {}
    stated: dict[str, int] = {}
    for index, token in enumerate(tokens):
        if token.kind != "relation" and token.text not in {":=", "<-", "\\leftarrow", "\\gets"}:
            continue
        first = _name_before(tokens, index)
        if first is None:
            continue
        name = "".join(t.text for t in tokens[first:index])
        stated[name] = stated.get(name, 0) + 1
        value = _literal(tokens, index + 1)
        if token.text == "=" and value is not None and name not in NO_NAMES and _is_introduced(tokens, first):
            found[name] = Definition((), value)
    return {name: one for name, one in found.items() if stated[name] == 1}


def _name_before(tokens: Sequence[Token], index: int) -> int | None:
    """Index of the name, with its subscript, that ends before token `index` and begins a statement."""
    first = index - 1
    if first >= 0 and tokens[first].text == "}":
        while first > 0 and tokens[first].text != "{":
            first -= 1
        first -= 1
    if first >= 1 and tokens[first - 1].text == "_" and tokens[first].kind in {"word", "number"}:
        first -= 1
    if first >= 1 and tokens[first].text.startswith("_"):
        first -= 1
    if first < 0 or tokens[first].kind not in {"word", "command"} or tokens[first].text.startswith("_"):
        return None
    if not tokens[first].math and len(tokens[first].text) > 2:
        return None  # words of prose are not names of numbers
    return first if _begins_statement(tokens, first) else None


def _begins_statement(tokens: Sequence[Token], first: int) -> bool:
    """Whether nothing before a name belongs to it."""
    before = tokens[first - 1] if first else None
    if before is None or before.kind in {"comma", "stop", "break"}:
        return True
    return before.kind == "word" and not before.math and len(before.text) > 1 and before.text not in UNSAFE_BEFORE


def _literal(tokens: Sequence[Token], index: int) -> Expression | None:
    """The number or vector from token `index` where nothing is computed with it."""
    parser = Parser(tokens, index)
    try:
        found = parser.expression()
    except (Unparsable, RecursionError):
        return None
    items = found.items if isinstance(found, Row) else (found,)
    plain = all(isinstance(i.operand if isinstance(i, Unary) and i.operator == "-" else i, Number) for i in items)
    if not plain or any(isinstance(p, Number) and (p.unit or p.cut) for p in walk(found)):
        return None
    side = Side(found, tokens[index].start, tokens[parser.position - 1].end)
    return found if may_end(tokens, parser.position, side) else None


def _is_introduced(tokens: Sequence[Token], index: int) -> bool:
    """Whether a word such as "let" stands before a token in its sentence."""
    for token in reversed(tokens[max(0, index - SENTENCE_TOKENS) : index]):
        if token.kind == "stop" and token.text in {".", ";", "?", "!"}:
            return False
        if token.kind == "break" and token.text == "•":
            return False
        if token.kind == "word" and token.text.lower() in INTRODUCES | CONCLUDES:
            return token.text.lower() in INTRODUCES
    return False
