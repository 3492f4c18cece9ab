r"""Named-entity recognition with BIO tags labels every token as beginning, inside or outside a mention of a person, place or organisation.

$$\text{tokens } w_1 \dots w_n \;\to\; t_i \in \{\texttt{O}\} \cup \{\texttt{B-}c, \texttt{I-}c\} \;\to\; \text{spans } (c, \text{start}, \text{end})$$

**Intuition.** Spans of any length become one label a token, so that a token classifier can find them. B- starts a mention, so
two mentions side by side stay apart. Decoding turns labels back into half-open spans: John lives in Paris with B-PER, O, O,
B-LOC gives PER (0, 1) and LOC (3, 4).

**When to use it.** Extraction of people, companies, places, drugs, genes; anonymisation.

**Cost.** One forward pass a sentence; decoding is linear.

**Pitfalls.** There must be as many labels as tokens. Subword tokenisers split words: label the first piece and ignore the rest. A
model can emit I-LOC after O or after B-PER; the usual repair starts a new mention there. Evaluate whole spans (precision,
recall, F1), not token accuracy: most tokens are O, and a mention with one wrong border is wrong. A CRF on top forbids
impossible transitions.

**References.** Ramshaw and Marcus, *Text Chunking using Transformation-Based Learning* (1995). Tjong Kim Sang and De Meulder,
*CoNLL-2003 Shared Task* (2003).
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from algorithms.inputs import Tokens
from algorithms.registry import Output, algorithm

Tag = Annotated[str, Field(pattern=r"^(O|[BI]-[A-Za-z0-9]+)$", max_length=40)]
Tags = Annotated[list[Tag], Field(max_length=4_096)]
Span = tuple[str, int, int]


def decode(labels: list[str]) -> list[Span]:
    """(class, start, end) of each mention; an I- that continues nothing starts a mention.

    Examples
    --------
    >>> decode(["B-PER", "I-PER", "O", "I-LOC"])
    [('PER', 0, 2), ('LOC', 3, 4)]
    """
    spans: list[Span] = []
    for i, label in enumerate(labels):
        kind = label[2:]
        if label.startswith("I-") and spans and spans[-1][0] == kind and spans[-1][2] == i:
            spans[-1] = (kind, spans[-1][1], i + 1)
        elif label != "O":
            spans.append((kind, i, i + 1))
    return spans


def encode(spans: list[Span], n: int) -> list[str]:
    """BIO labels of n tokens.

    Examples
    --------
    >>> encode([("PER", 0, 2)], 3)
    ['B-PER', 'I-PER', 'O']
    """
    labels = ["O"] * n
    for kind, start, end in spans:
        labels[start:end] = [f"B-{kind}"] + [f"I-{kind}"] * (end - start - 1)
    return labels


@algorithm(
    id="named-entity-recognition",
    name="Named-entity recognition with BIO tags",
    aliases=("NER", "BIO", "IOB", "sequence labeling", "span decoding", "entity extraction"),
    example={
        "tokens": ["John", "lives", "in", "Paris"],
        "labels": ["B-PER", "O", "O", "B-LOC"],
        "predicted": ["B-PER", "O", "O", "O"],
    },
)
def named_entity_recognition(tokens: Tokens, labels: Tags, predicted: Tags = []) -> Output:  # noqa: B006 (never changed)
    """Decode BIO labels into spans, and score predicted labels by whole spans.

    Parameters
    ----------
    tokens : list of str, length n
        The sentence.
    labels : list of str, length n
        ``O``, ``B-class`` or ``I-class`` for each token.
    predicted : list of str
        Labels of a model to compare; empty for none.

    Returns
    -------
    dict
        ``spans`` [class, start, end] (at most 50) with their ``texts``; ``well_formed``, whether each I- continues a mention;
        ``repaired`` labels (at most 50); ``precision``, ``recall`` and ``f1`` of the prediction (null without one) and
        ``token_accuracy``.

    Raises
    ------
    ValueError
        If the lengths differ.

    Examples
    --------
    >>> r = named_entity_recognition(["John", "lives", "in", "Paris"], ["B-PER", "O", "O", "B-LOC"])
    >>> r["spans"], r["texts"]
    ([('PER', 0, 1), ('LOC', 3, 4)], ['John', 'Paris'])
    """
    if len(labels) != len(tokens) or (predicted and len(predicted) != len(tokens)):
        raise ValueError(f"{len(tokens)} tokens need as many labels, got {len(labels)} and {len(predicted)} predicted")
    spans = decode(labels)
    repaired = encode(spans, len(tokens))
    output: Output = {
        "spans": spans[:50],
        "texts": [" ".join(tokens[start:end]) for _, start, end in spans[:50]],
        "well_formed": repaired == labels,
        "repaired": repaired[:50],
        "precision": None,
        "recall": None,
        "f1": None,
        "token_accuracy": None,
    }
    if predicted:
        found = decode(predicted)
        hits = len(set(spans) & set(found))
        output["precision"] = hits / len(found) if found else 0.0
        output["recall"] = hits / len(spans) if spans else 0.0
        output["f1"] = 2 * hits / (len(found) + len(spans)) if found or spans else 1.0
        output["token_accuracy"] = sum(a == b for a, b in zip(labels, predicted, strict=True)) / len(tokens)
    return output
