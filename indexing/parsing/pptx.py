"""PPTX: a page a slide, its title the heading, then texts, tables, chart data and notes."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import Any

from indexing.parsing.base import Parsed, file_title
from indexing.parsing.composer import Composer
from indexing.parsing.media_types import PPTX
from indexing.parsing.pipe_table import pipe_table
from indexing.parsing.reasons import reading
from indexing.parsing.zip_limits import check_office_file


def parse_pptx(name: str, data: bytes) -> Parsed:
    """Read a PPTX file; hidden slides are kept, pictures and SmartArt have no text to read.

    Raises
    ------
    UnreadableDocument
        ``broken_file``, or ``unsafe_archive`` for a bomb.
    """
    import pptx

    with reading(name, "broken_file"):
        check_office_file(name, data)
        presentation = pptx.Presentation(io.BytesIO(data))
        composer = Composer()
        for number, slide in enumerate(presentation.slides, start=1):
            with composer.page(number):
                write_slide(slide, composer)
        title = (presentation.core_properties.title or "").strip()
    sections = composer.sections
    if title in ("", "PowerPoint Presentation"):  # what PowerPoint itself fills in
        title = sections[0].heading if sections else file_title(name)
    return Parsed(title=title, media_type=PPTX, text=composer.text, sections=sections, pages=composer.pages)


def write_slide(slide: Any, composer: Composer) -> None:
    """Write one slide: title, shapes from top to bottom, notes."""
    title = slide.shapes.title
    if title is not None:
        composer.heading(1, title.text_frame.text)
    for shape in in_reading_order(slide.shapes):
        if title is None or shape.shape_id != title.shape_id:
            write_shape(shape, composer)
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        notes = paragraphs(slide.notes_slide.notes_text_frame)
        if notes:
            composer.block("Notes: " + "\n".join(words for _, words in notes))


def in_reading_order(shapes: Iterable[Any]) -> Iterator[Any]:
    """Shapes from top to bottom and left to right, groups opened; those without a place come first.

    Groups are sorted as one shape, since their members count from the group's own corner.
    """
    from pptx.enum.shapes import MSO_SHAPE_TYPE

    for shape in sorted(shapes, key=lambda each: (each.top or 0, each.left or 0)):
        if shape.shape_type == MSO_SHAPE_TYPE.GROUP:
            yield from in_reading_order(shape.shapes)
        else:
            yield shape


def write_shape(shape: Any, composer: Composer) -> None:
    """Write the table, chart or text of a shape; several paragraphs of a placeholder are its bullet points."""
    if getattr(shape, "has_table", False):
        composer.block(pipe_table([[cell.text for cell in row.cells] for row in shape.table.rows]))
    elif getattr(shape, "has_chart", False):
        composer.block(pipe_table(list(chart_rows(shape.chart))))
    elif shape.has_text_frame:
        texts = paragraphs(shape.text_frame)
        if shape.is_placeholder and (len(texts) > 1 or any(level for level, _ in texts)):
            composer.block("\n".join("  " * level + "- " + words for level, words in texts))
        else:
            for _, words in texts:
                composer.block(words)


def paragraphs(frame: Any) -> list[tuple[int, str]]:
    """Indentation and words of the paragraphs that have any; a line break inside one becomes a space."""
    texts = ((each.level, " ".join(each.text.split())) for each in frame.paragraphs)
    return [(level, words) for level, words in texts if words]


def chart_rows(chart: Any) -> Iterator[list[str]]:
    """Numbers behind a chart: a row a category, a column a series."""
    for plot in chart.plots:
        categories = [str(category) for category in plot.categories]
        series = list(plot.series)
        columns = [list(each.values) for each in series]
        yield ["", *(each.name for each in series)]
        for index in range(max([len(categories), *map(len, columns)])):
            label = categories[index] if index < len(categories) else str(index + 1)
            values = (column[index] if index < len(column) else None for column in columns)
            yield [label, *("" if value is None else f"{value:g}" for value in values)]
