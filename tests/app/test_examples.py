"""``docs/examples.md`` is what the code prints, at least in its questions, kinds, and the form of its answers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.examples import DOCUMENT, EXAMPLES, NOTES

KEPT = DOCUMENT.read_text(encoding="utf-8")
PARTS = re.split(r"(?m)^## \d+\. ", KEPT)[1:]


@pytest.mark.parametrize(("number", "example"), list(enumerate(EXAMPLES)), ids=lambda value: str(value)[:40])
def test_each_example_is_printed_with_markers_that_match_its_sources(number: int, example: object) -> None:
    part, wanted = PARTS[number], EXAMPLES[number]
    assert part.splitlines()[0].casefold() == wanted.kind.casefold()
    assert f"**{wanted.question}**" in part
    answer = "\n".join(line for line in part.splitlines() if line.startswith(">"))
    listed = {int(found) for found in re.findall(r"(?m)^- \[(\d+)\] ", part)}
    assert set(map(int, re.findall(r"\[(\d+)\]", answer))) >= listed or "*abstained*" in part
    assert answer


def test_quoted_spans_of_the_notes_are_exact() -> None:
    notes = Path(NOTES).read_text(encoding="utf-8")
    spans = re.findall(r"notes\.md › [^,]+, characters (\d+) to (\d+), supported", KEPT)
    assert len(spans) > 10
    flat = re.sub(r"\s+", " ", KEPT)
    for start, end in spans:
        assert re.sub(r"\s+", " ", notes[int(start) : int(end)]).removeprefix("- ") in flat


def test_twenty_of_different_kinds() -> None:
    assert len(PARTS) == len(EXAMPLES) == len({example.kind for example in EXAMPLES}) == 20
