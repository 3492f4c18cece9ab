"""Identities of LaTeX that sympy can decide: derivatives, integrals, sums and limits with their stated results.

Only these are claims by themselves; any other equation may be a definition or a condition. A child process with limits
on time and memory holds sympy, which can hang; no text reaches it, only trees of known operators, names and numbers.
"""

from __future__ import annotations

# ruff: noqa: SIM905  (word lists are easier to read and change as running text)
import json
import logging
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from checking.draft import Draft
from checking.grammar.claims import is_doubtful, links
from checking.grammar.syntax import Binary, Call, Expression, Name, Number, Unary, walk
from checking.grammar.tokens import Token
from core.types import Reference

OPERATORS = frozenset({"integral", "series", "product_over", "limit"})
FUNCTIONS = frozenset({"sqrt", "exp", "log", "ln", "sin", "cos", "tan", "tanh", "log2", "log10", "pi", "e", "cbrt"})
GREEK = frozenset(
    "\\alpha \\beta \\gamma \\theta \\lambda \\mu \\sigma \\tau \\omega \\eta \\rho \\phi \\infty".split()
)
CONSTANTS = frozenset("abckn") | GREEK
MAX_PARTS = 60
DECIDE_SECONDS = 4.0
START_SECONDS = 30.0
MAX_GIVEN_UP = 5
"""After so many formulas that took too long no more are tried, or a document could hold the checker up for hours."""
CONFIDENCE = 0.85
log = logging.getLogger(__name__)


def formula_drafts(text: str, tokens: Sequence[Token], decider: Decider) -> Iterator[Draft]:
    """Stated results of derivatives, integrals, sums and limits in one paragraph that are not the results."""
    if not any(t.math and t.kind in {"relation"} for t in tokens):
        return
    for left, relation, right in links(tokens):
        tree = claim_tree(left.expression, right.expression)
        if not relation.math or relation.text != "=" or tree is None or is_doubtful(text, left.start, right.end):
            continue
        answer = decider.decide(tree)
        if answer is None or not answer["wrong"]:
            continue
        shown, stated = (" ".join(text[side.start : side.end].split()) for side in (left, right))
        yield Draft(
            start=left.start,
            end=right.end,
            claim=f"{shown} equals {stated}",
            kind="formula",
            verdict="wrong",
            correct=f"{shown} is {answer['result']}, not {stated}.",
            value=answer["result"],
            confidence=CONFIDENCE,
            severity=1,
            proof=Reference(reference=f"sympy {answer['version']}: the sides are {answer['sides']}{answer['at']}"),
        )


def claim_tree(left: Expression, right: Expression) -> dict[str, Any] | None:
    """What is sent to be decided; None where the equation is no claim of this kind, or has parts that are not known.

    Examples
    --------
    >>> claim_tree(Name("y"), Name("x")) is None
    True
    """
    left = as_derivative(left)
    parts = [*walk(left), *walk(right)]
    if not _is_operator(left) or len(parts) > MAX_PARTS:
        return None
    names = {p.text for p in parts if isinstance(p, Name)}
    banned = "de" if isinstance(left, Call) and left.function in {"series", "product_over"} else "dei"
    simple = all((len(n) == 1 and n.isalpha() and n not in banned) or n in GREEK for n in names)
    if not simple or any(
        isinstance(p, Call) and p.function not in OPERATORS | FUNCTIONS | {"derivative"} for p in parts
    ):
        return None
    free_left, free_right = _free(left), _free(right)
    if isinstance(left, Call) and not _names_are_independent(left):
        return None
    constants = (
        {"C", "c"} if isinstance(left, Call) and left.function == "integral" and len(left.arguments) == 2 else set()
    )
    if not free_right - constants <= free_left:
        return None
    try:
        return {"left": as_tree(left), "right": as_tree(right), "slack": _slack(right)}
    except ValueError:
        return None


def _names_are_independent(call: Call) -> bool:
    """Whether what is derived or integrated depends on the variable only by what is written: f and y may be functions of it."""
    if call.function not in {"derivative", "integral"}:
        return True
    body, variable = call.arguments[:2]
    inside = _free(body)
    others = inside - _free(variable) - CONSTANTS
    return not others and (call.function == "integral" or _free(variable) <= inside)


def _slack(right: Expression) -> float:
    """How far a result that is stated as a decimal number may be off."""
    inner = right.operand if isinstance(right, Unary) else right
    if not isinstance(inner, Number):
        return 0.0
    return 10.0**-inner.decimals if inner.decimals > 0 else 0.5 if _may_be_rounded(inner) else 0.0


def _may_be_rounded(number: Number) -> bool:
    """Whether a whole number may be a rounded one."""
    return number.value >= 10


def _is_operator(expression: Expression) -> bool:
    if isinstance(expression, Unary):
        return _is_operator(expression.operand)
    return isinstance(expression, Call) and expression.function in OPERATORS | {"derivative"}


def _free(expression: Expression) -> set[str]:
    """Names that are not bound by a sum, a limit or a definite integral."""
    match expression:
        case Name():
            return {expression.text} - {"\\infty"}
        case Call(function="series" | "product_over" | "limit"):
            variable = expression.arguments[1]
            inner = _free(expression.arguments[0]) - _free(variable)
            return inner.union(*(_free(a) for a in expression.arguments[2:]))
        case Call(function="integral") if len(expression.arguments) == 4:
            inner = _free(expression.arguments[0]) - _free(expression.arguments[1])
            return inner | _free(expression.arguments[2]) | _free(expression.arguments[3])
        case Call():
            return set().union(*(_free(a) for a in expression.arguments))
        case Binary():
            return _free(expression.left) | _free(expression.right)
        case Unary():
            return _free(expression.operand)
    return set()


def as_derivative(expression: Expression) -> Expression:
    r"""A product that begins with ``\frac{d}{dx}`` as a derivative of the rest; anything else as it is."""
    factors: list[Expression] = []
    rest = expression
    while isinstance(rest, Binary) and rest.operator == "*":
        factors.insert(0, rest.right)
        rest = rest.left
    variable = _differential(rest)
    if variable is None or not factors:
        return expression
    body = factors[0]
    for factor in factors[1:]:
        body = Binary("*", body, factor)
    return Call("derivative", (body, variable))


def _differential(expression: Expression) -> Name | None:
    if not isinstance(expression, Binary) or expression.operator != "/":
        return None
    top, bottom = expression.left, expression.right
    if top not in (Name("d"), Name("\\partial")) or not isinstance(bottom, Binary) or bottom.operator != "*":
        return None
    return bottom.right if bottom.left == top and isinstance(bottom.right, Name) else None


def as_tree(expression: Expression) -> list[Any]:
    """Nested lists: operator first.

    Raises
    ------
    ValueError
        If a part has no meaning there.

    Examples
    --------
    >>> as_tree(Binary("+", Name("x"), Name("y")))
    ['+', ['name', 'x'], ['name', 'y']]
    """
    match expression:
        case Number(unit=""):
            value = expression.value * expression.scale
            return ["number", value.numerator, value.denominator]
        case Name():
            return ["name", expression.text]
        case Unary():
            return ["negative" if expression.operator == "-" else "factorial", as_tree(expression.operand)]
        case Binary(operator="+" | "-" | "*" | "·" | "/" | "^" | "choose"):
            return [expression.operator.replace("·", "*"), as_tree(expression.left), as_tree(expression.right)]
        case Call():
            return [expression.function, *(as_tree(argument) for argument in expression.arguments)]
    raise ValueError("no part of a formula")


class Decider:
    """The process with sympy; started when it is first needed, replaced where it takes too long."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._known: dict[str, dict[str, Any] | None] = {}
        self._given_up = 0

    def __enter__(self) -> Decider:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def decide(self, tree: dict[str, Any]) -> dict[str, Any] | None:
        """Whether an equation is wrong, with the result; None where that cannot be decided in time."""
        line = json.dumps(tree)
        if line not in self._known and self._given_up >= MAX_GIVEN_UP:
            return None
        if line not in self._known:
            self._known[line] = self._ask(line)
        return self._known[line]

    def _ask(self, line: str) -> dict[str, Any] | None:
        try:
            process = self._ensure_started()
            if process is None or process.stdin is None:
                return None
            process.stdin.write(line + "\n")
            process.stdin.flush()
            answer = self._lines.get(timeout=DECIDE_SECONDS)
        except (queue.Empty, OSError):
            answer = None
        if answer is None:
            self._given_up += 1
            more = "; no more are tried" if self._given_up >= MAX_GIVEN_UP else ""
            log.warning("a formula was not decided within %g s%s", DECIDE_SECONDS, more)
            self.close()
            return None
        found: dict[str, Any] | None = json.loads(answer)
        return found

    def _ensure_started(self) -> subprocess.Popen[str] | None:
        if self._process is not None and self._process.poll() is None:
            return self._process
        root = str(Path(__file__).parent.parent)
        self._lines = queue.SimpleQueue()
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "checking.formula_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            env={"PYTHONPATH": root, "PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1"},
            cwd="/",
        )
        assert self._process.stdout is not None
        threading.Thread(target=_forward, args=(self._process.stdout, self._lines), daemon=True).start()
        try:
            ready = self._lines.get(timeout=START_SECONDS)
        except queue.Empty:
            ready = None
        if ready is None:
            log.warning("formulas are not checked: sympy did not start")
            self.close()
        return self._process

    def close(self) -> None:
        """Stop the process."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    stream.close()


def _forward(stream: IO[str], lines: queue.SimpleQueue[str | None]) -> None:
    try:
        for line in stream:
            lines.put(line)
    except ValueError:  # closed while reading: the process was killed
        pass
    lines.put(None)
