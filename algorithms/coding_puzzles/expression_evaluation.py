r"""Expression evaluation with the shunting-yard algorithm turns infix arithmetic into reverse Polish notation and evaluates it exactly.

$$2 + 3 \times 4 \;\to\; 2\; 3\; 4 \times + \;\to\; 14$$

**Intuition.** One stack of operators is enough to respect precedence and brackets. An operand goes straight to the output; an
operator first sends out those on the stack that bind at least as tightly (tighter only, for right-associative ones such as
powers), then waits there itself; a closing bracket sends out everything down to its partner. The output needs no brackets:
read it from left to right, push operands, and let each operator take its arguments from the top of a second stack.

**When to use it.** Calculators, spreadsheet formulas, filters, checking arithmetic that somebody wrote down. A Pratt or
recursive-descent parser does the same with the call stack and reports errors better.

**Cost.** O(n) time and memory: each token is pushed and popped once.

**Pitfalls.** A minus sign is binary or unary depending on what stands before it, and $-2^2$ is $-4$ because the power binds
tighter. Powers associate to the right: $2^{3^2} = 2^9$. Floats would turn $0.1 + 0.2$ into 0.30000000000000004, so
rational results stay fractions here and only roots, logarithms and the like become floats. Never call `eval` on text that
somebody else wrote, and bound exponents and factorials, or `9^9^9^9` fills the memory.

**References.** Dijkstra, *Algol 60 translation* (1961), Mathematisch Centrum report MR 35. Knuth, *The Art of Computer
Programming* 1, section 2.2.1.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from fractions import Fraction
from typing import Annotated

from pydantic import Field

from algorithms.registry import Output, algorithm

Number = Fraction | float
TOKEN = re.compile(r"\s*(?:(\d+(?:\.\d+)?|\.\d+)|([A-Za-z][A-Za-z0-9]*)|(//|[-+*/^!(),]))")
PRECEDENCE = {"xor": 1, "+": 2, "-": 2, "*": 3, "/": 3, "//": 3, "mod": 3, "negate": 4, "choose": 4, "^": 5, "!": 6}
RIGHT = {"^", "negate"}
MAX_BITS = 8192
ONE_ARGUMENT: dict[str, Callable[[float], float]] = {
    "sqrt": math.sqrt,
    "cbrt": math.cbrt,
    "exp": math.exp,
    "ln": math.log,
    "log2": math.log2,
    "log10": math.log10,
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "tanh": math.tanh,
    "abs": abs,
}
CONSTANTS = {"pi": math.pi, "e": math.e}


def to_reverse_polish(expression: str) -> list[str]:
    """Shunting-yard: reverse Polish notation of an infix expression; calls are written ``name/arguments``.

    Examples
    --------
    >>> " ".join(to_reverse_polish("2 * (1 - 3) ^ 2 + log(8, 2)"))
    '2 1 3 - 2 ^ * 8 2 log/2 +'
    """
    output: list[str] = []
    stack: list[str] = []
    arguments: list[int] = []
    operand_before = False
    for number, word, sign in tokens(expression):
        if number or word in CONSTANTS:
            if operand_before:
                raise ValueError(f"an operator is missing before {number or word!r}")
            output.append(number or word)
            operand_before = True
        elif word in PRECEDENCE or (sign and sign not in "(),"):
            operator = word or sign
            if operator in {"+", "-"} and not operand_before:
                if operator == "-":
                    stack.append("negate")
                continue
            if not operand_before:
                raise ValueError(f"an operand is missing before {operator!r}")
            while stack and stack[-1] in PRECEDENCE and binds_first(stack[-1], operator):
                output.append(stack.pop())
            stack.append(operator)
            operand_before = operator == "!"
        elif word:
            stack.append(f"call {word}")
            operand_before = False
        elif sign == "(":
            if operand_before:
                raise ValueError("an operator is missing before a bracket")
            stack.append("(")
            arguments.append(1)
        else:
            close(output, stack, arguments, sign, operand_before)
            operand_before = sign == ")"
    if not operand_before:
        raise ValueError("the expression ends too early")
    while stack:
        if stack[-1] not in PRECEDENCE:
            raise ValueError("a bracket is never closed")
        output.append(stack.pop())
    return output


def tokens(expression: str) -> list[tuple[str, str, str]]:
    """Numbers, words and signs of an expression."""
    found: list[tuple[str, str, str]] = []
    position = 0
    text = expression.rstrip()
    while position < len(text):
        match = TOKEN.match(text, position)
        if match is None:
            raise ValueError(f"{text[position]!r} at character {position} is not understood")
        found.append((match[1] or "", match[2] or "", match[3] or ""))
        position = match.end()
    return found


def binds_first(waiting: str, operator: str) -> bool:
    """Whether the operator on the stack is applied before the one that comes."""
    if operator in RIGHT:
        return PRECEDENCE[waiting] > PRECEDENCE[operator]
    return PRECEDENCE[waiting] >= PRECEDENCE[operator]


def close(output: list[str], stack: list[str], arguments: list[int], sign: str, operand_before: bool) -> None:
    """A comma or a closing bracket: send out the operators since the opening one."""
    if not operand_before:
        raise ValueError(f"an operand is missing before {sign!r}")
    while stack and stack[-1] in PRECEDENCE:
        output.append(stack.pop())
    if not stack or stack[-1] != "(":
        raise ValueError(f"{sign!r} has no opening bracket")
    if sign == ",":
        arguments[-1] += 1
        return
    stack.pop()
    count = arguments.pop()
    if stack and stack[-1].startswith("call "):
        output.append(f"{stack.pop()[5:]}/{count}")
    elif count > 1:
        raise ValueError("a comma outside a call")


def apply(operator: str, stack: list[Number]) -> Number:
    """Take the operands of one operator from the stack and compute."""
    right = stack.pop()
    if operator == "negate":
        return -right
    if operator == "!":
        return Fraction(math.factorial(natural(right, 1000)))
    left = stack.pop()
    match operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return bounded(left * right)
        case "/":
            return bounded(left / right)
        case "//":
            return Fraction(left // right)
        case "mod":
            return left % right
        case "xor":
            return Fraction(natural(left, 2**64) ^ natural(right, 2**64))
        case "choose":
            return Fraction(math.comb(natural(left, 1000), natural(right, 1000)))
    return power(left, right)


def power(base: Number, exponent: Number) -> Number:
    """Exact for whole exponents within the limit, a float otherwise."""
    if isinstance(base, Fraction) and isinstance(exponent, Fraction) and exponent.denominator == 1:
        if abs(exponent) * max(base.numerator.bit_length(), base.denominator.bit_length()) > MAX_BITS:
            raise ValueError(f"a power with more than {MAX_BITS} bits")
        return Fraction(base ** int(exponent))
    result: float | complex = float(base) ** float(exponent)
    if isinstance(result, complex):
        raise ValueError("a root of a negative number")
    return result


def bounded(value: Number) -> Number:
    """The value, unless it has too many digits."""
    if isinstance(value, Fraction) and max(value.numerator.bit_length(), value.denominator.bit_length()) > MAX_BITS:
        raise ValueError(f"a number with more than {MAX_BITS} bits")
    return value


def natural(value: Number, limit: int) -> int:
    """A whole number from 0 to `limit`."""
    if value != int(value) or not 0 <= value <= limit:
        raise ValueError(f"a whole number from 0 to {limit} is due, not {float(value):g}")
    return int(value)


def evaluate(polish: list[str]) -> Number:
    """Value of reverse Polish notation, with one stack of operands.

    Examples
    --------
    >>> evaluate(["1", "3", "/", "1", "6", "/", "+"])
    Fraction(1, 2)
    """
    stack: list[Number] = []
    for item in polish:
        if item in PRECEDENCE:
            stack.append(apply(item, stack))
        elif "/" in item:
            name, count = item.split("/")
            values = [stack.pop() for _ in range(int(count))][::-1]
            if name == "log" and len(values) == 2:
                stack.append(math.log(values[0]) / math.log(values[1]))
            elif name in ONE_ARGUMENT and len(values) == 1:
                stack.append(ONE_ARGUMENT[name](float(values[0])))
            else:
                raise ValueError(f"no function {name!r} of {count} arguments")
        else:
            stack.append(CONSTANTS[item] if item in CONSTANTS else Fraction(item))
    return stack[0]


@algorithm(
    id="expression-evaluation",
    name="Expression evaluation with the shunting-yard algorithm",
    aliases=("shunting-yard algorithm", "infix to reverse Polish notation", "infix to postfix conversion"),
    example={"expression": "2 * (5/6 * (1/6)^2) + (1/6)^3"},
)
def expression_evaluation(expression: Annotated[str, Field(min_length=1, max_length=2000)]) -> Output:
    """Evaluate an expression.

    Parameters
    ----------
    expression : str
        Numbers, brackets, ``+ - * / // ^ !``, the words ``mod``, ``xor`` and ``choose``, and calls such as ``sqrt(2)``.

    Returns
    -------
    dict
        ``value`` (float), ``exact`` (the fraction in lowest terms, None where the result is a float), ``reverse_polish``.

    Examples
    --------
    >>> expression_evaluation("2 + 3 * 4")
    {'value': 14.0, 'exact': '14', 'reverse_polish': '2 3 4 * +'}
    """
    polish = to_reverse_polish(expression)
    try:
        result = evaluate(polish)
        value = float(result)
    except (ZeroDivisionError, OverflowError) as error:
        raise ValueError(str(error)) from error
    exact = str(result) if isinstance(result, Fraction) else None
    return {"value": value, "exact": exact, "reverse_polish": " ".join(polish)}
