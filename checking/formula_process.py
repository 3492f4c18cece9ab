"""The child side of `checking.formulas`: builds sympy objects from trees, one JSON line in, one out; no text is evaluated."""

from __future__ import annotations

import json
import os
import resource
import sys
from typing import Any

import sympy

MEMORY_BYTES = 2 * 2**30
POINTS = (0.31, 0.57, 0.73, 1.37, 2.19, 3.41)
WHOLE = (2, 3, 4, 5, 6, 7)
TOLERANCE = 1e-6
MAX_BITS = 256
MAX_RESULT = 80


def build(tree: list[Any], names: dict[str, sympy.Symbol], log_base: float) -> sympy.Expr:
    """A sympy expression from nested lists.

    Raises
    ------
    ValueError
        If an operator is not known or a number is too large.
    """
    head, *rest = tree
    if head == "number":
        if max(abs(rest[0]).bit_length(), rest[1].bit_length()) > MAX_BITS:
            raise ValueError("too large")
        return sympy.Rational(rest[0], rest[1])
    if head == "name":
        return sympy.oo if rest[0] == "\\infty" else names[rest[0]]
    parts = [build(part, names, log_base) for part in rest]
    simple = {
        "+": lambda a, b: a + b,
        "-": lambda a, b: a - b,
        "*": lambda a, b: a * b,
        "/": lambda a, b: a / b,
        "^": power,
        "choose": sympy.binomial,
        "negative": lambda a: -a,
        "factorial": sympy.factorial,
        "pi": lambda: sympy.pi,
        "e": lambda: sympy.E,
        "sqrt": sympy.sqrt,
        "cbrt": sympy.cbrt,
        "exp": sympy.exp,
        "ln": sympy.log,
        "log": lambda a, base=None: sympy.log(a) / sympy.log(base if base is not None else log_base),
        "log2": lambda a: sympy.log(a, 2),
        "log10": lambda a: sympy.log(a, 10),
        "sin": sympy.sin,
        "cos": sympy.cos,
        "tan": sympy.tan,
        "tanh": sympy.tanh,
        "derivative": sympy.diff,
        "limit": sympy.limit,
        "at": lambda f, x, place: f.subs(x, place),
        "integral": lambda f, x, *limits: sympy.integrate(f, (x, *limits) if limits else x),
        "series": lambda f, i, low, high: sympy.summation(f, (i, low, high)),
        "product_over": lambda f, i, low, high: sympy.product(f, (i, low, high)),
    }
    if head not in simple:
        raise ValueError(head)
    return simple[head](*parts)


def power(base: sympy.Expr, exponent: sympy.Expr) -> sympy.Expr:
    """A power, unless a number would grow beyond all bounds."""
    if base.is_number and exponent.is_number and abs(float(exponent)) > 1000:
        raise ValueError("too large")
    return base**exponent


def decide(request: dict[str, Any]) -> dict[str, Any] | None:
    """Whether the sides differ at every point that is tried, under every base of ``log``; None where that is open."""
    answer = None
    for base in (sympy.E, sympy.Integer(2), sympy.Integer(10)) if '"log"' in json.dumps(request) else (sympy.E,):
        answer = compare(request, base)
        if answer is None or not answer["wrong"]:
            return answer
    return answer


def compare(request: dict[str, Any], base: sympy.Expr) -> dict[str, Any] | None:
    """One comparison under one base."""
    found: set[str] = set()
    collect(request, found)
    whole = any(word in json.dumps(request) for word in ('"series"', '"product_over"', '"factorial"', '"choose"'))
    names = {n: sympy.Symbol(n.strip("\\"), positive=True, integer=True if whole else None) for n in found}
    left, right = build(request["left"], names, base), build(request["right"], names, base)
    if left.has(sympy.Integral, sympy.Sum, sympy.Product, sympy.Limit, sympy.nan, sympy.zoo):
        return None
    result = sympy.simplify(left)
    if request["left"][0] == "integral" and len(request["left"]) == 3:
        variable = names[request["left"][2][1]]
        left, right = sympy.diff(left, variable), sympy.diff(right, variable)
    free = sorted(left.free_symbols | right.free_symbols, key=str)
    sides, at = "", ""
    for index in range(len(POINTS) if free else 1):
        values = {s: (WHOLE if whole else POINTS)[(index + 2 * shift) % len(POINTS)] for shift, s in enumerate(free)}
        a, b = complex(left.subs(values).evalf(20)), complex(right.subs(values).evalf(20))
        if not all(abs(x) < 1e12 and x.imag == 0 for x in (a, b)):
            return None
        if abs(a - b) <= TOLERANCE * max(1.0, abs(a), abs(b)) + request.get("slack", 0.0):
            return {"wrong": False}
        sides = sides or f"{a.real:.6g} and {b.real:.6g}"
        at = at or "".join(f" at {s} = {v}" for s, v in values.items())
    shown = str(result)
    if len(shown) > MAX_RESULT:
        shown = str(result.evalf(8))
    return {"wrong": True, "result": shown, "at": at, "sides": sides, "version": sympy.__version__}


def collect(tree: Any, found: set[str]) -> None:
    """Names of a request."""
    if isinstance(tree, dict):
        for part in (tree["left"], tree["right"]):
            collect(part, found)
    elif isinstance(tree, list) and tree and tree[0] == "name":
        found.add(tree[1])
    elif isinstance(tree, list):
        for part in tree[1:]:
            collect(part, found)


def main() -> None:
    """Serve requests from standard input until it closes."""
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # a stray print must not corrupt the protocol
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    print(json.dumps({"ready": True}), file=channel, flush=True)
    for line in sys.stdin:
        try:
            answer = decide(json.loads(line))
        except Exception:  # whatever sympy stumbles over stays undecided
            answer = None
        print(json.dumps(answer), file=channel, flush=True)


if __name__ == "__main__":
    main()
