"""What a passage is called: keys under which titles, other names and headings are found again by a question about them.

A name and the question "what is <name>?" have the same key, so a look-up is exact and needs no score. Search engines keep
such a keyword field beside the analysed text for the same reason: a short name says little by its words and all by being
the whole of a title.
"""

from __future__ import annotations

from collections.abc import Sequence

from core.types import Chunk, Document
from indexing.stores.analysis import STOP_WORDS, WORD, stems

REQUESTS = frozenset({"explain", "define", "describe", "tell", "definition", "meaning"})
PREDICATES = frozenset({"work", "works", "mean", "stand", "do"})
"""Verbs that end "how does X work?", "what does X mean?"; only after a question word, since K-means ends so too."""
ARTICLES = frozenset({"a", "an", "the"})
MARK = "="
"""Begins the term of a name in the postings; no stem holds it."""


def name_key(text: str) -> str:
    """Stems of a name, or of what a question asks about, in order; empty where `text` has no word.

    Examples
    --------
    >>> name_key("What is the area under the curve?") == name_key("Area under the curve")
    True
    >>> [name_key(t) for t in ("How does dropout work?", "Explain bags of words", "k-means", "What is A*?")]
    ['dropout', 'bag of word', 'k mean', 'a']
    """
    words = [word.casefold() for word in WORD.findall(text)]
    asked = len(words) > 1 and words[0] in {"how", "what"} and words[1] in {"do", "does"}
    while len(words) > 1 and (words[0] in STOP_WORDS or words[0] in REQUESTS):
        words.pop(0)
    while asked and len(words) > 1 and (words[-1] in STOP_WORDS or words[-1] in PREDICATES):
        words.pop()
    kept = [word for word in words if word not in ARTICLES] or words  # other small words tell names apart
    return " ".join(stems(" ".join(kept)))


def chunk_names(document: Document, aliases: Sequence[str], chunks: Sequence[Chunk]) -> list[set[str]]:
    """Keys of what begins in each chunk: the document's title and aliases in the first, a heading where it stands.

    Parameters
    ----------
    document : Document
        With its sections.
    aliases : sequence of str
        Other names of the whole document.
    chunks : sequence of Chunk
        Of `document`, in order of their start.
    """
    found: list[set[str]] = [set() for _ in chunks]
    if chunks:
        found[0].update(map(name_key, (document.title, *aliases)))
    for section in document.sections:
        inside = (i for i, chunk in enumerate(chunks) if chunk.end > section.start and chunk.start < section.end)
        first = next(inside, None)  # a table of contents is no chunk, so a section may have none
        if first is not None:
            found[first].add(name_key(section.heading))
    return [keys - {""} for keys in found]
