r"""Named-entity disambiguation links a mention in a text, such as "M. Mayank", to one entry of a knowledge base.

$$e^* = \arg\max_{e} \; \alpha\, \text{sim}_{\text{name}}(m, e) + (1 - \alpha)\, \text{sim}_{\text{context}}(m, e)$$

**Intuition.** Candidates are found by the name: equal words, matching initials, few typing errors. If several remain, the words
around the mention decide: "Jordan" beside "dunk" is the player, beside "Amman" the country.

**When to use it.** Merging records of people and companies, connecting articles to Wikidata, deduplicating authors. "Mohit M." and
"M. Mayank" both link to "Mohit Mayank".

**Cost.** Comparisons with all candidates; large bases are first narrowed down by an index of aliases.

**Pitfalls.** Recognition finds the mention, disambiguation says who it is: two tasks. An initial matches many people, so initials
alone deserve a lower score than a full name. Not every mention is in the base: below a threshold answer "none" (NIL). The
most popular candidate is a strong baseline and a bias against rare ones. Word order differs (family name first). Judge
with the right candidates given and with those generated separately.

**References.** Cucerzan, *Large-Scale Named Entity Disambiguation Based on Wikipedia Data* (2007). Shen, Wang and Han, *Entity
Linking with a Knowledge Base* (2015).
"""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import Field

from algorithms.nlp_tasks.jaccard_similarity import jaccard
from algorithms.nlp_tasks.levenshtein_distance import table
from algorithms.registry import Output, algorithm

ShortName = Annotated[str, Field(min_length=1, max_length=40)]
Entity = tuple[ShortName, Annotated[str, Field(max_length=300)]]
INITIAL_SCORE = 0.8


def word_similarity(a: str, b: str) -> float:
    """1 for equal words, 0.8 for an initial of the other, else 1 minus the relative edit distance.

    Examples
    --------
    >>> word_similarity("m", "mayank"), word_similarity("mohit", "mohit"), round(word_similarity("mohitt", "mohit"), 2)
    (0.8, 1.0, 0.83)
    """
    if a == b:
        return 1.0
    if min(len(a), len(b)) == 1 and a[0] == b[0]:
        return INITIAL_SCORE
    return 1 - float(table(a, b)[-1, -1]) / max(len(a), len(b))


def name_similarity(mention: str, name: str) -> float:
    """Mean over the words of the longer name of their best partner in the other, in either order of words.

    Examples
    --------
    >>> name_similarity("Mohit M.", "Mohit Mayank"), name_similarity("Mayank, Mohit", "Mohit Mayank")
    (0.9, 1.0)
    """
    a, b = (re.findall(r"\w+", text.lower())[:4] for text in (mention, name))
    if not a or not b:
        return 0.0
    short, long = sorted((a, b), key=len)
    pairs = sorted(
        ((word_similarity(x, y), i, j) for i, x in enumerate(short) for j, y in enumerate(long)), reverse=True
    )
    total, used_short, used_long = 0.0, set(), set()
    for score, i, j in pairs:  # each word has one partner
        if i not in used_short and j not in used_long:
            total += score
            used_short.add(i)
            used_long.add(j)
    return total / len(long)


@algorithm(
    id="named-entity-disambiguation",
    name="Named-entity disambiguation",
    aliases=("NED", "entity linking", "entity resolution of names", "author disambiguation"),
    example={
        "mentions": ["Mohit M.", "M. Mayank", "Mohit Mayank", "Unknown Person"],
        "entities": [["Mohit Mayank", "data scientist Pune"], ["Mary Malone", "physicist Oxford"]],
        "context": "a data scientist from Pune",
    },
)
def named_entity_disambiguation(
    mentions: Annotated[list[ShortName], Field(min_length=1, max_length=10)],
    entities: Annotated[list[Entity], Field(min_length=1, max_length=10)],
    context: Annotated[str, Field(max_length=300)] = "",
    name_weight: Annotated[float, Field(ge=0, le=1)] = 0.7,
    threshold: Annotated[float, Field(ge=0, le=1)] = 0.5,
) -> Output:
    """Link mentions to entities by name, and by context if there is one.

    Parameters
    ----------
    mentions : list of str
        Names as they appear in a text.
    entities : list of (name, description)
        The knowledge base.
    context : str
        Text around the mentions; may be empty.
    name_weight : float
        Weight α of the name; the context has the rest, if given.
    threshold : float
        Below this score a mention is linked to nothing.

    Returns
    -------
    dict
        ``links``, name of the entity or null for each mention; ``scores`` of the best candidate; ``candidates``, scores of all
        entities for each mention.

    Examples
    --------
    >>> named_entity_disambiguation(["Mohit M.", "M. Mayank"], [("Mohit Mayank", ""), ("Mary Malone", "")])["links"]
    ['Mohit Mayank', 'Mohit Mayank']
    """
    around = set(re.findall(r"\w+", context.lower()))
    weight = name_weight if around else 1.0
    described = [jaccard(around, set(re.findall(r"\w+", text.lower()))) for _, text in entities]
    scores = [
        [weight * name_similarity(m, name) + (1 - weight) * c for (name, _), c in zip(entities, described, strict=True)]
        for m in mentions
    ]
    best = [max(range(len(entities)), key=row.__getitem__) for row in scores]
    top = [row[i] for row, i in zip(scores, best, strict=True)]
    return {
        "links": [entities[i][0] if score >= threshold else None for i, score in zip(best, top, strict=True)],
        "scores": top,
        "candidates": scores,
    }
