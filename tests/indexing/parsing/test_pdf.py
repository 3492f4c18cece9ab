from __future__ import annotations

import pytest

from core.types import PageSpan
from indexing.parsing.base import parse
from indexing.parsing.outline import Entry, outline_sections
from indexing.parsing.running_lines import without_running_lines
from tests.indexing.parsing.office_files import pdf

NUMBERED = [["Running head", f"Body {word} of the page.", f"Page {i} of 5"] for i, word in enumerate("abcde", 1)]


def test_page_spans_are_exact() -> None:
    parsed = parse("a.pdf", pdf([["First page", "two lines"], [], ["Third page"]], title="A paper"))
    assert parsed.text == "First page\ntwo lines\n\nThird page"
    assert [parsed.text[p.start : p.end] for p in parsed.pages] == ["First page\ntwo lines", "", "Third page"]
    assert parsed.title == "A paper"


def test_running_lines_are_left_out() -> None:
    parsed = parse("a.pdf", pdf(NUMBERED))
    assert parsed.text == "\n\n".join(f"Body {word} of the page." for word in "abcde")
    assert len(parsed.pages) == 5


def test_three_pages_are_too_few_to_tell() -> None:
    assert parse("a.pdf", pdf(NUMBERED[:3])).text.count("Running head") == 3


def test_figures_at_the_foot_of_pages_are_kept() -> None:
    pages = [
        f"Words {word}\n{figure}" for word, figure in zip("abcd", ["Sum 12", "Sum 9", "Sum 8", "Sum 30"], strict=True)
    ]
    assert without_running_lines(pages) == pages


def test_lines_inside_pages_are_kept() -> None:
    pages = [f"a{n}\nb{n * n}\nc{n * 7 % 5}\nsame\nd{n * 3 % 7}\ne{n * n % 3}\nf{n * 5 % 4}" for n in range(6)]
    assert all("same" in page for page in without_running_lines(pages))


def test_hyphens_at_line_ends_are_kept() -> None:
    assert parse("a.pdf", pdf([["a hyphen-", "ated word"]])).text == "a hyphen-\nated word"


def test_outline_gives_sections() -> None:
    pages = [
        ["Contents", "Loss .... 2"],
        ["The Loss matters.", "1. Loss", "Cross entropy.", "1.1 Focal loss", "gamma"],
        ["2. Data", "x"],
    ]
    outline = [("Loss", 0, 1), ("Focal  loss", 1, 1), ("2. Data", 0, 2), ("Not there", 0, 2)]
    parsed = parse("a.pdf", pdf(pages, outline))
    assert [(s.heading, s.level) for s in parsed.sections] == [("Loss", 1), ("Focal loss", 2), ("Data", 1)]
    assert [parsed.text[s.start : s.body_start] for s in parsed.sections] == [
        "1. Loss\n",
        "1.1 Focal loss\n",
        "2. Data\n",
    ]
    loss, focal, data = parsed.sections
    assert loss.end == focal.end == data.start
    assert data.end == len(parsed.text)
    assert parsed.title == "a"  # the first heading is not on the first page


def test_same_title_twice_on_a_page() -> None:
    text = "Notes\nx\nNotes\ny"
    sections = outline_sections(text, [PageSpan(page=1, start=0, end=len(text))], [Entry("Notes", 1, 1)] * 2)
    assert [s.start for s in sections] == [0, 6]


def test_empty_user_password_needs_none() -> None:
    assert parse("a.pdf", pdf([["open words"]], password="")).text == "open words"


@pytest.mark.parametrize("title", ["Microsoft Word - draft.docx", "untitled", "paper.tex"])
def test_titles_of_programs_are_passed_over(title: str) -> None:
    assert parse("name.pdf", pdf([["words"]], title=title)).title == "name"


def test_heading_of_the_first_page_is_the_title() -> None:
    parsed = parse("a.pdf", pdf([["1 Loss", "words"], ["2 Data", "words"]], [("1 Loss", 0, 0), ("2 Data", 0, 1)]))
    assert parsed.title == "Loss"
    assert [s.heading for s in parsed.sections] == ["Loss", "Data"]
