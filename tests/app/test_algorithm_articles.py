"""What the handbook's index holds of an algorithm can be quoted sentence by sentence."""

from __future__ import annotations

import re

import pytest

from algorithms.registry import catalog
from app.handbook import algorithm_article
from indexing.chunking.blocks import sentences

BOLD_LABEL = re.compile(r"\*\*[A-Z][a-z ]+\.\*\*")


@pytest.mark.parametrize("id", sorted(catalog()))
def test_no_sentence_carries_a_stray_label_or_a_reference(id: str) -> None:
    entry = catalog()[id]
    text = algorithm_article(entry)
    quotes = [text[start:end] for start, end in sentences(text, 0, len(text))]
    assert not [quote for quote in quotes if BOLD_LABEL.search(quote)]
    assert sum(quote.startswith("When to use it: ") for quote in quotes) == 1
    assert sum(quote.startswith("Cost: ") for quote in quotes) == 1
    literature = entry.article.split("**References.**")[1].strip()
    assert literature
    assert literature not in text


@pytest.mark.parametrize("id", sorted(catalog()))
def test_nothing_else_is_lost(id: str) -> None:
    entry = catalog()[id]
    labelled = entry.article.split("**References.**")[0]
    text = algorithm_article(entry).partition("\n\n")[2].partition("\n\n")[2]
    for shown, label in (
        ("## Intuition\n\n", "Intuition"),
        ("\nWhen to use it: ", "When to use it"),
        ("\nCost: ", "Cost"),
    ):
        before, found, after = text.partition(shown)
        assert found
        text = f"{before}{'' if shown.startswith('#') else chr(10)}**{label}.** {after}"
    assert text.replace("## Pitfalls\n\n", "**Pitfalls.** ").split() == labelled.split()
