"""The statements of a text: its sentences, each with the headings, label or subject that it stands under."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from indexing.chunking.blocks import sentences

LONGEST_LABEL_WORDS = 8
LINE_ENDS = re.compile(r"(?<=\w[.!?])[ \t]*\n\s*(?=\w)")
"""A sentence that ends with its line, whatever letter the next one begins with."""
PRONOUN = re.compile(r"(?:\w+,? ){0,1}(?:it|its|this|these|they|their|such)\b", re.IGNORECASE)
"""At the start of a sentence that speaks of the subject of the one before it."""


def statements(
    text: str, start: int, end: int, heading_path: Sequence[str]
) -> Iterator[tuple[tuple[int, int], tuple[str, ...]]]:
    """Span and headings of each sentence of ``text[start:end]``.

    A short label that ends in a colon heads the next sentence, and where a sentence begins with a pronoun, the one before it
    in the same paragraph, which names the subject.

    Examples
    --------
    >>> text = "- Ridge:\\n- adds a penalty. It shrinks."
    >>> [(text[a:b], names) for (a, b), names in statements(text, 0, len(text), ["Models"])]
    [('- Ridge:', ('Models',)), ('- adds a penalty.', ('Models', '- Ridge:')), ('It shrinks.', ('Models', '- adds a penalty.'))]
    """
    label: tuple[str, ...] = ()
    subject: str | None = None
    previous = start
    for a, b in lines_apart(text, sentences(text, start, end)):
        words = text[a:b]
        if subject is None or "\n" in text[previous:a] or PRONOUN.match(words) is None:
            subject = words
            yield (a, b), (*heading_path, *label)
        else:
            yield (a, b), (*heading_path, *label, subject)
        is_label = words.rstrip(" *_").endswith(":") and len(words.split()) <= LONGEST_LABEL_WORDS
        label = (words,) if is_label else ()
        previous = b


def lines_apart(text: str, spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Spans cut where a sentence ends with a line.

    Examples
    --------
    >>> text = "Choose the right k.\\nk-means"
    >>> [text[a:b] for a, b in lines_apart(text, [(0, len(text))])]
    ['Choose the right k.', 'k-means']
    """
    for start, end in spans:
        for cut in LINE_ENDS.finditer(text, start, end):
            yield start, cut.start()
            start = cut.end()
        yield start, end
