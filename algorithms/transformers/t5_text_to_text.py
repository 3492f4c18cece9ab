r"""T5 casts every task as text in, text out, and is pretrained by span corruption: spans of the input are replaced by sentinels and the target spells them out.

$$\text{in: Thank you <extra\_id\_0> me to <extra\_id\_1> week} \;\to\; \text{out: <extra\_id\_0> for inviting <extra\_id\_1> your party last <extra\_id\_2>}$$

**Intuition.** A prefix names the task ("translate English to German: …"), so one model, one loss and one decoder serve translation,
classification and regression alike. In pretraining 15% of the tokens are dropped in spans of about 3; the decoder writes only what is
missing, which is cheaper than the whole text. BART is close kin: it restores the *whole* text from noise, with text infilling (each span
becomes a single mask) and sentence permutation.

**When to use it.** For conditional generation: summarising, translating, question answering.

**Cost.** Linear in the text; targets are about a quarter as long as the input.

**Pitfalls.** The sentinels must be distinct and in order. The target ends with one more sentinel. Unlike BERT, whole spans are predicted, not
single masked tokens, and T5 writes abstractive summaries; BERT alone can only pick sentences. A text-infilling span may have length zero.

**References.** Raffel et al., *Exploring the Limits of Transfer Learning with a Unified Text-to-Text Transformer*, arXiv:1910.10683. Lewis
et al., *BART*, arXiv:1910.13461.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm

Spans = list[tuple[int, int]]


def random_spans(n: int, rate: float, mean_length: float, rng: np.random.Generator) -> Spans:
    """Disjoint spans [start, end), apart by at least one token, covering round(rate * n) of n tokens (at least one)."""
    noise = min(max(1, round(rate * n)), n)
    count = max(1, min(round(noise / mean_length), noise, n - noise + 1))
    cuts = np.sort(rng.choice(noise - 1, count - 1, replace=False)) + 1 if count > 1 else np.array([], dtype=int)
    lengths = np.diff(np.concatenate([[0], cuts, [noise]]))  # (count,), positive
    gaps = np.sort(rng.choice(n - noise + 1, count, replace=False))  # (count,) kept tokens before each span
    starts = gaps + np.concatenate([[0], np.cumsum(lengths)[:-1]])
    return [(int(s), int(s + length)) for s, length in zip(starts, lengths, strict=True)]


def corrupt(tokens: list[str], spans: Spans) -> tuple[list[str], list[str]]:
    """Input with sentinels and the target of T5.

    Examples
    --------
    >>> corrupt("a b c d".split(), [(1, 3)])
    (['a', '<extra_id_0>', 'd'], ['<extra_id_0>', 'b', 'c', '<extra_id_1>'])
    """
    source: list[str] = []
    target: list[str] = []
    position = 0
    for index, (start, end) in enumerate(spans):
        sentinel = f"<extra_id_{index}>"
        source += [*tokens[position:start], sentinel]
        target += [sentinel, *tokens[start:end]]
        position = end
    return source + tokens[position:], [*target, f"<extra_id_{len(spans)}>"]


def restore(source: list[str], target: list[str]) -> list[str]:
    """Original tokens from a corrupted input and its target.

    Examples
    --------
    >>> restore(['a', '<extra_id_0>', 'd'], ['<extra_id_0>', 'b', 'c', '<extra_id_1>'])
    ['a', 'b', 'c', 'd']
    """
    spans: dict[str, list[str]] = {}
    current: list[str] = []
    for token in target:
        if re.fullmatch(r"<extra_id_\d+>", token):
            current = spans.setdefault(token, [])
        else:
            current.append(token)
    return [word for token in source for word in spans.get(token, [token])]


@algorithm(
    id="t5-text-to-text",
    name="T5 text-to-text casting and span corruption",
    aliases=(
        "T5",
        "text-to-text",
        "span corruption",
        "BART denoising objective",
        "BART",
        "text infilling",
        "sentence permutation",
    ),
    example={
        "text": "Thank you for inviting me to your party last week . It was the best evening of the whole year for all of us .",
        "task": "span-corruption",
    },
)
def t5_text_to_text(
    text: Annotated[str, Field(min_length=1, max_length=2000)],
    task: Literal[
        "span-corruption", "text-infilling", "sentence-permutation", "summarize", "translate", "classify"
    ] = "span-corruption",
    label: Annotated[str, Field(max_length=200)] = "",
    rate: Annotated[float, Field(gt=0, le=0.5)] = 0.15,
    mean_length: Annotated[float, Field(ge=1, le=10)] = 3.0,
    seed: Seed = 0,
) -> Output:
    """Turn `text` into an input-target pair.

    Parameters
    ----------
    text : str
        Text; split at spaces.
    task : {"span-corruption", "text-infilling", "sentence-permutation", "summarize", "translate", "classify"}
        Pretraining objective (T5, BART, BART) or a supervised task.
    label : str
        Target of a supervised task.
    rate : float
        Share of tokens to corrupt.
    mean_length : float
        Mean length of a span.
    seed : int
        Seed of the spans.

    Returns
    -------
    dict
        ``input`` and ``target`` texts; ``corrupted_share`` of the tokens; ``spans`` as [start, end); ``restored``, the
        original, put together from input and target.

    Raises
    ------
    ValueError
        If the text has no words.

    Examples
    --------
    >>> t5_text_to_text("good film", "classify", label="positive")["input"]
    'classify: good film'
    """
    tokens = text.split()
    if not tokens:
        raise ValueError("the text has no words")
    rng = np.random.default_rng(seed)
    original = " ".join(tokens)
    if task == "sentence-permutation":
        sentences = re.findall(r"[^.!?]+[.!?]*", original)
        shuffled = " ".join(sentences[i].strip() for i in rng.permutation(len(sentences)))
        return {"input": shuffled, "target": original, "corrupted_share": 0.0, "spans": [], "restored": original}
    if task in ("summarize", "translate", "classify"):
        prefix = "translate English to German" if task == "translate" else task
        return {
            "input": f"{prefix}: {original}",
            "target": label,
            "corrupted_share": 0.0,
            "spans": [],
            "restored": original,
        }
    spans = random_spans(len(tokens), rate, mean_length, rng)
    source, target = corrupt(tokens, spans)
    restored = " ".join(restore(source, target))
    if task == "text-infilling":
        source, target = [re.sub(r"^<extra_id_\d+>$", "<mask>", token) for token in source], tokens
    return {
        "input": " ".join(source),
        "target": " ".join(target),
        "corrupted_share": sum(end - start for start, end in spans) / len(tokens),
        "spans": spans[:50],
        "restored": restored,
    }
