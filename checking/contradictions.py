"""Passages that state different values for the same quantity.

Only claims that hold in general are compared: the usual range of a hyperparameter, the number of parameters, the memory or
the year of something with a name. What a passage says about a case of its own (an example, a setting, another variant) is
part of the key, so that it is compared with its like only.
"""

from __future__ import annotations

# ruff: noqa: SIM905  (word lists are easier to read and change as running text)
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from checking.draft import Draft
from checking.grammar.claims import is_doubtful
from checking.grammar.parser import Parser, Unparsable
from checking.grammar.quantities import sentence_bounds
from checking.grammar.syntax import Number
from checking.grammar.tokens import Token, tokenize
from checking.headings import HeadingIndex
from checking.regions import MAX_BLOCK, regions
from core.types import Document, Hit, Related

DIGIT = re.compile(r"\d")

HYPERPARAMETERS: dict[tuple[str, ...], str] = {
    words: " ".join(words)
    for words in (
        ("learning", "rate"), ("batch", "size"), ("weight", "decay"), ("warmup", "steps"), ("label", "smoothing"),
        ("beam", "width"), ("chunk", "size"), ("chunk", "overlap"), ("temperature",), ("momentum",), ("dropout",), ("epochs",),
    )
}  # fmt: skip
USUAL = frozenset(
    "typical typically usual usually common commonly recommended recommend default defaults range ranges use often values".split()
)
OWN_CASE = frozenset(
    "example instance e.g suppose let assume consider experiment experiments our we i paper table figure here original "
    "if when unless case exercise tried set search sweep grid between-subject per each layer".split()
)
CONTEXTS = frozenset(
    "small base large xl medium tiny mini nano huge turbo trainable active embedding encoder decoder expert experts adapter lora "
    "qlora distilled quantized quantised int8 int4 fp16 fp32 bf16 4-bit 8-bit 16-bit training inference pretraining fine-tuning "
    "finetuning transformer transformers cnn cnns rnn rnns lstm lstms vision images nlp llm llms sgd adam adamw warmup decoding "
    "input hidden output recurrent convolutional attention head heads vocabulary multilingual uncased cased optimizer total "
    "checkpoint download additional extra only million-scale dense sparse early late first last".split()
)
NOT_COUNTED = frozenset(
    "parameters times versions variants or and of in on per steps points percent years as for with".split()
)
MADE = frozenset("introduced proposed published released invented presented".split())
HAS = frozenset("has have contains comprises includes".split())
ENDS = frozenset(". ; !".split())
LONGEST_NOUN = 3
TAKES = frozenset("takes take needs need requires require uses use occupies occupy".split())
MATERIAL = Fraction(3, 2)
ROUNDING = Fraction(1, 25)


@dataclass(frozen=True)
class Claim:
    """A value that a passage states for an attribute of a subject.

    Attributes
    ----------
    key : tuple
        Subject, attribute, unit and context; only claims with one key are compared.
    low, high : Fraction
        Equal for a single value.
    shown : str
        The value as it is written.
    """

    source: str
    start: int
    end: int
    quote: str
    subject: str
    attribute: str
    unit: str
    context: frozenset[str]
    low: Fraction
    high: Fraction
    shown: str

    @property
    def key(self) -> tuple[str, str, str, frozenset[str]]:
        """What must be the same for two claims to be about the same."""
        return self.subject, self.attribute, self.unit, self.context


@dataclass(frozen=True)
class Contradiction:
    """Two claims that cannot both hold in general; `second` comes later."""

    first: Claim
    second: Claim

    def explain(self) -> str:
        """Both values side by side."""
        what = {"parameters": "number of parameters", "default": "default value"}.get(
            self.second.attribute, self.second.attribute
        )
        return (
            f"{self.second.source} gives the {what} of {self.second.subject} as {self.second.shown}, "
            f"{self.first.source} as {self.first.shown}."
        )


def document_claims(document: Document) -> list[Claim]:
    """Comparable claims of a whole document, in order."""
    claims: list[Claim] = []
    index = HeadingIndex(document.sections)
    for region in regions(document.text, document.media_type):
        if region.kind == "prose" and region.end - region.start <= MAX_BLOCK:
            for start, end in sentence_bounds(document.text, region.start, region.end):
                if not DIGIT.search(document.text, start, end):
                    continue
                headings = index.at(start)
                claims.extend(sentence_claims(document.text, start, end, document.source, headings))
    return claims


def hit_claims(hits: Iterable[Hit]) -> list[Claim]:
    """Comparable claims of retrieved passages, with offsets in their documents: what an answer's evidence states.

    Together with `find_contradictions` this tells an answer that its sources do not agree, without reading whole documents.
    """
    claims: list[Claim] = []
    for hit in hits:
        for start, end in sentence_bounds(hit.text, 0, len(hit.text)):
            claims.extend(
                replace(claim, start=claim.start + hit.start, end=claim.end + hit.start)
                for claim in sentence_claims(hit.text, start, end, hit.source, hit.heading_path)
            )
    return claims


def sentence_claims(text: str, start: int, end: int, source: str, headings: Sequence[str]) -> Iterator[Claim]:
    """Comparable claims of one sentence ``text[start:end]`` below its headings.

    Examples
    --------
    >>> text = "**Dropout:** use 0.1–0.3 to prevent overfitting."
    >>> [(c.subject, c.attribute, c.shown) for c in sentence_claims(text, 0, len(text), "a.md", [])]
    [('dropout', 'usual range', '0.1–0.3')]
    """
    tokens = [t for t in tokenize(text, start, end) if t.text != "$"]
    words = [t.text.lower() if t.kind == "word" else t.text for t in tokens]
    said = {w.strip("_") for w in words}
    if said & OWN_CASE or text[start:end].rstrip().endswith("?") or is_doubtful(text, start, end):
        return

    def claim(subject: str, attribute: str, unit: str, low: Fraction, high: Fraction, first: int, last: int) -> Claim:
        a, b = tokens[first].start, tokens[last - 1].end
        context = frozenset(said & CONTEXTS) - set(subject.lower().split())
        return Claim(source, start, end, text[start:end], subject, attribute, unit, context, low, high, text[a:b])

    ranges = list(_ranges(tokens, words))
    usual = said & USUAL or any(set(heading.lower().split()) & USUAL for heading in headings[-1:])
    if len(ranges) == 1 and usual:
        subject = _hyperparameter(words, headings)
        low, high, first, last = ranges[0]
        if subject and low.value * low.scale < high.value * high.scale:
            yield claim(subject, "usual range", high.unit, low.value * low.scale, high.value * high.scale, first, last)
    yield from _default(tokens, words, headings, claim) if not ranges else ()
    name = _only_name(tokens)
    if name is None or ranges:
        return
    yield from _of_named(name, tokens, words, said, claim)


def _default(tokens: Sequence[Token], words: Sequence[str], headings: Sequence[str], claim: object) -> Iterator[Claim]:
    """ "The default batch size is 32." below one heading: what something is unless it is chosen."""
    assert callable(claim)
    if words[:2] != ["the", "default"] or "is" not in words:
        return
    verb = words.index("is")
    subject = words[2:verb]
    found = _measured(tokens, verb + 1) if verb + 1 < len(tokens) and tokens[verb + 1].kind == "number" else None
    if found is None or not 0 < len(subject) <= LONGEST_NOUN or not all(w.isalpha() for w in subject):
        return
    number, first, last = found
    if last == len(tokens) or (words[last] in ENDS and last + 1 >= len(tokens)):
        value = number.value * number.scale
        place = " / ".join(headings[-1:])
        yield claim(
            f"{' '.join(subject)}{f' ({place})' if place else ''}", "default", number.unit, value, value, first, last
        )


def _of_named(
    name: str, tokens: Sequence[Token], words: Sequence[str], said: set[str], claim: object
) -> Iterator[Claim]:
    """Claims on the one named thing of a sentence: its parameters, memory or year."""
    assert callable(claim)
    measured = [m for i, t in enumerate(tokens) if t.kind == "number" and (m := _measured(tokens, i)) is not None]
    scaled = [
        (n, a, b) for n, a, b in measured
        if n.scale >= 10**6 and not n.unit and b < len(words) and words[b] in {"parameters", "parameter"}
    ]  # fmt: skip
    if len(scaled) == 1 and len(measured) == 1:
        number, first, last = scaled[0]
        value = number.value * number.scale
        yield claim(name, "parameters", "", value, value, first, last)
    sizes = [(n, a, b) for n, a, b in measured if n.unit == "bytes" and n.scale >= 10**6]
    if len(sizes) == 1 and len(measured) == 1 and said & TAKES:
        number, first, last = sizes[0]
        value = number.value * number.scale
        yield claim(name, "memory", "bytes", value, value, first, last)
    yield from _counted(name, tokens, words, measured, claim)
    years = [
        i for i, t in enumerate(tokens)
        if i and t.kind == "number" and t.text.isdigit() and 1900 < int(t.text) < 2100 and words[i - 1] == "in"
    ]  # fmt: skip
    if len(years) == 1 and len(measured) == 1 and said & MADE and "was" in said:
        year = Fraction(tokens[years[0]].text)
        yield claim(name, "year", "", year, year, years[0], years[0] + 1)


def _counted(
    name: str, tokens: Sequence[Token], words: Sequence[str], measured: Sequence[tuple[Number, int, int]], claim: object
) -> Iterator[Claim]:
    """ "GPT-3 has 96 layers." and nothing more: how many of something a named thing has."""
    assert callable(claim)
    if len(measured) != 1:
        return
    number, first, last = measured[0]
    if first < 2 or words[first - 1] not in HAS or tokens[first - 2].text != name or number.unit or number.value <= 0:
        return
    behind = last
    while behind < len(tokens) and tokens[behind].kind == "word" and not tokens[behind].math:
        behind += 1
    noun = words[last:behind]
    complete = behind == len(tokens) or (words[behind] in ENDS and behind + 1 >= len(tokens))
    if complete and 0 < len(noun) <= LONGEST_NOUN and noun[-1].endswith("s") and not set(noun) & NOT_COUNTED:
        value = number.value * number.scale
        yield claim(name, f"number of {' '.join(noun)}", "", value, value, first, last)


def _measured(tokens: Sequence[Token], index: int) -> tuple[Number, int, int] | None:
    parser = Parser(tokens, index)
    try:
        return parser.measured(), index, parser.position
    except Unparsable:
        return None


def _ranges(tokens: Sequence[Token], words: Sequence[str]) -> Iterator[tuple[Number, Number, int, int]]:
    """Ranges ``a–b``, ``a to b``, ``between a and b``, by the indices of their tokens."""
    index = 0
    while index < len(tokens):
        low = _measured(tokens, index) if tokens[index].kind == "number" else None
        if low is None or low[2] + 1 >= len(tokens) + 0:
            index += 1
            continue
        sign = low[2]
        joins = words[sign] in {"–", "—", "-", "to"} or (
            words[sign] == "and" and "between" in words[max(0, index - 2) : index]
        )
        high = _measured(tokens, sign + 1) if joins and tokens[sign + 1].kind == "number" else None
        if high is None:
            index = max(index + 1, low[2])
            continue
        yield low[0], high[0], index, high[2]
        index = high[2]


def _hyperparameter(words: Sequence[str], headings: Sequence[str]) -> str | None:
    """The one hyperparameter that a sentence is about, or that its nearest heading with any names."""
    for place in (words, *(h.lower().split() for h in reversed(headings))):
        plain = [w.strip("*_:().,") for w in place]
        found = {
            name for key, name in HYPERPARAMETERS.items()
            for i in range(len(plain)) if tuple(_singular(w) for w in plain[i : i + len(key)]) == tuple(_singular(w) for w in key)
        }  # fmt: skip
        if found:
            return found.pop() if len(found) == 1 else None
    return None


def _singular(word: str) -> str:
    return word[:-1] if word.endswith("s") and len(word) > 4 else word


NO_NAMES = frozenset("GB MB KB TB GiB MiB RAM VRAM GPU GPUs CPU LLM LLMs NLP FP16 FP32 INT8 INT4".split())


def _only_name(tokens: Sequence[Token]) -> str | None:
    """The one proper name of a sentence, such as GPT-2 or ResNet-50; None where there is none, or several."""
    names = {t.text for t in tokens if t.kind == "word" and not t.math and _is_name(t.text)} - NO_NAMES
    return names.pop() if len(names) == 1 else None


def _is_name(word: str) -> bool:
    capitals = sum(c.isupper() for c in word)
    return len(word) > 1 and (capitals >= 2 or (word[0].isupper() and any(c.isdigit() for c in word)))


def find_contradictions(claims: Iterable[Claim], against: Iterable[Claim] = ()) -> list[Contradiction]:
    """Pairs of claims that differ materially.

    Parameters
    ----------
    claims : iterable of Claim
        What is at hand, for instance of the evidence of an answer.
    against : iterable of Claim
        What it is compared with besides itself, for instance of the whole collection.

    Returns
    -------
    list of Contradiction
        One for each pair of different values of a key, by the first passages that state them; each has one of `claims`.
    """
    own = list(claims)
    groups: dict[tuple[str, str, str, frozenset[str]], list[Claim]] = defaultdict(list)
    for claim in [*own, *against]:
        groups[claim.key].append(claim)
    mine = {(c.source, c.start, c.attribute) for c in own}
    found: list[Contradiction] = []
    for group in groups.values():
        distinct: list[Claim] = []
        for claim in sorted(group, key=lambda c: (c.source, c.start)):
            if all(not _same_value(claim, other) for other in distinct):
                distinct.append(claim)
        for index, second in enumerate(distinct):
            found.extend(
                Contradiction(first, second)
                for first in distinct[:index]
                if differ(first, second) and mine & {(c.source, c.start, c.attribute) for c in (first, second)}
            )
    return sorted(found, key=lambda c: (c.second.source, c.second.start, c.first.source, c.first.start))


def _same_value(a: Claim, b: Claim) -> bool:
    return (a.low, a.high) == (b.low, b.high)


def differ(a: Claim, b: Claim) -> bool:
    """Whether two values of one key cannot both be meant.

    Ranges must differ by half at one end at least, numbers by more than 4 %, years by more than one.
    """
    if a.attribute == "year":
        return abs(a.low - b.low) > 1
    if a.attribute == "usual range":
        return any(_ratio(x, y) >= MATERIAL for x, y in ((a.low, b.low), (a.high, b.high)))
    return _ratio(a.low, b.low) - 1 > ROUNDING and not (
        a.attribute == "memory" and _ratio(a.low, b.low) < Fraction(27, 25)
    )


def _ratio(a: Fraction, b: Fraction) -> Fraction:
    small, large = sorted((abs(a), abs(b)))
    return large / small if small else Fraction(1) if not large else Fraction(10**6)


def contradiction_drafts(claims: Iterable[Claim]) -> Iterator[tuple[str, Draft]]:
    """Drafts with the source they belong to: the later passage, with the earlier one beside it."""
    for pair in find_contradictions(claims):
        second, first = pair.second, pair.first
        yield (
            second.source,
            Draft(
                start=second.start,
                end=second.end,
                claim=f"{second.attribute} of {second.subject}: {second.shown}",
                kind="contradiction",
                verdict="contradiction",
                correct=f"{pair.explain()} The two passages do not agree.",
                value=[float(first.low), float(first.high)] if first.low != first.high else float(first.low),
                confidence=0.8,
                severity=2,
                related=(Related(source=first.source, start=first.start, end=first.end, quote=first.quote),),
            ),
        )
