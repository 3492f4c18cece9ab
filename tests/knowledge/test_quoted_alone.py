"""An article is quoted sentence by sentence, so each must read well where the rest of the article is not shown."""

from __future__ import annotations

import re

import pytest

from knowledge.handbook import Article, articles

ALL = list(articles().values())
every_article = pytest.mark.parametrize("article", ALL, ids=lambda article: article.path)
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
LABEL_THAT_ENDS = re.compile(r"\*\*[^*\n]+[.!?]\*\*[ \t]+\S")
"""A bold label with a full stop is cut off as a sentence, and what follows loses what it is about."""
LEANS = re.compile(
    r"(?:it|its|this|that|these|those|they|their|he|she|here|there|such|so|then|but|and|also|with|without|dividing|use|choose"
    r"|split)\b",
    re.IGNORECASE,
)
STOP = frozenset(
    {
        "a",
        "an",
        "and",
        "are",
        "as",
        "by",
        "for",
        "from",
        "how",
        "in",
        "is",
        "of",
        "on",
        "or",
        "the",
        "to",
        "what",
        "why",
    }
)


def stems(text: str) -> set[str]:
    """The first four letters of each content word."""
    return {word[:4] for word in re.findall(r"[a-z0-9]+", text.lower()) if word not in STOP and len(word) > 1}


def first_sentence(article: Article) -> str:
    """What stands between the title and the next blank line."""
    return " ".join(article.body.split("\n\n")[1].split())


@every_article
def test_no_label_is_cut_from_what_it_labels(article: Article) -> None:
    assert not LABEL_THAT_ENDS.findall(FENCED.sub("", article.body))


@every_article
def test_the_first_sentence_names_its_subject(article: Article) -> None:
    first = first_sentence(article)
    assert not LEANS.match(first), first
    assert stems(article.title) & stems(first), first


def test_a_lead_that_leans_or_names_nothing_is_noticed() -> None:
    assert LEANS.match("These filters answer a question.")
    assert not LEANS.match("Theory and practice differ.")
    assert not stems("Bloom, XOR and cuckoo filters") & stems("Little memory is used.")
    assert LABEL_THAT_ENDS.search("1. **Tiling.** Blocks are loaded.")
    assert not LABEL_THAT_ENDS.search("1. **Tiling:** blocks are loaded.")
