r"""Arithmetic reasoning from natural language turns a question in words into an expression and evaluates it exactly.

$$\text{"three plus four times two"} \;\to\; 3 + 4 \times 2 \;\to\; 11$$

**Intuition.** Two steps that are best kept apart: understanding (which numbers, which operations) and calculating. Models are
good at the first and unreliable at the second, so program-aided methods let the model write the expression and a
calculator evaluate it.

**When to use it.** Calculator tools of assistants, and benchmarks of word problems such as GSM8K.

**Cost.** Linear in the text.

**Pitfalls.** "Times" binds before "plus", in words as in symbols. "Less than" and "subtracted from" reverse their operands:
"three less than ten" is 7. Rounding on the way spoils exact division; fractions do not. Word problems contain numbers
that are not needed, and key words mislead: "more" adds in "buys 3 more", but "how many more" asks for a difference. A
correct final number can hide a wrong derivation, so check the expression. Here the grammar is small and refuses what it
does not know.

**References.** Cobbe et al., *Training Verifiers to Solve Math Word Problems* (GSM8K), arXiv:2110.14168. Gao et al., *PAL*,
arXiv:2211.10435.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from operator import add, mul, sub, truediv
from typing import Annotated

from pydantic import Field

from algorithms.registry import Output, algorithm

ONES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
TEENS = ["thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
UNITS = {word: i for i, word in enumerate(ONES + TEENS)}
TENS = {
    w: 10 * i for i, w in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2)
}
OPERATORS = {"plus": "+", "minus": "-", "times": "*", "multiplied by": "*", "divided by": "/", "over": "/"}
GAINS = {
    "buys",
    "gets",
    "finds",
    "receives",
    "adds",
    "earns",
    "collects",
    "bought",
    "got",
    "found",
    "received",
    "earned",
}
LOSSES = {"gives", "loses", "eats", "sells", "spends", "uses", "gave", "lost", "ate", "sold", "spent", "used"}
PRECEDENCE = {"+": 1, "-": 1, "*": 2, "/": 2}
APPLY: dict[str, Callable[[Fraction, Fraction], Fraction]] = {"+": add, "-": sub, "*": mul, "/": truediv}


def number_words(text: str) -> str:
    """Replace number words by digits.

    Examples
    --------
    >>> number_words("two hundred and forty-five plus nine")
    '245 plus 9'
    """
    words = re.findall(r"\d+(?:\.\d+)?|[a-z']+|[-+*/().?!,]", text.lower())
    output: list[str] = []
    total, current, open_number = 0, 0, False
    for index, word in enumerate([*words, ""]):
        joins = (
            word in {"and", "-"} and open_number and index + 1 < len(words) and words[index + 1] in {**UNITS, **TENS}
        )
        if word in UNITS or word in TENS:
            current, open_number = current + {**UNITS, **TENS}[word], True
        elif word in {"hundred", "thousand"} and open_number:
            current = current * 100 if word == "hundred" else current
            if word == "thousand":
                total, current = (total + current) * 1000, 0
        elif not joins:
            if open_number:
                output.append(str(total + current))
            total, current, open_number = 0, 0, False
            output.append(word)
    return " ".join(output).strip()


def evaluate(tokens: list[str]) -> Fraction:
    """Value of infix tokens with the usual precedence (shunting yard).

    Raises
    ------
    ValueError
        If the expression is incomplete or divides by zero.

    Examples
    --------
    >>> evaluate("3 + 4 * 2".split())
    Fraction(11, 1)
    """
    values: list[Fraction] = []
    pending: list[str] = []

    def apply() -> None:
        operator = pending.pop()
        if len(values) < 2 or operator == "(":
            raise ValueError("the expression is incomplete; every operator needs two numbers")
        right, left = values.pop(), values.pop()
        if operator == "/" and right == 0:
            raise ValueError("division by zero")
        values.append(APPLY[operator](left, right))

    for token in tokens:
        if token == "(":
            pending.append(token)
        elif token == ")":
            while pending and pending[-1] != "(":
                apply()
            if not pending:
                raise ValueError("a parenthesis is not balanced")
            pending.pop()
        elif token in PRECEDENCE:
            while pending and pending[-1] != "(" and PRECEDENCE[pending[-1]] >= PRECEDENCE[token]:
                apply()
            pending.append(token)
        else:
            values.append(Fraction(token))
    while pending:
        apply()
    if len(values) != 1:
        raise ValueError("found no complete expression; write e.g. 'three plus four times two'")
    return values[0]


def story(text: str) -> list[str]:
    """Expression of a word problem: the first number, then numbers of gaining and losing verbs with their sign."""
    tokens: list[str] = []
    sign = "+"
    for word in re.findall(r"\d+(?:\.\d+)?|[a-z]+", text):
        if word in GAINS:
            sign = "+"
        elif word in LOSSES:
            sign = "-"
        elif re.match(r"\d", word):
            tokens += [sign, word] if tokens else [word]
    return tokens


@algorithm(
    id="arithmetic-reasoning",
    name="Arithmetic reasoning from natural language",
    aliases=("word problems", "math word problem", "calculate from text", "GSM8K"),
    example={"text": "What is three plus four times two?"},
)
def arithmetic_reasoning(text: Annotated[str, Field(min_length=1, max_length=500)]) -> Output:
    """Evaluate a calculation or a small word problem in English.

    Parameters
    ----------
    text : str
        Numbers as digits or words with plus, minus, times, divided by; or a story of gaining and losing things.

    Returns
    -------
    dict
        ``expression``; ``result`` as a float; ``exact`` as a fraction.

    Raises
    ------
    ValueError
        If no expression is found.

    Examples
    --------
    >>> arithmetic_reasoning("What is three plus four times two?")["result"]
    11.0
    >>> arithmetic_reasoning("Tom has 5 apples. He buys 3 more and gives away 2.")["expression"]
    '5 + 3 - 2'
    """
    plain = number_words(text)
    for words, symbol in OPERATORS.items():
        plain = re.sub(rf"\b{words}\b", symbol, plain)
    plain = re.sub(r"(\S+) (?:subtracted from|less than) (\S+)", r"\2 - \1", plain)
    symbols = re.findall(r"\d+(?:\.\d+)?|[-+*/()]", plain)
    tokens = symbols if any(t in PRECEDENCE for t in symbols) else story(plain)
    if not tokens:
        raise ValueError("found no number; write e.g. 'three plus four times two'")
    value = evaluate(tokens)
    return {"expression": " ".join(tokens), "result": float(value), "exact": str(value)}
