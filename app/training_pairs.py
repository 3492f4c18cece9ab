"""Training pairs from documents that Vouch holds: a collection's own headings and statements, and the handbook's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from app.application import Application
from app.handbook import ALGORITHMS_PREFIX
from core.types import Document
from indexing.collections import HANDBOOK
from models.training.domain_pairs import section_pairs, statement_pairs
from models.training.pairs import PairCollection

MINIMUM_WORDS = 8
LIMIT = 2600
PIECE_CHARACTERS = 900
"""A section longer than this is cut at its paragraphs, since a chunk of the index holds no more."""

Row = tuple[str, str, str, Sequence[str]]


def document_rows(documents: Iterable[Document], aliases: Mapping[str, Sequence[str]]) -> list[Row]:
    """Key, heading, text and further names of each section that says something; pairs are held out by the key.

    A heading that several documents share ("Pitfalls") says nothing alone; the document's title goes before it, and into the
    text, as the index does with its breadcrumbs.
    """
    held = list(documents)
    counts = Counter(section.heading for document in held for section in document.sections)
    rows: list[Row] = []
    for document in held:
        starts = sorted(section.start for section in document.sections)
        for i, section in enumerate(document.sections):
            end = min([start for start in starts if start > section.start], default=section.end)  # without subsections
            text = document.text[section.body_start : min(end, section.end)].strip()
            names = aliases.get(document.source, ()) if i == 0 else ()
            alone = i == 0 or counts[section.heading] == 1
            heading = section.heading if alone else f"{document.title}: {section.heading.lower()}"
            for n, piece in enumerate(pieces(text)):
                if len(piece.split()) >= MINIMUM_WORDS:
                    rows.append(
                        (f"{document.source}:{i}", heading, piece if alone else f"{document.title}. {piece}", names)
                    )
                    if n == 0:
                        names = ()  # aliases name the beginning
    return rows


def pieces(text: str) -> Iterator[str]:
    """Paragraphs of a section gathered to at most `PIECE_CHARACTERS`, where they allow it.

    Examples
    --------
    >>> list(pieces("one\\n\\ntwo"))
    ['one\\n\\ntwo']
    """
    gathered = ""
    for paragraph in text.split("\n\n"):
        if gathered and len(gathered) + len(paragraph) > PIECE_CHARACTERS:
            yield gathered
            gathered = ""
        gathered = f"{gathered}\n\n{paragraph}" if gathered else paragraph
    if gathered.strip():
        yield gathered


def own_pairs(name: str, rows: Sequence[Row], seed: int = 0, limit: int = LIMIT) -> list[PairCollection]:
    """Heading to text, and statement to the rest, of the sections of some documents."""
    texts = [(source, heading, text) for source, heading, text, _ in rows]
    found = [
        section_pairs(f"{name}:heading", rows, limit, seed),
        statement_pairs(f"{name}:statement", texts[:limit], seed),
    ]
    return [collection for collection in found if collection.pairs]


def held_documents(application: Application, collection: str) -> list[Document]:
    """Every document of a collection.

    Raises
    ------
    NotFound
        If there is no such collection.
    """
    snapshot = application.collections.open(collection).snapshot()
    documents = (snapshot.document(summary.id) for summary in snapshot.documents())
    return [document for document in documents if document is not None]


def collection_pairs(application: Application, collection: str, seed: int = 0) -> list[PairCollection]:
    """Pairs of a collection's documents.

    Raises
    ------
    NotFound
        If there is no such collection.
    """
    return own_pairs(collection, document_rows(held_documents(application, collection), {}), seed)


def handbook_pairs(application: Application, seed: int = 0, limit: int = LIMIT) -> PairCollection:
    """Headings, titles and aliases of the handbook and of the algorithms to their sections.

    Raises
    ------
    NotFound
        If the handbook's index was not built.
    """
    from algorithms.registry import catalog
    from knowledge.handbook import articles

    aliases: dict[str, Sequence[str]] = {f"handbook/articles/{a.path}": a.aliases for a in articles().values()}
    aliases |= {f"{ALGORITHMS_PREFIX}{e.family}/{e.id}": tuple(e.aliases) for e in catalog().values()}
    return section_pairs("handbook", document_rows(held_documents(application, HANDBOOK), aliases), limit, seed)
