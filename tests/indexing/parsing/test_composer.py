from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from indexing.parsing.composer import Composer

BLOCKS = st.lists(
    st.tuples(st.sampled_from(["block", "tight", "heading", "verbatim"]), st.sampled_from(["a", "b c", "", " ", "d\n"]))
)


@given(st.lists(BLOCKS, max_size=5))
def test_pages_hold_exactly_their_blocks(pages: list[list[tuple[str, str]]]) -> None:
    composer = Composer()
    expected = []
    for number, blocks in enumerate(pages, start=1):
        with composer.page(number):
            alone = Composer()
            for kind, words in blocks:
                for target in (composer, alone):
                    if kind == "heading":
                        target.heading(2, words)
                    elif kind == "verbatim":
                        target.verbatim(words)
                    else:
                        target.block(words, tight=kind == "tight" and bool(alone.text) and target.text != "")
        expected.append(alone.text)
    assert [composer.text[page.start : page.end] for page in composer.pages] == expected
    assert composer.text == "\n\n".join(filter(None, expected))
