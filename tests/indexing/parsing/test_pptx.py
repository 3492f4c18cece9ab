from __future__ import annotations

from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.presentation import Presentation
from pptx.util import Inches

from indexing.parsing.base import parse
from tests.indexing.parsing.office_files import slides


def write(deck: Presentation) -> None:
    slide = deck.slides.add_slide(deck.slide_layouts[1])
    slide.shapes.title.text = "Attention"
    frame = slide.placeholders[1].text_frame
    frame.text = "first"
    nested = frame.add_paragraph()
    nested.text, nested.level = "nested", 1
    slide.notes_slide.notes_text_frame.text = "Say this."
    deck.slides.add_slide(deck.slide_layouts[6])
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = "Results"
    table = slide.shapes.add_table(2, 2, Inches(1), Inches(3), Inches(4), Inches(1)).table
    for row, texts in enumerate([["Model", "Score"], ["a", "0.5"]]):
        for column, words in enumerate(texts):
            table.cell(row, column).text = words
    box = slide.shapes.add_textbox(Inches(1), Inches(2), Inches(4), Inches(1))
    box.text_frame.text = "Above the table."
    data = CategoryChartData()
    data.categories = ["x", "y"]
    data.add_series("loss", (0.25, 3))
    place = (Inches(1), Inches(5), Inches(4), Inches(2))
    slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *place, data)


def test_slides_are_pages() -> None:
    parsed = parse("a.pptx", slides(write))
    first = "# Attention\n\n- first\n  - nested\n\nNotes: Say this."
    third = (
        "# Results\n\nAbove the table.\n\n| Model | Score |\n| --- | --- |\n| a | 0.5 |\n\n"
        "|  | loss |\n| --- | --- |\n| x | 0.25 |\n| y | 3 |"
    )
    assert [parsed.text[p.start : p.end] for p in parsed.pages] == [first, "", third]
    assert parsed.text == f"{first}\n\n{third}"
    assert [(s.heading, s.level) for s in parsed.sections] == [("Attention", 1), ("Results", 1)]
    assert all(parsed.text[s.start :].startswith(f"# {s.heading}\n") for s in parsed.sections)
    assert parsed.title == "Attention"


def test_groups_are_opened() -> None:
    def write(deck: Presentation) -> None:
        slide = deck.slides.add_slide(deck.slide_layouts[6])
        group = slide.shapes.add_group_shape()
        group.shapes.add_textbox(0, 0, 100, 100).text_frame.text = "inside"

    assert parse("a.pptx", slides(write)).text == "inside"
