"""What a text defines is used to recompute what it says of it; identities hold only where they are called so."""

from __future__ import annotations

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from checking.arithmetic import arithmetic_drafts
from checking.decider import Decider
from checking.definitions import Functions, assignments
from checking.draft import Draft
from checking.formulas import formula_drafts
from checking.grammar.tokens import tokenize


@pytest.fixture(scope="module")
def decider():
    with Decider() as process:
        yield process


def formulas(text: str, decider: Decider) -> list[Draft]:
    tokens = tokenize(text, 0, len(text))
    functions = Functions()
    functions.read(tokens)
    return list(formula_drafts(text, tokens, decider, functions))


def substituted(text: str) -> list[Draft]:
    tokens = tokenize(text, 0, len(text))
    functions = Functions()
    functions.read(tokens)
    known = {**functions.known, **assignments(tokens)}
    return list(arithmetic_drafts(text, tokens, known)) if known else []


WRONG = [
    # text, quote; each worked by hand
    (r"If $\sigma(x) = \frac{1}{1+e^{-x}}$ then $\sigma'(x) = \sigma(x)(1+\sigma(x))$.", r"\sigma'(x) = \sigma(x)(1+\sigma(x))"),
    ("The logistic function has σ'(x) = σ(x)(1 + σ(x)).", "σ'(x) = σ(x)(1 + σ(x))"),
    (r"We know $\tanh'(x) = 1 - \tanh(x)$.", r"\tanh'(x) = 1 - \tanh(x)"),  # 1 - tanh²
    (r"Let $f(x) = x^3 + 2x$. Then $f'(x) = 3x^2$.", "f'(x) = 3x^2"),  # 3x² + 2
    (r"Let $f(x) = x^3 + 2x$. Then $f'(1) = 6$.", "f'(1) = 6"),  # 3 + 2
    (r"With $y = 3x^2 + 1$ we have $\frac{dy}{dx} = 3x$.", r"\frac{dy}{dx} = 3x"),  # 6x
    (r"$f(x, y) = x^2 y$ so $\frac{\partial f}{\partial y} = 2x^2$.", r"\frac{\partial f}{\partial y} = 2x^2"),  # x²
    ("The identity $(a+b)^2 = a^2 + b^2$ holds.", "(a+b)^2 = a^2 + b^2"),
    (r"By the rule $\log(a + b) = \log a + \log b$ we go on.", r"\log(a + b) = \log a + \log b"),
    (r"$\frac{1}{1+e^{-x}} = \frac{e^x}{1+e^x} = \frac{e^x}{1-e^x}$", r"\frac{e^x}{1+e^x} = \frac{e^x}{1-e^x}"),
    ("The derivative of $x^3$ is $3x$.", "derivative of $x^3$ is $3x"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "quote"), WRONG)
def test_wrong_equations_are_found(decider, text, quote):
    assert [text[d.start : d.end] for d in formulas(text, decider)] == [quote]


@pytest.mark.parametrize(
    "text",
    [
        r"The sigmoid has $\sigma'(x) = \sigma(x)(1-\sigma(x))$.",
        r"Noise of scale $\sigma$ with $\sigma'(x) = 2$.",
        r"$\tanh'(x) = 1 - \tanh^2(x)$ and the identity $\sin^2 x + \cos^2 x = 1$",
        r"For all $a$, $b$: $\log(ab) = \log a + \log b$ and $e^{a+b} = e^a e^b$.",
        r"Let $f(x) = x^3$. Elsewhere $f(x) = x^2$, so $f'(x) = 7x$.",  # which f is open
        r"Let $f(x) = x^2$ if $x > 0$. Then $f'(x) = 7x$.",
        r"Solve $x^2 + 2x = 3$ and $a + b = 3a$ always.",
        r"We want to take the derivative of $f(x) = \log(1 + x)$.",
        "The partial derivative of $x^2$ is $x$.",
        r"The rule $(A+B)^2 = A^2 + AB + BA + B^2$ for matrices; the identity $(A B)^2 = A B$.",
        r"The rule $x^2 = 4$ and the property $a = 2b$.",
    ],
)
def test_definitions_conditions_and_right_equations_are_left_alone(decider, text):
    assert formulas(text, decider) == []


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 9), min_size=2, max_size=4), st.integers(0, 5))
def test_derivatives_of_polynomials_are_judged_as_sympy_would(decider, coefficients, shift):
    x = sympy.Symbol("x")
    body = sum(c * x**power for power, c in enumerate(coefficients, 1))
    slope = int(sympy.diff(body, x).subs(x, 2))
    source = " + ".join(f"{c}x^{power}" for power, c in enumerate(coefficients, 1))
    text = f"Let $f(x) = {source}$. Then $f'(2) = {slope + shift}$."
    assert bool(formulas(text, decider)) is (shift > 0)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Let $x = 2$ and $w = 3$. Then $wx + 1 = 8$.", 7),
        ("With n = 10 and k = 3, n choose k = 110.", 120),
        ("For $d_{model} = 512$ and $h = 8$ we have $d_{model}/h = 60$.", 64),
        ("Given a = [1, 2] and b = [3, 4], a · b = 12.", 11),
        ("Given x = [3, 4], the L2 norm of x is 6.", 5),
        ("With p = 0.2 and n = 10, n * p = 3.", 2),
        ("Let a = [3, 4] and b = [4, 3]. The cosine similarity of a and b is 0.5.", pytest.approx(24 / 25)),
        (r"Let $\mu = 5$ and $\sigma = 2$. Then $z = (9 - \mu)/\sigma = 3$.", 2),
        (r"Let $f(x) = 2x$ and $g(x) = x^2$. Then $f(g(3)) = 12$.", 18),
        ("Let $f(x) = x^2 + 1$. Then $f(3) = 11$.", 10),
    ],
)
def test_values_that_the_text_gives_are_put_in(text, value):
    assert [d.value for d in substituted(text)] == [value]


@pytest.mark.parametrize(
    "text",
    [
        "Let $x = 2$. Now $x = 3$; $x + 1 = 5$.",
        "x = 2; then x + 1 = 4",
        "Let $x = 2$ and $w = 3$. Then $wx + 1 = 7$ and $w y = 9$.",
        "With n = 10 we count n^2 steps.",
        "Set w <- 0.5; with w = 1, w + 1 = 4.",
    ],
)
def test_names_without_one_value_are_left_alone(text):
    assert substituted(text) == []
