"""Sizes told in words: memory of a model's weights and of a store of vectors, operations of a training."""

from __future__ import annotations

# ruff: noqa: SIM905  (word lists are easier to read and change as running text)
from collections.abc import Iterator, Sequence
from fractions import Fraction

from checking.arithmetic import plain, readable
from checking.draft import Draft, Run
from checking.grammar.claims import is_doubtful
from checking.grammar.evaluate import Unevaluable, evaluate
from checking.grammar.parser import Parser, Unparsable
from checking.grammar.syntax import Expression, Number
from checking.grammar.templates import matches, shown_number
from checking.grammar.tokens import Token
from checking.grammar.vocabulary import HEDGES

PRECISIONS = {
    "fp32": 32, "float32": 32, "fp16": 16, "float16": 16, "bf16": 16, "bfloat16": 16, "int8": 8, "int4": 4, "fp8": 8,
    "half-precision": 16, "nf4": 4,
}  # fmt: skip
TAKES = frozenset("take takes need needs require requires occupy occupies use uses totaling totalling consumes".split())
NOT_WEIGHTS = frozenset(
    "training train trained trains optimizer optimiser gradient gradients adam adamw activations activation kv cache overhead "
    "gpus sharded shards per offload offloading lora qlora finetuning fine-tuning fine-tune savings saves save instead "
    "batch context tokens least most up to than checkpoint download".split()
)
NOT_THE_WHOLE = frozenset("per gpu gpus second peak moe active".split())
"""Words of a sentence that does not tell the operations of a whole training of a dense model."""
ROOM = Fraction(3, 20)


def size_drafts(text: str, tokens: Sequence[Token], start: int, end: int) -> Iterator[Draft]:
    """Sizes of one sentence ``text[start:end]`` that come out otherwise.

    Examples
    --------
    >>> from checking.grammar.tokens import tokenize
    >>> text = "A store of 1M 768-dimensional vectors in float32 takes 6 GB."
    >>> [d.value for d in size_drafts(text, tokenize(text, 0, len(text)), 0, len(text))]
    [3.072]
    """
    plain_tokens = [token for token in tokens if token.text != "$"]
    yield from _weights(text, plain_tokens, start, end)
    yield from _vectors(text, plain_tokens)
    yield from _training(text, plain_tokens)


def _weights(text: str, tokens: Sequence[Token], start: int, end: int) -> Iterator[Draft]:
    """ "7B parameters in fp16 take 14 GB", within 15 % in powers of 1000 or of 1024."""
    words = {t.text.lower() for t in tokens if t.kind == "word"}
    if not words & TAKES or words & (
        NOT_WEIGHTS | HEDGES - {"about", "approximately", "roughly", "around", "only", "just"}
    ):
        return
    counts, sizes, bits = _model_sizes(tokens), _memory_sizes(tokens), _precisions(tokens)
    if not (len(counts) == len(sizes) == len(bits) == 1) or is_doubtful(text, start, end):
        return
    parameters, size, width = counts[0], sizes[0], bits[0]
    ideal = parameters * width / 8
    stated = size[0].value * size[0].scale
    if _is_about(stated, ideal):
        return
    if not Fraction(1, 20) <= stated / ideal <= 20:
        return
    subject = f"{readable(parameters)} parameters at {width} bits"
    run = Run("model-weight-memory", {"parameters": float(parameters), "bits_per_parameter": width}, ("gb",))
    yield _otherwise(start, end, subject, text[size[1] : size[2]], ideal / 10**9, run)


def _model_sizes(tokens: Sequence[Token]) -> list[Fraction]:
    found = []
    for index, token in enumerate(tokens):
        if token.kind != "number" or token.value is None:
            continue
        number, after = _measured(tokens, index)
        noun = tokens[after].text.lower() if after < len(tokens) else ""
        next_noun = tokens[after + 1].text.lower() if after + 1 < len(tokens) else ""
        if (
            number is not None
            and number.scale in {10**6, 10**9, 10**12}
            and (noun in {"parameters", "parameter", "model", "weights"} or next_noun in {"model", "parameters"})
        ):
            found.append(number.value * number.scale)
    return found


def _memory_sizes(tokens: Sequence[Token]) -> list[tuple[Number, int, int]]:
    found = []
    for index, token in enumerate(tokens):
        if token.kind == "number":
            number, after = _measured(tokens, index)
            if number is not None and number.unit == "bytes" and number.scale >= 10**6:
                found.append((number, token.start, tokens[after - 1].end))
    return found


def _precisions(tokens: Sequence[Token]) -> list[int]:
    found = [PRECISIONS[t.text.lower()] for t in tokens if t.kind == "word" and t.text.lower() in PRECISIONS]
    for index, token in enumerate(tokens[:-1]):
        follows = tokens[index + 1].text.lower()
        if (
            token.kind == "number"
            and token.value in {4, 8, 16, 32}
            and (follows in {"bit", "bits"} or _is_bit_suffix(tokens, index))
        ):
            found.append(int(token.value))
    return sorted(set(found))


def _is_bit_suffix(tokens: Sequence[Token], index: int) -> bool:
    part = tokens[index + 1 : index + 3]
    return len(part) == 2 and part[0].text == "-" and part[1].text.lower() in {"bit", "bits"}


def _measured(tokens: Sequence[Token], index: int) -> tuple[Number | None, int]:
    parser = Parser(tokens, index)
    try:
        found = parser.measured()
    except Unparsable:
        return None, index + 1
    return found, parser.position


STORE = "(vectors|embeddings)"
TAKE = "(take|takes|need|needs|require|requires|occupy|occupies|use|uses)"
VECTORS = (
    f"{{n}} ~1 {STORE} of [dimension|dimensionality|size] {{d}} [dimensions|floats|values] ~4 {TAKE} ~1 {{m}}",
    f"{{n}} {{d}} - (dimensional|dim|d) ~1 {STORE} ~4 {TAKE} ~1 {{m}}",
)
WIDTHS = (32, 16, 64, 8)
NOT_ONLY_VECTORS = frozenset(
    "hnsw graph links overhead index indices quantized quantised pq compressed compression per plus least most including "
    "metadata text raw binary bit ivf replicas replica copies".split()
)


def _otherwise(start: int, end: int, subject: str, shown: str, gigabytes: Fraction, run: Run) -> Draft:
    """That something takes another memory than is shown."""
    return Draft(
        start=start,
        end=end,
        claim=f"{subject} take {shown}",
        kind="example",
        verdict="wrong",
        correct=f"{subject} take {readable(gigabytes)} GB, not {shown}.",
        value=plain(gigabytes),
        confidence=0.85,
        severity=1,
        proof=run,
    )


def _vectors(text: str, tokens: Sequence[Token]) -> Iterator[Draft]:
    """ "1M vectors of 768 dimensions in float32 take 3 GB"; any usual width where none is named."""
    words = {t.text.lower() for t in tokens if t.kind == "word"}
    if not words & {"vectors", "embeddings"} or words & NOT_ONLY_VECTORS or len(_memory_sizes(tokens)) != 1:
        return
    for template in VECTORS:
        for match in matches(tokens, template):
            numbers = {name: shown_number(side) for name, side in match.values.items()}
            n, d, m = numbers["n"], numbers["d"], numbers["m"]
            if n is None or d is None or m is None or m.unit != "bytes" or d.scale != 1 or n.unit == "bytes":
                continue
            widths = _precisions(tokens) or list(WIDTHS)
            values, stated = n.value * n.scale * d.value, m.value * m.scale
            if len(widths) > 1 and set(widths) != set(WIDTHS):
                continue
            if values <= 0 or stated <= 0 or any(_is_about(stated, values * width / 8) for width in widths):
                continue
            start, end = match.values["n"].start, match.values["m"].end
            if is_doubtful(text, start, end):
                continue
            ideal = values * widths[0] / 8 / 10**9
            shown = text[match.values["m"].start : end]
            subject = f"{text[start : match.values['n'].end]} vectors of {readable(d.value)} values at {widths[0]} bits"
            expression = f"{n.value * n.scale} * {d.value} * {widths[0]} / 8 / 10^9"
            run = Run("expression-evaluation", {"expression": expression}, ("value",))
            yield _otherwise(start, end, subject, shown, ideal, run)


def _is_about(stated: Fraction, ideal: Fraction) -> bool:
    """Whether a size is within the room for rounding, in powers of 1000 or of 1024."""
    steps = (
        Fraction(1),
        Fraction(2**30, 10**9),
        Fraction(10**9, 2**30),
        Fraction(2**20, 10**6),
        Fraction(10**6, 2**20),
    )
    return any(abs(stated * factor / ideal - 1) <= ROOM for factor in steps)


OPERATIONS = "{o!} [training] (flops|flop|floating-point operations|floating point operations)"
FOR_ONE = (2, 6, 8)
"""Operations for a parameter and a token: forward, training, training with activations computed again."""


def _training(text: str, tokens: Sequence[Token]) -> Iterator[Draft]:
    """ "Training 7B parameters on 2T tokens takes 8.4e22 FLOPs", within a factor of two of 6 for a parameter and a token."""
    words = {t.text.lower() for t in tokens if t.kind == "word"}
    if not words & {"training", "train", "pretraining"} or words & NOT_THE_WHOLE:
        return
    sizes, seen = _model_sizes(tokens), _token_counts(tokens)
    found = [(match.values["o"], match) for match in matches(tokens, OPERATIONS)]
    if not len(sizes) == len(seen) == len(found) == 1:
        return
    side, match = found[0]
    operations = _worth(side.expression)
    start, end = tokens[match.first].start, tokens[match.last - 1].end
    if operations is None or operations < 10**15 or is_doubtful(text, start, end):
        return
    ideals = [sizes[0] * seen[0] * each for each in FOR_ONE]
    if any(Fraction(1, 2) <= operations / ideal <= 2 for ideal in ideals):
        return
    ideal = float(ideals[1])
    shown = text[side.start : side.end].replace("$", "")
    subject = f"training {readable(sizes[0])} parameters on {readable(seen[0])} tokens"
    yield Draft(
        start=start,
        end=end,
        claim=f"{subject} takes {shown} operations",
        kind="example",
        verdict="wrong",
        correct=f"At 6 operations for a parameter and a token, {subject} takes about {ideal:.3g} operations, not {shown}.",
        value=ideal,
        confidence=0.8,
        severity=1,
        proof=Run("expression-evaluation", {"expression": f"6 * {sizes[0]} * {seen[0]}"}, ("value",)),
    )


def _worth(expression: Expression) -> Fraction | None:
    try:
        value = evaluate(expression)
    except Unevaluable:
        return None
    return value if isinstance(value, Fraction) else None


def _token_counts(tokens: Sequence[Token]) -> list[Fraction]:
    """Numbers of tokens, such as "2T tokens"."""
    found = []
    for index, token in enumerate(tokens):
        if token.kind == "number":
            number, after = _measured(tokens, index)
            follows = tokens[after].text.lower() if after < len(tokens) else ""
            if number is not None and follows == "tokens" and number.scale >= 10**6:
                found.append(number.value * number.scale)
    return found
