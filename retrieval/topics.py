"""What a query is about, in the words of a reference collection.

People paraphrase: "shortcuts that hand one layer's output to a later one" shares no word with a passage on residual
connections. A reference collection whose articles are named for their subject bridges the gap, as expansion from an external
corpus does (Diaz and Metzler, 2006, "Improving the estimation of relevance models using large external corpora"): the titles
of its best hits become a second query. Only names are taken, so nothing of the reference collection is cited.
"""

from __future__ import annotations

from collections.abc import Sequence

from core.types import Hit

TOPIC_HITS = 5
"""Hits of the reference collection among which different titles are looked for."""


def topic_names(hits: Sequence[Hit], limit: int) -> tuple[str, ...]:
    """Titles of the first hits, each once, without what stands in brackets.

    Parameters
    ----------
    hits : sequence of Hit
        Of the reference collection, best first.
    limit : int
        Names wanted.

    Examples
    --------
    >>> topic_names([], 2)
    ()
    """
    return tuple(dict.fromkeys(hit.title for hit in hits))[:limit]
