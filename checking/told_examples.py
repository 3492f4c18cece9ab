"""Examples told in a sentence: countings, shares, changes, entropies, perplexities, sizes of vectors and of layers."""

from __future__ import annotations

# ruff: noqa: SIM905  (word lists are easier to read and change as running text)
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from checking.arithmetic import plain, readable
from checking.draft import Draft, Run
from checking.grammar.claims import is_doubtful
from checking.grammar.syntax import Number
from checking.grammar.templates import Match, matches, shown_number
from checking.grammar.tokens import Token

Given = Mapping[str, Fraction]
Candidates = Sequence[Fraction | float]
IS = "(is|are|=|equals|gives|makes|yields)"
LARGEST = 10**15
LARGEST_COUNT = 300
"""Of things to choose from: factorials beyond are no example of anybody's."""


@dataclass(frozen=True)
class Told:
    """One kind of example.

    Attributes
    ----------
    words : str
        Of which one must stand in the sentence before the templates are tried.
    templates : tuple of str
        With places for what is given and for ``v``, the stated value.
    compute : callable
        What the value may be, the usual reading first; empty where the example means something else.
    subject : str
        What is computed, with the given numbers in braces.
    refused : str
        Words of the sentence with which it means something else.
    whole : bool
        Whether all that is given counts something.
    run : callable or None
        The library's run for what is given.
    in_bits : int or None
        Which of the computed values is meant where a number is in bits.
    """

    words: str
    templates: tuple[str, ...]
    compute: Callable[[Given], Candidates]
    subject: str
    refused: str = ""
    whole: bool = True
    run: Callable[[Given], Run] | None = None
    in_bits: int | None = None


def _combinations(v: Given) -> Candidates:
    n, k = int(v["n"]), int(v["k"])
    return [Fraction(math.comb(n, k)), Fraction(math.perm(n, k))] if 0 <= k <= n <= LARGEST_COUNT else []


def _permutations(v: Given) -> Candidates:
    return [Fraction(math.factorial(int(v["n"])))] if 0 < v["n"] <= LARGEST_COUNT else []


def _share(v: Given) -> Candidates:
    return [v["a"] / v["b"]] if 0 <= v["a"] <= v["b"] and v["b"] >= 2 else []


def _change(v: Given) -> Candidates:
    low, high = sorted((v["a"], v["b"]))
    if low <= 0 or low == high:
        return []
    change = high - low
    points = [change] if high <= 1 else [change / 100] if high <= 100 else []
    return [change / v["a"], change / v["b"], *points]


def _perplexity(v: Given) -> Candidates:
    if not 0 < v["x"] <= 30:
        return []
    return [math.exp(v["x"]), 2.0 ** float(v["x"])]


def _layer(v: Given) -> Candidates:
    weights = v["i"] * v["o"]
    return [weights, weights + v["o"]]


def _convolution(v: Given) -> Candidates:
    weights = v["h"] * v["w"] * v["i"] * v["o"]
    return [weights, weights + v["o"]]


def _entropy(v: Given) -> Candidates:
    n = float(v["n"])
    return [math.log2(n), math.log(n), math.log10(n)] if n >= 2 else []


def _choose_run(v: Given) -> Run:
    return Run("expression-evaluation", {"expression": f"{v['n']} choose {v['k']}"}, ("value",))


def _factorial_run(v: Given) -> Run:
    return Run("expression-evaluation", {"expression": f"{v['n']}!"}, ("value",))


def _share_run(v: Given) -> Run:
    return Run("expression-evaluation", {"expression": f"{v['a']} / {v['b']}"}, ("value",))


CHOOSE = "ways (to|of) (choose|choosing|pick|picking|select|selecting) {k} ~2 (from|out of|of|among) ~2 {n}"
ARRANGE = "(arrange|arranging|order|ordering|permute|permuting)"
CHANGES = "(increase|decrease|reduction|drop|improvement|gain|rise|decline|growth)"
CHANGED = "(increased|decreased|reduced|dropped|improved|rose|grew|fell|increases|decreases|reduces|drops|improves|rises|falls)"
TOLD = (
    Told(
        "ways", (f"{CHOOSE} ~2 {IS} {{v!}}", f"{{v}} [possible|different|distinct] {CHOOSE}"), _combinations,
        "the number of ways to choose {k} of {n}",
        "order ordered arrangement arrangements permutation permutations replacement repetition repeated repetitions president "
        "row each teams groups such least most both together including excluding", run=_choose_run,
    ),
    Told(
        "permutations permutation arranged ordered arrange arranging order ordering",
        (
            f"[number of] permutations of {{n}} ~2 {IS} {{v!}}", "{v} [possible|different|distinct] permutations of {n}",
            "{n} [distinct|different] ~1 can be (arranged|ordered|permuted) in {v}",
            f"{{v}} [possible|different|distinct] ways (to|of) {ARRANGE} {{n}}",
            f"ways (to|of) {ARRANGE} {{n}} [distinct|different] ~1 {IS} {{v!}}",
        ),
        _permutations, "the number of orders of {n} things",
        "circle circular round table identical repeated letters taken chosen choose at adjacent together replacement repetition "
        "first last word pairs bracelet necklace", run=_factorial_run,
    ),
    Told(
        "out of", ("{a} (out of|of) [the] {b} ~1 \\( {v!} \\)", "{a} out of {b} ~1 , (or|i.e.|that is|which is) {v!}"), _share,
        "{a} of {b}", "about approximately roughly nearly almost over more less another additional ci confidence respectively",
        run=_share_run,
    ),
    Told(
        "increase decrease reduction drop improvement gain rise decline growth increased decreased reduced dropped improved rose "
        "grew fell increases decreases reduces drops improves rises falls",
        (
            f"from {{a}} ~1 to {{b}} ~1 [,] [\\(] [which is|that is|i.e.|this is] a {{v}} ~1 {CHANGES}",
            f"{{v}} ~1 {CHANGES} [\\(] [,] from {{a}} ~1 to {{b}}",
            f"{CHANGED} by {{v}} [,] [\\(] from {{a}} ~1 to {{b}}",
        ),
        _change, "the relative change from {a} to {b}", "points point log average annual year times respectively per",
        whole=False,
    ),
    Told(
        "perplexity",
        (
            "(loss|entropy|cross-entropy|nll) of {x} [nats|bits] [per token|per word|/ token] ~2 "
            "(gives|corresponds to|is|means|yields|equals|implies) a perplexity of {v!}",
        ),
        _perplexity, "the perplexity for a loss of {x}", "character byte characters bytes", whole=False, in_bits=1,
    ),
    Told(
        "entropy",
        (f"entropy of a uniform distribution over {{n}} ~1 {IS} {{v!}}", f"entropy of a fair {{n}} - sided die {IS} {{v!}}"),
        _entropy, "the entropy of a uniform distribution over {n}", in_bits=0,
    ),
    Told(
        "convolution convolutional conv kernel filter kernels filters",
        (
            "{h} * {w} (convolution|conv|kernel|filter|convolutional layer|conv layer) with {i} input channels and {o} output "
            "channels (has|needs|takes|contains) {v!}",
        ),
        _convolution, "the number of parameters of a {h} × {w} convolution from {i} to {o} channels",
        "depthwise separable grouped groups group dilated",
    ),
    Told(
        "layer",
        (
            "(linear|dense|fully-connected|fully connected) layer (from|with|mapping) {i} [input|inputs] "
            "[units|features|dimensions] (to|and) {o} [output|outputs] [units|features|dimensions] "
            "(has|needs|takes|contains) {v!}",
        ),
        _layer, "the number of parameters of a linear layer from {i} to {o}", "low-rank lora rank sparse",
    ),
)  # fmt: skip
LOOSE = frozenset("about approximately roughly around ~ ≈".split())
UNITS_OF_PARAMETERS = frozenset({"", "parameters", "weights"})


def told_drafts(text: str, tokens: Sequence[Token]) -> Iterator[Draft]:
    """Examples of one sentence that come out otherwise.

    Examples
    --------
    >>> from checking.grammar.tokens import tokenize
    >>> text = "There are 110 ways to choose 3 books from 10."
    >>> [(d.value, d.correct) for d in told_drafts(text, tokenize(text, 0, len(text)))]
    [(120, 'The number of ways to choose 3 of 10 is 120, not 110.')]
    """
    plain_tokens = [token for token in tokens if token.text != "$"]
    words = {token.text.lower() for token in plain_tokens if token.kind == "word"}
    for told in TOLD:
        if not words & set(told.words.split()) or words & set(told.refused.split()):
            continue
        for template in told.templates:
            for match in matches(plain_tokens, template):
                draft = _judged(text, told, match)
                if draft is not None:
                    yield draft


def _judged(text: str, told: Told, match: Match) -> Draft | None:
    numbers = {name: shown_number(side) for name, side in match.values.items()}
    stated = numbers.pop("v")
    given = {name: number for name, number in numbers.items() if number is not None}
    if stated is None or len(given) < len(numbers) or any(number.cut for number in (stated, *given.values())):
        return None
    if told.whole and any(n.decimals > 0 or n.scale < 1 or n.unit == "%" for n in given.values()):
        return None
    if _is_share(told) != (stated.unit == "%") or stated.unit == "bytes":
        return None
    if len({n.unit for n in given.values() if n.unit}) > 1 and not told.whole:
        return None
    values = {name: _value(number) for name, number in given.items()}
    if any(abs(value) > LARGEST for value in values.values()):
        return None
    reading = told.in_bits if any(n.unit == "bits" for n in (stated, *given.values())) else None
    computed = told.compute(values)
    if not computed or _is_near(stated, told, given, reading):
        return None
    start = min(side.start for side in match.values.values())
    end = max(side.end for side in match.values.values())
    if is_doubtful(text, start, end) or text[max(0, start - 12) : start].split()[-1:] == ["about"]:
        return None
    texts = {name: text[side.start : side.end] for name, side in match.values.items()}
    subject, shown = told.subject.format(**texts), texts["v"]
    value = computed[reading or 0]
    right = f"{readable(value * 100)}%" if stated.unit == "%" else readable(value)
    return Draft(
        start=start,
        end=end,
        claim=f"{subject} is {shown}",
        kind="example",
        verdict="wrong",
        correct=f"{subject[0].upper()}{subject[1:]} is {right}, not {shown}.",
        value=plain(value),
        confidence=0.85,
        severity=1,
        proof=told.run(values) if told.run is not None else None,
    )


def _value(number: Number) -> Fraction:
    """What a number is worth; bits are counted."""
    return number.value if number.unit == "bits" else number.value * number.scale


def _is_share(told: Told) -> bool:
    return told.compute in (_share, _change)


def _is_near(stated: Number, told: Told, given: Mapping[str, Number], reading: int | None) -> bool:
    """Whether the stated value is one that the given ones may have come to, as precisely as all are shown."""
    value, step = float(_value(stated)), _step(stated)
    corners = [_ends(number) for number in given.values()]
    found = [told.compute(dict(zip(given, corner, strict=True))) for corner in product(*corners)]
    if not all(found) or len({len(candidates) for candidates in found}) != 1:
        return True  # at the edge of what can be computed
    for index, candidates in enumerate(zip(*found, strict=True)):
        low, high = float(min(candidates)), float(max(candidates))
        rounded = (
            1.0 if stated.decimals <= 0 and stated.unit != "%" and not float(low).is_integer() and high > 2 else 0.0
        )
        slack = max(step, rounded) + 1e-9 * abs(high)
        if reading in {None, index} and low - slack <= value <= high + slack:
            return True
    return False


def _ends(number: Number) -> tuple[Fraction, ...]:
    """The least and the largest value that is shown so."""
    value = _value(number)
    if number.decimals <= 0:
        return (value,)
    half = Fraction(1, 2 * 10**number.decimals) * (number.scale if number.unit != "bits" else 1)
    return value - half, value + half


def _step(number: Number) -> float:
    """What one step in the last digit shown is worth; whole numbers are exact unless they are large and round."""
    scale = float(number.scale) if number.unit != "bits" else 1.0
    if number.decimals > 0:
        return scale * 10.0**-number.decimals
    whole = abs(int(number.value))
    zeros = len(str(whole)) - len(str(whole).rstrip("0")) if whole else 0
    if number.unit == "%" or number.scale > 1 or zeros >= 3:
        return scale * (10.0**zeros if number.unit != "%" else 1.0)
    return 0.0
