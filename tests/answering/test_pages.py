from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from answering.pages import on_their_pages, page_at
from core.types import Citation, Document, PageSpan


@given(st.lists(st.integers(1, 20), min_size=1, max_size=8))
def test_a_character_is_on_the_page_that_holds_it(lengths: list[int]) -> None:
    pages, start = [], 0
    for number, length in enumerate(lengths, start=1):
        pages.append(PageSpan(page=number, start=start, end=start + length))
        start += length + 1
    for span in pages:
        assert {page_at(pages, at) for at in range(span.start, span.end)} == {span.page}


def citation(start: int, page: int | None) -> Citation:
    return Citation(
        marker=1,
        document_id="a",
        source="a.pdf",
        heading_path=(),
        page=page,
        start=start,
        end=start + 3,
        quote="abc",
        support=1.0,
        verdict="supported",
    )


def test_a_citation_gets_its_own_page_and_not_its_chunk_s() -> None:
    pages = (PageSpan(page=1, start=0, end=10), PageSpan(page=2, start=12, end=30))
    text = "x" * 30
    document = Document.model_construct(id="a", text=text, pages=pages)
    found = on_their_pages([citation(3, 1), citation(14, 1)], lambda id: document if id == "a" else None)
    assert [one.page for one in found] == [1, 2]
    assert [one.start for one in found] == [3, 14]
    assert on_their_pages([citation(14, 1)], lambda _: None)[0].page == 1
    assert on_their_pages([citation(14, None)], lambda _: document)[0].page is None
