"""The statements of a text: its sentences, each with the headings and the label that it stands under."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from indexing.chunking.blocks import sentences

LONGEST_LABEL_WORDS = 8


def statements(
    text: str, start: int, end: int, heading_path: Sequence[str]
) -> Iterator[tuple[tuple[int, int], tuple[str, ...]]]:
    """Span and headings of each sentence of ``text[start:end]``; a short label that ends in a colon heads the next one.

    Examples
    --------
    >>> text = "- Ridge:\\n- adds a penalty. It shrinks."
    >>> [(text[a:b], names) for (a, b), names in statements(text, 0, len(text), ["Models"])]
    [('- Ridge:', ('Models',)), ('- adds a penalty.', ('Models', '- Ridge:')), ('It shrinks.', ('Models',))]
    """
    label: tuple[str, ...] = ()
    for a, b in sentences(text, start, end):
        yield (a, b), (*heading_path, *label)
        words = text[a:b]
        is_label = words.rstrip(" *_").endswith(":") and len(words.split()) <= LONGEST_LABEL_WORDS
        label = (words,) if is_label else ()
