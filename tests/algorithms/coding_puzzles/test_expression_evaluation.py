from __future__ import annotations

import ast
import math
import operator
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.coding_puzzles.expression_evaluation import expression_evaluation
from algorithms.registry import load
from core.errors import InputError

OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}


def by_python(source: str) -> Fraction:
    """Python's own grammar as the oracle: the tree of `ast`, folded over fractions."""

    def fold(node: Any) -> Fraction:
        if isinstance(node, ast.BinOp):
            if isinstance(node.op, ast.Pow):
                return fold(node.left) ** int(fold(node.right))
            return OPERATORS[type(node.op)](fold(node.left), fold(node.right))  # type: ignore[no-any-return]
        if isinstance(node, ast.UnaryOp):
            return -fold(node.operand)
        return Fraction(node.value)

    return fold(ast.parse(source, mode="eval").body)


leaves = st.integers(0, 50).map(str)
expressions = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from([" + ", " - ", " * ", " / "]), inner).map("".join),
        inner.map("({})".format),
        inner.map("-({})".format),
        st.tuples(inner.map("({})".format), st.sampled_from("23")).map("^".join),
    ),
    max_leaves=12,
)


@given(expressions)
def test_equals_pythons_grammar(expression: str) -> None:
    try:
        expected = by_python(expression.replace("^", "**"))
    except ZeroDivisionError:
        with pytest.raises(InputError):
            load("expression-evaluation").run({"expression": expression})
        return
    assert expression_evaluation(expression)["exact"] == str(expected)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("-2^2", -4),
        ("2^3^2", 512),
        ("2 - 3 - 4", -5),
        ("3 xor 7 xor 4", 0),
        ("5 choose 2 + 1", 11),
        ("3! + 17 mod 5", 8),
        ("log(8, 2) * sqrt(16)", 12),
        ("7 // 2", 3),
        ("2 * -3", -6),
        ("exp(0) + ln(e)", 2),
    ],
)
def test_worked_by_hand(expression: str, value: float) -> None:
    assert math.isclose(expression_evaluation(expression)["value"], value)


def test_the_example_is_the_chance_of_two_threes_in_a_row() -> None:
    assert load("expression-evaluation").run()["exact"] == "11/216"


@pytest.mark.parametrize(
    "bad", ["", "1 +", "(1", "1)", "1 2", "2(3)", "f(1)", "1,2", "9^9^9^9", "1/0", "3000!", "sqrt(-1)", "1 @ 2", "* 2"]
)
def test_what_is_no_expression_is_refused(bad: str) -> None:
    with pytest.raises(InputError):
        load("expression-evaluation").run({"expression": bad})
