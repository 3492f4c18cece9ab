from __future__ import annotations

import csv
import itertools
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexing.chunking.outline import recover_sections

SHARED = Path(__file__).parents[3].parent / "shared"
NOTES = """\
Part 1 :

1. What is a widget?

- A small part.
 - It turns.
-

2. Why do widgets turn?

- Because of the gear.

Widget Kinds

1. Round Widgets:

- They roll.

2. Square Widgets:

- They do not.

- **Which widget is best?** *( ask again )*

  The round one.

- **Does anyone sell them ?**

```python
# not a heading
x = 1
```
"""


def headings(text: str) -> list[tuple[str, int]]:
    return [(s.heading, s.level) for s in recover_sections(text)]


def test_numbered_questions_titles_and_bullets_are_headings() -> None:
    assert headings(NOTES) == [
        ("Part 1", 1),
        ("What is a widget?", 2),
        ("Why do widgets turn?", 2),
        ("Widget Kinds", 3),
        ("Round Widgets", 4),
        ("Square Widgets", 4),
        ("Which widget is best? ( ask again )", 2),
        ("Does anyone sell them ?", 2),
    ]


def test_a_question_never_takes_the_next_answer() -> None:
    sections = {s.heading: NOTES[s.body_start : s.end] for s in recover_sections(NOTES)}
    assert "small part" in sections["What is a widget?"]
    assert "gear" not in sections["What is a widget?"]


@pytest.mark.parametrize(
    "line",
    [
        "It works well because the gradient is small.",
        "- Simple to implement and efficient to train.",
        "Sunday, July 28, 2024",
        "x = y + 1",
        "$$a = b$$",
        "and so it goes on",
        "1. First item of a list, which is long and ends in a full stop.",
    ],
)
def test_ordinary_lines_are_no_headings(line: str) -> None:
    assert recover_sections(f"Some words.\n{line}\nmore words here.\n") == ()


def test_comment_in_unfenced_code_is_no_heading() -> None:
    assert recover_sections("import os\n# Usage\nprint(os.name)\n") == ()


def test_unclosed_fence_does_not_swallow_the_rest() -> None:
    text = "```python\nx = 1\n\nWhat is a gear?\n- A wheel.\n\n```python\ny = 2\n\nWhat is a cog?\n- A tooth.\n"
    assert [h for h, _ in headings(text)] == ["What is a gear?", "What is a cog?"]


@given(st.text(alphabet="aB?.:-*#1 \n\t`", max_size=300))
def test_sections_are_ordered_nested_and_in_bounds(text: str) -> None:
    sections = recover_sections(text)
    for section in sections:
        assert 0 <= section.start < section.body_start <= section.end <= len(text)
    for a, b in itertools.pairwise(sections):
        assert a.start < b.start
        assert a.end <= b.start or b.end <= a.end


@pytest.mark.skipif(not SHARED.exists(), reason="the shared notes are not part of the project")
def test_headings_of_real_notes_are_recovered() -> None:
    gold = defaultdict(set)
    for row in csv.DictReader((SHARED / "catalog" / "questions.csv").open(encoding="utf-8")):
        for part in row["source"].split(";"):
            name, lines = part.split(":")
            gold[name] |= {int(line.split("-")[0]) for line in lines.split(",")}
    hits = found = total = 0
    for path in sorted((SHARED / "corpus").glob("*.txt")):
        text = path.read_bytes().decode()
        lines = {text.count("\n", 0, s.start) + 1 for s in recover_sections(text)}
        if path.name.startswith("002"):
            lines = {line for line in lines if line > 266}  # a table of contents comes first
        wanted = gold[path.name[:3]]
        hits, found, total = hits + len(lines & wanted), found + len(lines), total + len(wanted)
    assert hits / total >= 0.92
    assert hits / found >= 0.92
