r"""Cut text into the tokens of the claim grammar: numbers, words, operators, brackets, LaTeX commands, breaks.

One master pattern is the lexer; everything that has structure is left to the parser. Text between ``$…$``, ``\(…\)``
and the like is lexed as mathematics, where letters are variables and spaces mean nothing.
"""

from __future__ import annotations

# ruff: noqa: SIM905  (word lists are easier to read and change as running text)
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Kind = Literal["number", "word", "op", "open", "close", "comma", "command", "relation", "stop", "break", "other"]

LEXER = re.compile(
    r"""(?P<space>[ \t\u00a0\u2009\u202f]+|~(?=\\)|\\[,;:!> ]|\\q?quad\b|\\(?:left|right|[bB]igg?[lr]?|displaystyle)\b\.?|&)
      | (?P<blank>\n[ \t]*(?=\n))
      | (?P<line>\r?\n|\\\\(?:\[[^\]\n]{0,8}\])?)
      | (?P<environment>\\(?:begin|end)\{[a-zA-Z*]+\})
      | (?P<text>\\(?:text(?:rm|bf|it|tt)?|math(?:rm|it|sf|tt)|operatorname)\*?\s?\{[^{}\n]*\})
      | (?P<accent>\\(?:math(?:bf|cal|bb|scr)|bm|boldsymbol|hat|bar|tilde|vec|bold)\s?(?:\{[^{}\n]*\}|[A-Za-z]))
      | (?P<percent>\\?%)
      | (?P<command>\\(?:[A-Za-z]+|[{}|_\#$]))
      | (?P<numeric>\d+(?:\.\d+){2,}[\w.]*|\d{4}-\d\d(?:-\d\d)?(?!\d)|\d{1,2}:\d\d(?::\d\d)?(?![\d])|0[xXbB][0-9a-fA-F]+\b
          |\d{1,2}/\d{1,2}/\d{2,4}(?![\d/]))
      | (?P<number>(?:\d{1,3}(?:(?:,|\{,\}|\\,)\d{3})+(?![\d,]|\{,\})|\d+)(?:\.\d+)?(?:[eE][-+]?\d{1,3}(?![\w.]))?|\.\d+)
      | (?P<times>(?:(?<=\d)|(?<=\d[ ]))[xX](?=[ ]?\d))
      | (?P<super>[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)
      | (?P<word>[^\W\d_]\w*(?:[-'’][^\W_]\w*)*|_+\w*)
      | (?P<relation>≈|≃|≅|=(?![=>]))
      | (?P<arrow>==+|=>|<=|>=|!=|:=|->|<-|[+*/-]=|→|⇒|⟹|↦|≠|≤|≥|<|>|≡|±|∓)
      | (?P<op>\*\*|//|[-+*/^!×·⋅÷−∗⊕√])
      | (?P<open>[(\[{])
      | (?P<close>[)\]}])
      | (?P<comma>,)
      | (?P<stop>\.\.\.|[.;:?…"“”'‘’])
      | (?P<bar>\|)
      | (?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
OPENER = re.compile(r"\$\$|\\\[|\\\(|(?<![\\$\w])\$(?=[^\s$])")
CLOSERS = {"$$": "$$", "\\[": "\\]", "\\(": "\\)", "$": "$"}
LONGEST_FORMULA = {"$$": 4000, "\\[": 4000, "\\(": 1000, "$": 1000}
BULLET = re.compile(r"^[ \t]*(?:[-*+•]|\d{1,3}[.)])[ \t]+(?!\s*=)", re.MULTILINE)
SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
RELATIONS = {"\\approx": "≈", "\\simeq": "≈", "\\cong": "≈", "\\doteq": "≈", "≃": "≈", "≅": "≈"}
OPERATORS = {
    "\\times": "*", "\\cdot": "·", "\\ast": "*", "\\div": "/", "\\oplus": "xor", "⊕": "xor", "×": "*", "⋅": "·",
    "∗": "*", "÷": "/", "−": "-", "**": "^",
}  # fmt: skip
NAMED_BREAKS = frozenset(
    "\\to \\Rightarrow \\rightarrow \\implies \\iff \\Leftrightarrow \\le \\leq \\ge \\geq \\lt \\gt \\ne \\neq \\in \\equiv "
    "\\propto \\sim \\mid \\mapsto \\leftarrow \\ll \\gg \\pm \\mp".split()
)
MAX_DIGITS = 400


@dataclass(frozen=True, slots=True)
class Token:
    """One token at characters ``[start, end)``.

    Attributes
    ----------
    text : str
        Normalised: operators and relations in one spelling, commands with their backslash.
    value : Fraction or None
        Of a number.
    decimals : int
        Digits shown after the point of a number, shifted by its exponent; negative for 2e3.
    digits : int
        Significant digits shown, trailing zeros of an integer not counted.
    tight : bool
        Whether it follows the token before without space.
    line : bool
        Whether a line begins between the token before and this one.
    math : bool
        Whether it stands in a formula.
    """

    kind: Kind
    text: str
    start: int
    end: int
    value: Fraction | None = None
    decimals: int = 0
    digits: int = 0
    tight: bool = False
    line: bool = False
    math: bool = False


def tokenize(text: str, start: int, end: int) -> list[Token]:
    """Tokens of ``text[start:end]`` with offsets into `text`.

    Examples
    --------
    >>> [token.text for token in tokenize("So 2 × 1.5 = 3.", 0, 15)]
    ['So', '2', '*', '1.5', '=', '3', '.']
    >>> [(t.kind, t.text) for t in tokenize(r"$\\frac{1}{2} \\approx .5$", 0, 24)][:3]
    [('break', '$'), ('command', '\\\\frac'), ('open', '{')]
    """
    tokens: list[Token] = []
    position = start
    for opened, inside, closed, after in formulas(text, start, end):
        tokens.extend(lex(text, position, opened, math=False))
        tokens.append(Token("break", "$", opened, inside))
        tokens.extend(lex(text, inside, closed, math=True))
        tokens.append(Token("break", "$", closed, after))
        position = after
    tokens.extend(lex(text, position, end, math=False))
    return tokens


def formulas(text: str, start: int, end: int) -> Iterator[tuple[int, int, int, int]]:
    r"""Formulas between delimiters: where the opening one begins and ends, where the closing one begins and ends.

    Examples
    --------
    >>> list(formulas(r"costs $5, \(a\) and $b$", 0, 24))
    [(10, 12, 13, 15), (20, 21, 22, 23)]
    """
    position = start
    while (match := OPENER.search(text, position, end)) is not None:
        opener, inside = match[0], match.end()
        limit = min(end, inside + LONGEST_FORMULA[opener])
        closed = text.find(CLOSERS[opener], inside, limit)
        position = inside
        if closed <= inside:
            continue
        after = closed + len(opener)
        single = opener == "$" and (
            text[closed - 1] in " \t\n\\" or text[after : after + 1].isdigit() or "\n\n" in text[inside:closed]
        )
        if not single:
            yield match.start(), inside, closed, after
            position = after


def lex(text: str, start: int, end: int, *, math: bool) -> Iterator[Token]:
    """Tokens of a stretch that is all prose or all formula."""
    bullets = {m.start(): m.end() for m in BULLET.finditer(text, start, end)} if not math else {}
    position, tight, line = start, False, start == 0 or text[start - 1 : start] == "\n"
    while position < end:
        if position in bullets:
            yield Token("break", "•", position, bullets[position], line=True)
            position, tight, line = bullets[position], False, False
            continue
        match = LEXER.match(text, position, end)
        assert match is not None  # the last alternative takes any character
        name = match.lastgroup or "other"
        here, position = match.start(), match.end()
        if name == "space" and not math and match[0] == "&":
            name = "arrow"  # outside formulas it aligns nothing: it joins names, or the parts of an address
        if name == "space":
            tight = False
            continue
        if name == "line":
            tight, line = False, True
            continue
        if name == "word" and math and len(match[0]) > 1:
            position = here + 1  # letters of a formula stand for themselves
        token = make(name, text[here:position], here, position, tight, line, math)
        yield token
        tight, line = True, False


def make(name: str, found: str, start: int, end: int, tight: bool, line: bool, math: bool) -> Token:
    """The token for one match of the lexer."""
    kind: Kind = "other"
    shown = found
    match name:
        case "number":
            return number(found, start, end, tight, line, math)
        case "times":
            kind, shown = ("word", found) if math else ("op", "*")
        case "super":
            kind, shown = "op", "sup" + found.translate(SUPERSCRIPTS)
        case "percent":
            kind, shown = "op", "%"
        case "word" | "open" | "close" | "comma" | "stop" | "relation":
            kind = name
            shown = RELATIONS.get(found, found)
        case "op":
            kind, shown = "op", OPERATORS.get(found, found)
        case "text":
            kind, shown = "word", found[found.index("{") + 1 : -1].strip()
        case "accent":
            kind, shown = "word", "variable"
        case "blank" | "arrow" | "bar":
            kind = "break"
        case "environment":
            kind = "other" if "matrix" in found or "array" in found or "cases" in found else "break"
        case "command":
            kind, shown = command(found)
    return Token(kind, shown, start, end, tight=tight, line=line, math=math)


def command(found: str) -> tuple[Kind, str]:
    """Kind and spelling of a LaTeX command."""
    if found in RELATIONS:
        return "relation", RELATIONS[found]
    if found in OPERATORS:
        return "op", OPERATORS[found]
    if found in NAMED_BREAKS:
        return "break", found
    if found in {"\\ldots", "\\dots", "\\cdots"}:
        return "stop", "…"
    return "command", found


def number(found: str, start: int, end: int, tight: bool, line: bool, math: bool) -> Token:
    """A number and how precisely it is shown.

    Examples
    --------
    >>> token = number("1,250.50", 0, 8, False, False, False)
    >>> token.value, token.decimals, token.digits
    (Fraction(2501, 2), 2, 6)
    """
    plain = found.replace("{,}", "").replace("\\,", "").replace(",", "").lower()
    if len(plain) > MAX_DIGITS:
        return Token("other", found, start, end, tight=tight, line=line, math=math)
    mantissa, _, exponent = plain.partition("e")
    whole, _, part = mantissa.partition(".")
    digits = (whole + part).lstrip("0")
    if not part:
        digits = digits.rstrip("0")
    return Token(
        "number",
        plain,
        start,
        end,
        value=Fraction(plain),
        decimals=len(part) - int(exponent or 0),
        digits=len(digits),
        tight=tight,
        line=line,
        math=math,
    )
