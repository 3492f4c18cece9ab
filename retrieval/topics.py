"""What a query is about, in the words of a reference collection.

People paraphrase: "shortcuts that hand one layer's output to a later one" shares no word with a passage on residual
connections. A reference collection whose articles are named for their subject bridges the gap, as expansion from an external
corpus does (Diaz and Metzler, 2006, "Improving the estimation of relevance models using large external corpora"): the titles
of its best hits become a second query. Only names are taken, so nothing of the reference collection is cited.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.types import Hit

TOPIC_HITS = 5
"""Hits of the reference collection among which different titles are looked for."""


@dataclass(frozen=True)
class Topics:
    """Names of what a query is about.

    Attributes
    ----------
    names : tuple of str
        Titles of the reference collection, the nearest first.
    nearness : float
        Best MaxSim of the query in the reference collection: the names count only in a collection that knows the query
        no better, or a corpus of another field would be searched for the handbook's words.
    """

    names: tuple[str, ...]
    nearness: float


NO_TOPICS = Topics((), 0.0)


def topics_of(hits: Sequence[Hit], limit: int) -> Topics:
    """Titles of the first hits, each once.

    Parameters
    ----------
    hits : sequence of Hit
        Of the reference collection, best first.
    limit : int
        Names wanted.

    Examples
    --------
    >>> topics_of([], 2)
    Topics(names=(), nearness=0.0)
    """
    first = hits[:TOPIC_HITS]
    seen = [stage.score for hit in first if (stage := hit.stages.get("colbert")) is not None]
    names = tuple(dict.fromkeys(hit.title for hit in first))[:limit]
    return Topics(names, max(seen)) if seen else NO_TOPICS
