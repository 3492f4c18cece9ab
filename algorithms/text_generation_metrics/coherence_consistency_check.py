r"""A coherence and consistency check looks whether a text keeps its names, dates and places the same and stays on its
theme.

$$\text{coherence} = \frac{1}{S-1}\sum_{i=1}^{S-1} \frac{|W_i \cap W_{i+1}|}{|W_i \cup W_{i+1}|}$$

where $W_i$ holds the content words of sentence $i$.

**Intuition.** Long generated texts contradict themselves: an event moves from 1969 to 1970, *Katherine* becomes
*Catherine*. Statements of the form *subject, verb, in or at or on, value* are collected; the same subject and verb with
two values of the same kind (a date or a place) are a conflict. Names that differ by one letter are reported as possible
variants. The mean overlap of neighbouring sentences says how much the theme carries over.

**When to use it.** As a cheap filter on stories, summaries and reports before a person or a stronger model reads them.

**Cost.** $O(n)$ for the statements and $O(m^2)$ for $m$ distinct names.

**Pitfalls.** It checks the text against itself: a text may be consistent and wrong throughout. Pronouns are not
resolved, so conflicts that hide behind *it* or *she* are missed. Events that do repeat (*met in 1990 and in 1995*)
raise a false alarm. Overlap of words rewards repetition; read it beside the text.

**References.** Barzilay and Lapata, *Modeling local coherence: an entity-based approach* (2008). Halliday and Hasan,
*Cohesion in English* (1976).
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from typing import Annotated

from pydantic import Field

from algorithms.registry import Output, algorithm
from algorithms.text_generation_metrics.readability_scores import split_sentences
from algorithms.text_generation_metrics.rouge import words

Passage = Annotated[str, Field(min_length=1, max_length=8000)]
STATEMENT = re.compile(
    r"^(?P<subject>.+?) (?P<verb>(?:was|is|were|are)(?: \w+)?|\w+ed|began|took place|met) (?P<link>in|on|at) "
    r"(?P<value>[^.,;!?]+)",
    re.IGNORECASE,
)
FUNCTION_WORDS = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "by",
        "for",
        "from",
        "has",
        "he",
        "her",
        "his",
        "in",
        "is",
        "it",
        "its",
        "of",
        "on",
        "or",
        "that",
        "the",
        "they",
        "to",
        "was",
        "were",
        "with",
    ]
)


def one_edit_apart(a: str, b: str) -> bool:
    """Whether one insertion, deletion or substitution turns `a` into `b`.

    Examples
    --------
    >>> one_edit_apart("Jon", "John"), one_edit_apart("Anna", "Anna"), one_edit_apart("Ann", "Bob")
    (True, False, False)
    """
    if a == b or abs(len(a) - len(b)) > 1:
        return False
    short, long = sorted((a, b), key=len)
    start = next((i for i, (x, y) in enumerate(zip(short, long, strict=False)) if x != y), len(short))
    return short[start + (len(short) == len(long)) :] == long[start + 1 :]


def statement_conflicts(sentences: list[str]) -> list[dict[str, object]]:
    """Subjects and verbs that are given two values of one kind, date or place."""
    values: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for sentence in sentences:
        match = STATEMENT.match(sentence)
        if match:
            value = match["value"].strip()
            kind = "date" if re.search(r"\d", value) else "place"
            key = (match["subject"].lower(), match["verb"].lower(), kind)
            if value.lower() not in [known.lower() for known in values[key]]:
                values[key].append(value)
    return [
        {"subject": subject, "verb": verb, "kind": kind, "values": found}
        for (subject, verb, kind), found in values.items()
        if len(found) > 1
    ]


@algorithm(
    id="coherence-consistency-check",
    name="Coherence and entity-consistency check",
    aliases=("consistent names, dates, places", "coherence check", "entity consistency", "self-contradiction check"),
    example={
        "text": "The festival was held in 1998. Katherine opened the festival. The crowd loved Catherine and the festival. "
        "The festival was held in 1999."
    },
)
def coherence_consistency_check(text: Passage) -> Output:
    """Conflicting statements, variants of names and overlap of neighbouring sentences.

    Parameters
    ----------
    text : str
        The text to check.

    Returns
    -------
    dict
        ``conflicts`` list of dicts (subject, verb, kind, values), at most 50; ``name_variants`` pairs of names one letter apart, at most
        50; ``coherence`` in [0, 1], 1 for a single sentence; ``consistent`` whether there is no conflict and no variant.

    Examples
    --------
    >>> coherence_consistency_check("It opened in 1998. It opened in 1999.")["conflicts"][0]["values"]
    ['1998', '1999']
    """
    sentences = split_sentences(text)
    conflicts = statement_conflicts(sentences)
    names = sorted(
        set(re.findall(r"\b[A-Z][a-z]{3,}\b", text))
        - {s.split()[0] for s in sentences if s.split()[0].lower() in FUNCTION_WORDS}
    )
    variants = [[a, b] for i, a in enumerate(names) for b in names[i + 1 :] if one_edit_apart(a, b)]
    content = [set(words(sentence)) - FUNCTION_WORDS for sentence in sentences]
    overlaps = [len(a & b) / len(a | b) if a | b else 0.0 for a, b in itertools.pairwise(content)]
    return {
        "conflicts": conflicts[:50],
        "name_variants": variants[:50],
        "coherence": sum(overlaps) / len(overlaps) if overlaps else 1.0,
        "consistent": not conflicts and not variants,
    }
