from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexing.parsing.base import parse
from indexing.parsing.markdown import markdown_sections

LINES = st.lists(
    st.sampled_from(
        [
            "# One",
            "## Two *b*",
            "### 3.1 Three",
            "Four",
            "====",
            "----",
            "",
            "text",
            "```",
            "~~~",
            "> # quoted",
            "- # item",
            "    # code",
            "| a |",
            "#",
            "\x0c",
            "\u2028x",
            "####### seven",
            "  ## indented",
        ]
    ),
    max_size=25,
)


def test_atx_and_setext_headings() -> None:
    text = "Preface\n\n# One\ntext\n\nTwo *words*\n-----------\nmore\n\n# Three\n"
    sections = markdown_sections(text)
    assert [(s.heading, s.level) for s in sections] == [("One", 1), ("Two words", 2), ("Three", 1)]
    assert text[sections[0].start : sections[0].end] == text[text.index("# One") : text.index("# Three")]
    assert text[sections[1].start : sections[1].body_start] == "Two *words*\n-----------\n"
    assert text[sections[1].body_start : sections[1].end] == "more\n\n"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_offsets_are_exact_for_each_kind_of_line_end(end: str) -> None:
    text = end.join(["# A", "x\x0cy\u2028z", "", "## B {#b}", "c"])
    sections = parse("a.md", text.encode()).sections
    assert [text[s.start : s.body_start] for s in sections] == ["# A" + end, "## B {#b}" + end]
    assert [s.heading for s in sections] == ["A", "B"]


def test_fences_quotes_and_items_have_no_headings() -> None:
    assert markdown_sections("```\n# no\n```\n> # no\n\n- # no\n\n    # no\n") == ()


@given(LINES, st.sampled_from(["\n", "\r\n", "\r"]))
def test_sections_nest_and_stay_in_order(lines: list[str], end: str) -> None:
    text = end.join(lines)
    sections = markdown_sections(text)
    for section in sections:
        words = section.heading.split()
        heading_line = text[section.start : section.body_start]
        assert all(word in heading_line for word in words)
        assert section.start == 0 or text[section.start - 1] in "\r\n"
    for one, other in pairwise(sections):
        assert one.start < one.body_start <= other.start
        assert one.end == other.start if other.level <= one.level else one.end >= other.end
    top = [section for section in sections if all(not (o.start < section.start < o.end) for o in sections)]
    assert [section.end for section in top] == [*(section.start for section in top[1:]), *[len(text)][: len(top)]]


@pytest.mark.parametrize(
    ("text", "title", "headings"),
    [
        ('---\ntitle: "A: b"\ntags:\n  - x\n---\n# One\n', "A: b", ["One"]),
        ("---\r\ndate: 2024\r\n---\r\n# One\r\n", "One", ["One"]),
        ("+++\ntitle = 'T'\n+++\ntext", "T", []),
        ("---\n\nProse here.\n\n---\n\n# One\n", "One", ["One"]),
        ("text only", "a", []),
    ],
)
def test_front_matter(text: str, title: str, headings: list[str]) -> None:
    parsed = parse("a.md", text.encode())
    assert (parsed.title, [s.heading for s in parsed.sections]) == (title, headings)
    assert parsed.text == text


def test_markup_and_numbering_leave_the_heading() -> None:
    text = "# 1.2 The `softmax` [function](x.md) ![of](a.png) **weights** <b>x</b>\n"
    assert markdown_sections(text)[0].heading == "The softmax function of weights x"


def test_setext_heading_over_several_lines() -> None:
    section = markdown_sections("One\ntwo\n===\nbody")[0]
    assert (section.heading, section.body_start) == ("One two", 12)


@pytest.mark.parametrize(
    "text",
    ["# a" + " " * 200_000 + "b", "---\na" + " " * 200_000 + "\n---\n", "---\ntitle: a" + " " * 200_000 + "b\n---\n"],
)
def test_long_runs_of_spaces_take_no_long_time(text: str) -> None:
    started = time.perf_counter()
    parse("a.md", text.encode())
    assert time.perf_counter() - started < 5
