"""Worked examples told in words: metrics from counts, Bayes' rule, binomial probabilities, and those of other modules."""

from __future__ import annotations

# ruff: noqa: SIM905  (word lists are easier to read and change as running text)
import math
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from checking.arithmetic import plain, readable
from checking.draft import Draft, Run
from checking.grammar.agreement import compare
from checking.grammar.claims import is_doubtful
from checking.grammar.parser import Parser, Unparsable
from checking.grammar.quantities import Quantity, named_quantities, sentence_bounds
from checking.grammar.syntax import Expression, Number
from checking.grammar.tokens import Token, tokenize
from checking.grammar.vocabulary import HEDGES
from checking.sizes import size_drafts
from checking.told_examples import told_drafts

Values = Mapping[str, Fraction]


@dataclass(frozen=True)
class Rule:
    """How one metric follows from others.

    Attributes
    ----------
    needs : tuple of str
        Keys that must each be stated just once.
    compute : callable
        The metric from their values.
    run : callable
        The library's run from their values.
    """

    metric: str
    needs: tuple[str, ...]
    compute: Callable[[Values], Fraction]
    run: Callable[[Values], Run]


def _recall_run(v: Values) -> Run:
    return Run("recall", _counts(v, "tp", "fn"), ("recall",))


def _precision_run(v: Values) -> Run:
    return Run("precision", _counts(v, "tp", "fp"), ("precision",))


def _bayes_run(v: Values) -> Run:
    names = {"fpr": "false_positive_rate"}
    return Run("bayes-theorem", {names.get(key, key): float(value) for key, value in v.items()})


def _counts(v: Values, *keys: str) -> dict[str, Any]:
    return {key: int(v[key]) for key in keys}


def _share(v: Values, top: str, *others: str) -> Fraction:
    return v[top] / (v[top] + sum(v[o] for o in others))


RULES = (
    Rule("precision", ("tp", "fp"), lambda v: _share(v, "tp", "fp"), _precision_run),
    Rule("recall", ("tp", "fn"), lambda v: _share(v, "tp", "fn"), _recall_run),
    Rule("sensitivity", ("tp", "fn"), lambda v: _share(v, "tp", "fn"), _recall_run),
    Rule(
        "specificity", ("tn", "fp"), lambda v: _share(v, "tn", "fp"),
        lambda v: Run("expression-evaluation", {"expression": f"{v['tn']} / ({v['tn']} + {v['fp']})"}, ("value",)),
    ),
    Rule(
        "fpr", ("fp", "tn"), lambda v: _share(v, "fp", "tn"),
        lambda v: Run("expression-evaluation", {"expression": f"{v['fp']} / ({v['fp']} + {v['tn']})"}, ("value",)),
    ),
    Rule(
        "npv", ("tn", "fn"), lambda v: _share(v, "tn", "fn"),
        lambda v: Run("expression-evaluation", {"expression": f"{v['tn']} / ({v['tn']} + {v['fn']})"}, ("value",)),
    ),
    Rule(
        "ppv", ("tp", "fp"), lambda v: _share(v, "tp", "fp"), _precision_run,
    ),
    Rule(
        "accuracy", ("tp", "fp", "fn", "tn"), lambda v: (v["tp"] + v["tn"]) / sum(v[k] for k in ("tp", "fp", "fn", "tn")),
        lambda v: Run("accuracy", _counts(v, "tp", "fp", "fn", "tn"), ("accuracy",)),
    ),
    Rule(
        "f1", ("tp", "fp", "fn"), lambda v: 2 * v["tp"] / (2 * v["tp"] + v["fp"] + v["fn"]),
        lambda v: Run("f1-score", _counts(v, "tp", "fp", "fn"), ("f1",)),
    ),
    Rule(
        "f1", ("precision", "recall"), lambda v: 2 * v["precision"] * v["recall"] / (v["precision"] + v["recall"]),
        lambda v: Run("f1-score", {k: float(v[k]) for k in ("precision", "recall")}, ("f1",)),
    ),
    Rule(
        "ppv", ("sensitivity", "specificity", "prevalence"),
        lambda v: _posterior(v["sensitivity"], 1 - v["specificity"], v["prevalence"]),
        _bayes_run,
    ),
    Rule(
        "ppv", ("sensitivity", "fpr", "prevalence"), lambda v: _posterior(v["sensitivity"], v["fpr"], v["prevalence"]),
        _bayes_run,
    ),
)  # fmt: skip
SHOWN = {
    "f1": "F1", "ppv": "the positive predictive value", "npv": "the negative predictive value", "fpr": "the false positive rate",
}  # fmt: skip
AVERAGED = frozenset(
    "macro micro weighted averaged average class classes per-class system systems model models baseline".split()
)


def _posterior(hit: Fraction, false: Fraction, prior: Fraction) -> Fraction:
    return hit * prior / (hit * prior + false * (1 - prior))


def example_drafts(text: str, start: int, end: int) -> Iterator[Draft]:
    """Worked examples of one paragraph that come out otherwise.

    Examples
    --------
    >>> text = "With TP = 40, FP = 10 and FN = 20 the precision is 0.8 and the recall is 0.75."
    >>> [(text[d.start : d.end], round(d.value, 3)) for d in example_drafts(text, 0, len(text))]
    [('recall is 0.75', 0.667)]
    """
    tokens = tokenize(text, start, end)
    yield from _metrics(text, tokens, start, end)
    starts = [t.start for t in tokens]
    for begin, stop in sentence_bounds(text, start, end):
        inside = tokens[bisect_left(starts, begin) : bisect_left(starts, stop)]
        yield from _binomial(text, inside)
        yield from size_drafts(text, inside, begin, stop)
        yield from told_drafts(text, inside)


def _metrics(text: str, tokens: Sequence[Token], start: int, end: int) -> Iterator[Draft]:
    found = named_quantities(tokens)
    by_key: dict[str, list[Quantity]] = {}
    for quantity in found:
        by_key.setdefault(quantity.key, []).append(quantity)
    once = {key: group[0] for key, group in by_key.items() if len(group) == 1}
    for rule in RULES:
        stated = once.get(rule.metric)
        if stated is None or not all(key in once for key in rule.needs):
            continue
        needed = [once[key] for key in rule.needs]
        if "tp" not in rule.needs and not _one_sentence(text, start, end, [*needed, stated]):
            continue
        if is_doubtful(text, min(q.start for q in needed), stated.end) or _is_averaged(tokens):
            continue
        yield from _judge(text, rule, needed, stated)


def _one_sentence(text: str, start: int, end: int, quantities: Sequence[Quantity]) -> bool:
    first, last = min(q.start for q in quantities), max(q.end for q in quantities)
    return any(a <= first and last <= b for a, b in sentence_bounds(text, start, end))


def _is_averaged(tokens: Sequence[Token]) -> bool:
    return any(t.kind == "word" and t.text.lower() in AVERAGED for t in tokens)


def _judge(text: str, rule: Rule, needed: Sequence[Quantity], stated: Quantity) -> Iterator[Draft]:
    values = {q.key: q.value for q in needed}
    try:
        computed = rule.compute(values)
        low, high = _range(rule, needed)
    except ZeroDivisionError:
        return
    if not 0 <= computed <= 1 or low <= float(stated.value) <= high:
        return
    if compare(Number(computed), stated.number, approximate=False).outcome == "agrees":
        return
    if _within_last_place(stated.number, low, high):
        return
    name = SHOWN.get(rule.metric, f"the {rule.metric}")
    given = ", ".join(f"{q.key.upper() if len(q.key) == 2 else q.key} = {readable(q.value)}" for q in needed)
    yield Draft(
        start=stated.start,
        end=stated.end,
        claim=f"{name} is {readable(stated.value)} for {given}",
        kind="example",
        verdict="wrong",
        correct=f"For {given}, {name} is {readable(computed)}, not {readable(stated.value)}.",
        value=plain(computed),
        confidence=0.9 if "tp" in rule.needs else 0.8,
        severity=1,
        proof=rule.run(values),
    )


def _range(rule: Rule, needed: Sequence[Quantity]) -> tuple[float, float]:
    """Lowest and highest value of a metric when what it follows from was rounded as shown."""
    corners: list[dict[str, Fraction]] = [{}]
    for quantity in needed:
        half = (
            Fraction(1, 2 * 10**quantity.number.decimals) * quantity.number.scale
            if quantity.number.decimals > 0
            else Fraction(0)
        )
        if quantity.number.unit == "%" and quantity.number.decimals <= 0:
            half = Fraction(0)
        corners = [
            {**c, quantity.key: quantity.value + sign * half} for c in corners for sign in ((1, -1) if half else (0,))
        ]
    computed = [float(rule.compute(corner)) for corner in corners]
    return min(computed), max(computed)


def _within_last_place(number: Number, low: float, high: float) -> bool:
    step = float(Fraction(1, 10 ** max(number.decimals, 0)) * number.scale)
    value = float(number.value * number.scale)
    return low - step <= value <= high + step


TRIALS = {
    "tosses": "heads", "flips": "heads", "coin": "heads", "trials": "successes", "rolls": "", "draws": "", "throws": "heads",
}  # fmt: skip


def _binomial(text: str, tokens: Sequence[Token]) -> Iterator[Draft]:
    """ "The probability of exactly 3 heads in 5 tosses of a fair coin is 0.3125." """
    words = [t.text.lower() if t.kind == "word" else t.text for t in tokens]
    for index in range(len(words) - 8):
        if words[index : index + 2] != ["probability", "of"] or words[index + 2 : index + 3] not in (
            ["exactly"],
            ["getting"],
        ):
            continue
        at = index + 3 + (words[index + 2 : index + 4] == ["getting", "exactly"])
        if not (
            tokens[at].kind == "number"
            and words[at + 1 : at + 3] in (["heads", "in"], ["successes", "in"], ["tails", "in"])
        ):
            continue
        count, trials = tokens[at], tokens[at + 3] if at + 3 < len(tokens) else None
        if trials is None or trials.kind != "number" or at + 4 >= len(words) or words[at + 4] not in TRIALS:
            continue
        share, behind = _chance(tokens, words, at + 5)
        if share is None or count.value is None or trials.value is None:
            continue
        stated, stop = _stated(tokens, behind)
        if stated is None or is_doubtful(text, tokens[index].start, tokens[stop - 1].end):
            continue
        n, k = int(trials.value), int(count.value)
        if not 0 <= k <= n <= 1000 or trials.decimals > 0 or count.decimals > 0:
            continue
        computed = math.comb(n, k) * share**k * (1 - share) ** (n - k)
        if compare(Number(computed), stated, approximate=False).outcome in {"agrees", "open"}:
            continue
        end = tokens[stop - 1].end
        yield Draft(
            start=tokens[index].start,
            end=end,
            claim=" ".join(text[tokens[index].start : end].split()),
            kind="example",
            verdict="wrong",
            correct=f"The probability of exactly {k} successes in {n} trials with p = {readable(share)} is {readable(computed)}.",
            value=float(computed),
            confidence=0.9,
            severity=1,
            proof=Run("bernoulli-and-binomial-distributions", {"n": n, "p": float(share), "k": k}, ("exactly_k",)),
        )


def _chance(tokens: Sequence[Token], words: Sequence[str], position: int) -> tuple[Fraction | None, int]:
    if words[position : position + 4] == ["of", "a", "fair", "coin"]:
        return Fraction(1, 2), position + 4
    for index in range(position, min(position + 4, len(words) - 2)):
        if words[index] == "p" and words[index + 1] == "=" and tokens[index + 2].kind == "number":
            value = tokens[index + 2].value
            if value is not None and 0 <= value <= 1:
                return value, index + 3
    return None, position


def _stated(tokens: Sequence[Token], position: int) -> tuple[Expression | None, int]:
    while position < len(tokens) and (tokens[position].kind == "comma" or tokens[position].text == "$"):
        position += 1
    if position >= len(tokens) or tokens[position].text.lower() not in {"is", "equals", "=", "≈"}:
        return None, position
    position += 1
    if position < len(tokens) and tokens[position].text == "$":
        position += 1
    if position >= len(tokens) or tokens[position].text.lower() in HEDGES:
        return None, position
    parser = Parser(tokens, position)
    try:
        found = parser.expression()
    except Unparsable:
        return None, position
    after = parser.peek()
    ends = after is None or after.kind in {"stop", "comma", "break", "close"}
    return (found, parser.position) if ends else (None, position)
