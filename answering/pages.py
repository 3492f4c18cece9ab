"""On which page a cited passage stands: a chunk may begin on an earlier one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from core.types import Citation, Document, PageSpan


def page_at(pages: Sequence[PageSpan], position: int) -> int | None:
    """Page of a character; between two pages the one before, None before the first.

    Examples
    --------
    >>> pages = [PageSpan(page=1, start=0, end=10), PageSpan(page=2, start=12, end=30)]
    >>> [page_at(pages, at) for at in (0, 9, 11, 12)], page_at([], 5)
    ([1, 1, 1, 2], None)
    """
    return max((span.page for span in pages if span.start <= position), default=None)


def on_their_pages(citations: Iterable[Citation], document: Callable[[str], Document | None]) -> list[Citation]:
    """Citations with the page on which each quote begins; left as they are where the document is gone or has no pages.

    Parameters
    ----------
    citations : iterable of Citation
        With the pages of their chunks.
    document : callable
        Document by id.
    """
    placed = []
    for citation in citations:
        found = document(citation.document_id) if citation.page is not None else None
        page = page_at(found.pages, citation.start) if found is not None else citation.page
        placed.append(citation.model_copy(update={"page": page}))
    return placed
