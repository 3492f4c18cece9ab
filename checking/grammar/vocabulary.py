"""Words of the claim grammar: operators, functions, units, and the verbs that state a value."""

from __future__ import annotations

# ruff: noqa: SIM905  (word lists are easier to read and change as running text)
from fractions import Fraction

OPERATOR_WORDS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("raised", "to", "the", "power", "of"), "^"),
    (("to", "the", "power", "of"), "^"),
    (("to", "the", "power"), "^"),
    (("multiplied", "by"), "*"),
    (("divided", "by"), "/"),
    (("times",), "*"),
    (("plus",), "+"),
    (("minus",), "-"),
    (("modulo",), "mod"),
    (("mod",), "mod"),
    (("choose",), "choose"),
    (("XOR",), "xor"),
)
PHRASES: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (("square", "root", "of"), "sqrt", "one"),
    (("cube", "root", "of"), "cbrt", "one"),
    (("factorial", "of"), "factorial", "one"),
    (("natural", "logarithm", "of"), "ln", "one"),
    (("natural", "log", "of"), "ln", "one"),
    (("logarithm", "base"), "log", "base"),
    (("log", "base"), "log", "base"),
    (("sigmoid", "of"), "sigmoid", "one"),
    (("sum", "of"), "sum", "list"),
    (("product", "of"), "product", "list"),
    (("average", "of"), "mean", "list"),
    (("mean", "of"), "mean", "list"),
    (("median", "of"), "median", "list"),
    (("sample", "variance", "of"), "variance", "list"),
    (("population", "variance", "of"), "variance", "list"),
    (("variance", "of"), "variance", "list"),
    (("standard", "deviation", "of"), "sd", "list"),
    (("softmax", "of"), "softmax", "list"),
    (("entropy", "of"), "entropy", "list"),
    (("euclidean", "norm", "of"), "norm", "list"),
    (("l2", "norm", "of"), "norm", "list"),
    (("l1", "norm", "of"), "norm1", "list"),
    (("dot", "product", "of"), "dot", "two"),
    (("cosine", "similarity", "between"), "cosine", "two"),
    (("cosine", "similarity", "of"), "cosine", "two"),
    (("euclidean", "distance", "between"), "distance", "two"),
)
FUNCTIONS = {
    "sqrt": "sqrt", "exp": "exp", "log": "log", "ln": "ln", "log2": "log2", "log10": "log10", "abs": "abs",
    "sin": "sin", "cos": "cos", "tan": "tan", "tanh": "tanh", "max": "max", "min": "min",
}  # fmt: skip
FUNCTION_WORDS = {
    "sigmoid": "sigmoid",
    "relu": "relu",
    "softmax": "softmax",
    "mean": "mean",
    "dot": "dot",
    "xor": "xor_all",
}
LATEX_FUNCTIONS = {
    "\\frac": "", "\\dfrac": "", "\\tfrac": "", "\\sqrt": "", "\\binom": "", "\\pi": "", "\\log": "log", "\\ln": "ln",
    "\\exp": "exp", "\\sin": "sin", "\\cos": "cos", "\\tan": "tan", "\\tanh": "tanh", "\\lg": "log10",
}  # fmt: skip
GREEK = frozenset(
    "\\alpha \\beta \\gamma \\delta \\epsilon \\varepsilon \\zeta \\theta \\kappa \\lambda \\mu \\nu \\xi \\rho \\sigma \\tau "
    "\\phi \\varphi \\psi \\omega \\eta \\infty".split()
)
CONSTANTS = frozenset({"π"})
COUNTS = frozenset("nNkm")
"""Letters that are numbers rather than functions: before a bracket they multiply."""
SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
SHORT_SCALES = {"K": 10**3, "k": 10**3, "M": 10**6, "B": 10**9, "bn": 10**9, "T": 10**12}
BYTES = {
    "byte": 1, "bytes": 1, "KB": 10**3, "kB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12, "PB": 10**15,
    "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40, "MBs": 10**6, "GBs": 10**9,
}  # fmt: skip
BITS = {"bit": Fraction(1, 8), "bits": Fraction(1, 8)}
SECONDS: dict[str, Fraction | int] = {
    "second": 1, "seconds": 1, "minute": 60, "minutes": 60, "hour": 3600, "hours": 3600, "day": 86_400, "days": 86_400,
    "week": 604_800, "weeks": 604_800, "ms": Fraction(1, 1000), "millisecond": Fraction(1, 1000),
    "milliseconds": Fraction(1, 1000), "microseconds": Fraction(1, 10**6), "µs": Fraction(1, 10**6), "ns": Fraction(1, 10**9),
    "nanoseconds": Fraction(1, 10**9),
}  # fmt: skip
MEASURES = frozenset(
    "degrees degree radians radian celsius fahrenheit kelvin miles mile feet foot inches inch yards meters metres pounds ounces "
    "kilograms grams liters litres gallons acres hectares dollars euros".split()
)
"""Nouns whose numbers another measure makes others."""
NOT_NOUNS = frozenset(
    "and the for with from are was has have that this which then than plus minus times per equals gives yields makes not "
    "but its out off one two three hundred dozen percent about over into divided multiplied choose mod modulo raised".split()
)
STATES: tuple[tuple[str, ...], ...] = (
    ("is", "equal", "to"),
    ("are", "equal", "to"),
    ("comes", "to"),
    ("amounts", "to"),
    ("evaluates", "to"),
    ("results", "in"),
    ("which", "is"),
    ("is",),
    ("are",),
    ("equals",),
    ("equal",),
    ("gives",),
    ("yields",),
    ("makes",),
)
"""Verbs that state a value."""
HEDGES = frozenset(
    "about approximately approx roughly around nearly almost circa ca close or under over up at between less more only "
    "just probably not never n't far within greater fewer least most some".split()
)
"""Words after a verb that make the value a loose one."""
UNSAFE_BEFORE = frozenset(
    "of by times plus minus over divided multiplied per between log ln sqrt sin cos tan exp mod modulo choose base power "
    "root factorial to about approximately roughly versus vs equation eq step version chapter section figure fig table "
    "page level question exercise problem python cuda nor xor XOR AND OR NOT".split()
)
"""Words that belong to the number behind them: an expression that begins there begins too late."""
UNSAFE_AFTER = frozenset(
    "times plus minus divided multiplied over mod modulo percent choose dozen hundred thousand lakh crore million billion "
    "trillion x X e i j squared cubed factorial degrees degree or XOR AND OR NOT to per out power th st nd rd half "
    "halves thirds quarters remainder".split()
)
"""Words that change the number before them."""
DOUBT = (
    "wrong|incorrect|wrongly|mistake|mistaken|error|errors|false|falsely|myth|fallacy|not|isn't|doesn't|aren't|cannot|never|"
    "instead|binary|hexadecimal|octal|modulo|mod|boolean|integer|floor|ceil|truncated|truncate|rounds|rounded|rounding|"
    "overflow|precision-loss|garbled|misprint|typo|suppose|imagine|puzzle|riddle|joke|naive|broadcasting|concatenation|"
    "string|strings|overloaded|bitwise|claims|claim|printed|says|wraps|saturates|bfloat16|odds"
)
"""Words of a sentence that leave open what it asserts, or in which arithmetic."""
PHRASES_BY_WORD: dict[str, list[tuple[tuple[str, ...], str, str]]] = {}
for _phrase in PHRASES:
    PHRASES_BY_WORD.setdefault(_phrase[0][0], []).append(_phrase)
OPERATORS_BEGIN = frozenset(words[0] for words, _ in OPERATOR_WORDS)
"""First words of operators: almost no word of a text is one."""
