r"""Coreference resolution finds the expressions of a text that refer to the same thing, such as a name and a later pronoun.

$$\text{antecedent}(m_i) = \arg\max_{j < i} s(m_j, m_i), \qquad \text{clusters} = \text{connected mentions}$$

**Intuition.** Each mention looks back for its antecedent. Agreement in gender and number rules candidates out, subjects are preferred,
and nearness breaks ties. In "Mohit lives in Pune and he works as a Data Scientist", Pune is a place, so "he" is Mohit.

**When to use it.** Question answering and summaries over more than one sentence, knowledge extraction, and resolving follow-up questions
in a dialogue.

**Cost.** Pairs of mentions: quadratic in their number, with pruning.

**Pitfalls.** Nearest is not always right, and neither is the subject: "The trophy does not fit in the suitcase because it is too big"
needs knowledge of the world. Gender from first names is a guess that fails for many names and reproduces bias. "It" may refer
to nothing ("it rains"). Links are transitive: one wrong link merges two people. Metrics (MUC, B-cubed, CEAF) disagree, so
their mean is reported. Cataphora looks forward.

**References.** Hobbs, *Resolving Pronoun References* (1978). Lee et al., *End-to-end Neural Coreference Resolution*,
arXiv:1707.07045. Levesque et al., *The Winograd Schema Challenge* (2012).
"""

from __future__ import annotations

import re
from typing import Annotated, NamedTuple

from pydantic import Field

from algorithms.registry import Output, algorithm

PRONOUNS = {
    **dict.fromkeys(["he", "him", "his", "himself"], "male"),
    **dict.fromkeys(["she", "her", "hers", "herself"], "female"),
    **dict.fromkeys(["it", "its", "itself"], "thing"),
    **dict.fromkeys(["they", "them", "their", "theirs"], "plural"),
}
NAMES = {
    **dict.fromkeys(["Mohit", "John", "Tom", "Bob", "Paul", "Peter", "James", "Rahul", "Carl", "Max"], "male"),
    **dict.fromkeys(["Mary", "Anna", "Ann", "Ada", "Alice", "Susan", "Priya", "Eva", "Lisa", "Jane"], "female"),
}
TITLES = {"mr": "male", "mrs": "female", "ms": "female", "king": "male", "queen": "female"}
PLACE_WORDS = {"in", "at", "from", "to", "near", "into"}
NOUN_PHRASE = r"\b(?:[Tt]he|[Aa]n?)\s+([a-z]+)"


class Mention(NamedTuple):
    """A name, noun phrase or pronoun with its place, class and whether it starts its sentence."""

    start: int
    text: str
    kind: str
    is_subject: bool


def agree(pronoun: str, kind: str) -> bool:
    """Whether a pronoun of one class can refer to a mention of another; an unknown person fits he and she.

    Examples
    --------
    >>> agree("male", "person"), agree("male", "female"), agree("thing", "place")
    (True, False, True)
    """
    fits = {
        "male": {"male", "person"},
        "female": {"female", "person"},
        "thing": {"thing", "place"},
        "plural": {"plural"},
    }
    return kind in fits[pronoun]


def find_mentions(text: str) -> list[Mention]:
    """Mentions in the order of the text."""
    found = []
    for match in re.finditer(r"\b[A-Z][a-z]+(?:\s+[A-Z][a-z]+)*\b", text):
        words = match[0].split()
        before = re.findall(r"[a-z]+", text[: match.start()].lower())
        if words[0].lower() in PRONOUNS or words[0] in {
            "The",
            "A",
            "An",
            "But",
            "And",
            "When",
            "In",
            "Then",
            "Because",
        }:
            continue
        place = bool(before) and before[-1] in PLACE_WORDS
        kind = "place" if place else NAMES.get(words[0], TITLES.get(words[0].lower(), "person"))
        found.append(Mention(match.start(), match[0], kind, starts_clause(text, match.start())))
    for match in re.finditer(NOUN_PHRASE, text):
        kind = "plural" if match[1].endswith("s") and not match[1].endswith("ss") else "thing"
        found.append(Mention(match.start(), match[0], kind, starts_clause(text, match.start())))
    for match in re.finditer(r"\b(" + "|".join(PRONOUNS) + r")\b", text, flags=re.IGNORECASE):
        found.append(Mention(match.start(), match[0], "pronoun", starts_clause(text, match.start())))
    return sorted(found)


def starts_clause(text: str, start: int) -> bool:
    """Whether a mention opens the text, a sentence, or a clause after a conjunction."""
    before = text[:start].rstrip().lower()
    return (
        not before or before[-1] in ".!?;," or before.split()[-1] in {"and", "but", "because", "when", "while", "that"}
    )


@algorithm(
    id="coreference-resolution",
    name="Coreference resolution",
    aliases=("anaphora", "pronoun resolution", "coreference", "anaphora resolution", "antecedent"),
    example={"text": "Mohit lives in Pune and he works as a Data Scientist."},
)
def coreference_resolution(text: Annotated[str, Field(min_length=1, max_length=2_000)]) -> Output:
    """Link the pronouns of an English text to their antecedents by agreement, subject preference and nearness.

    Parameters
    ----------
    text : str
        One or more sentences.

    Returns
    -------
    dict
        ``mentions`` (at most 50); ``links`` [pronoun, antecedent] (null where none agrees); ``clusters`` of two or more mentions
        with the same referent; ``resolved``, the text with pronouns replaced (possessives get 's).

    Examples
    --------
    >>> coreference_resolution("Mohit lives in Pune and he works as a Data Scientist.")["links"]
    [['he', 'Mohit']]
    """
    mentions = find_mentions(text)
    referent: dict[int, str] = {}
    kinds: dict[int, str] = {}
    links: list[list[str | None]] = []
    for i, mention in enumerate(mentions):
        if mention.kind != "pronoun":
            referent[i], kinds[i] = mention.text, mention.kind
            continue
        wanted = PRONOUNS[mention.text.lower()]
        options = [j for j in range(i) if j in referent and agree(wanted, kinds[j])]
        if options:
            best = max(options, key=lambda j: (mentions[j].is_subject, j))
            referent[i] = referent[best]
            kinds[i] = kinds[best]
            if kinds[best] == "person":  # from here on the name has the pronoun's gender
                kinds.update({j: wanted for j, name in referent.items() if name == referent[best]})
        links.append([mention.text, referent.get(i)])
    clusters: dict[str, list[str]] = {}
    for i, name in referent.items():
        clusters.setdefault(name, []).append(mentions[i].text)
    resolved = text
    for i in sorted(referent, reverse=True):
        mention = mentions[i]
        if mention.kind == "pronoun":
            own = "'s" if mention.text.lower() in {"his", "its", "their"} else ""
            end = mention.start + len(mention.text)
            resolved = f"{resolved[: mention.start]}{referent[i]}{own}{resolved[end:]}"
    return {
        "mentions": [mention.text for mention in mentions[:50]],
        "links": links[:50],
        "clusters": [group for group in clusters.values() if len(group) > 1][:50],
        "resolved": resolved,
    }
