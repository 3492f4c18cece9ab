from __future__ import annotations

import itertools
import re

from hypothesis import given
from hypothesis import strategies as st

from core.types import Document
from indexing.chunking.outline import recover_sections
from indexing.chunking.outline_chunker import OutlineChunker
from tests.indexing.chunking.test_outline import NOTES


def word_spans(text: str) -> list[tuple[int, int]]:
    return [m.span() for m in re.finditer(r"\w|[^\w\s]", text)]


def make(text: str) -> Document:
    return Document(
        id="d",
        source="s",
        origin="o",
        title="t",
        media_type="text/plain",
        text=text,
        sha256="",
        sections=recover_sections(text),
        pages=(),
    )


LINES = st.lists(
    st.sampled_from(
        [
            "What is a gear?",
            "- A wheel with teeth that turns.",
            "",
            "Gear Kinds",
            "1. Spur",
            "plain words " * 12,
            "a\tb",
            "$$x = 1$$",
        ]
    ),
    max_size=40,
)


@given(LINES, st.integers(24, 200))
def test_chunks_are_exact_ordered_and_fit(lines: list[str], limit: int) -> None:
    document = make("\n".join(lines))
    chunks = OutlineChunker(word_spans, limit).chunk(document)
    for chunk in chunks:
        assert document.text[chunk.start : chunk.end] == chunk.text
        assert chunk.text.strip()
        assert len(word_spans(chunk.context)) + len(word_spans(chunk.text)) <= limit
    assert all(a.end <= b.start for a, b in itertools.pairwise(chunks))


@given(LINES)
def test_no_body_text_is_lost(lines: list[str]) -> None:
    document = make("\n".join(line for line in lines if line not in {"", "- "}))
    covered = "".join(c.text for c in OutlineChunker(word_spans, 60).chunk(document))
    headings = {s.heading for s in document.sections}
    for line in lines:
        body = line.strip()
        if body and body not in headings and not body[0].isdigit():
            assert "".join(body.split()) in "".join(covered.split())


def test_questions_stay_apart_and_keep_their_answers() -> None:
    chunks = OutlineChunker(word_spans, 200).chunk(make(NOTES))
    first = next(c for c in chunks if "What is a widget?" in c.text)
    assert "small part" in first.text
    assert "gear" not in first.text
    assert first.kind == "question-answer"


def test_a_long_answer_carries_its_question_as_context() -> None:
    text = "What is a gear?\n" + "\n".join(f"- Fact number {i} about gears is here." for i in range(30))
    chunks = OutlineChunker(word_spans, 80).chunk(make(text))
    assert len(chunks) > 2
    assert all("What is a gear?" in (c.text if i == 0 else c.context) for i, c in enumerate(chunks))


def test_a_table_of_contents_is_no_unit_of_retrieval() -> None:
    questions = [f"What is gear number {i}?" for i in range(6)]
    contents = "\n".join(f"- {q}" for q in questions)
    body = "\n".join(f"{q}\n- It is number {i}." for i, q in enumerate(questions))
    chunks = OutlineChunker(word_spans, 300).chunk(make(f"{contents}\n{body}\n"))
    assert all("It is number" in c.text for c in chunks)


def test_a_word_longer_than_the_limit_is_cut_between_tokens() -> None:
    document = make("x" * 500)
    chunks = OutlineChunker(word_spans, 60).chunk(document)
    assert "".join(c.text for c in chunks) == document.text
