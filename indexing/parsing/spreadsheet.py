"""XLSX and CSV: pipe tables, the header repeated every 20 rows so that each passage of a long sheet has it."""

from __future__ import annotations

import csv
import datetime
import io
import warnings
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from indexing.parsing.base import Parsed, file_title
from indexing.parsing.composer import Composer
from indexing.parsing.encoding import decode
from indexing.parsing.media_types import TSV, XLSX
from indexing.parsing.pipe_table import pipe_table
from indexing.parsing.reasons import reading
from indexing.parsing.zip_limits import check_office_file

HEADER_EVERY = 20
DELIMITERS = ",;\t|"
SAMPLE_ROWS = 100


def parse_xlsx(name: str, data: bytes) -> Parsed:
    """Read an XLSX file, a page a sheet, hidden sheets too; a formula never computed is shown as the formula.

    Raises
    ------
    UnreadableDocument
        ``broken_file``, or ``unsafe_archive`` for a bomb.
    """
    import openpyxl

    with reading(name, "broken_file"), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl tells of styles and validations that it drops
        check_office_file(name, data)
        values = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        formulas = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False)
        composer = Composer()
        filled = False
        for number, (shown, written) in enumerate(zip(values.worksheets, formulas.worksheets, strict=True), start=1):
            with composer.page(number):
                composer.heading(1, shown.title)
                rows = trimmed(sheet_rows(shown, written))
                filled = filled or bool(rows)
                composer.block(pipe_table(rows, HEADER_EVERY))
        title = (values.properties.title or "").strip() or file_title(name)
    text = composer.text if filled else ""  # names of empty sheets are no content
    return Parsed(title=title, media_type=XLSX, text=text, sections=composer.sections, pages=composer.pages)


def sheet_rows(shown: Any, written: Any) -> Iterator[list[str]]:
    """Rows of a sheet as words."""
    # The size that a sheet declares may be too small, and then rows outside it would be lost.
    shown.reset_dimensions()
    written.reset_dimensions()
    for values, formulas in zip(shown.values, written.values, strict=True):
        yield [cell_words(formula if value is None else value) for value, formula in zip(values, formulas, strict=True)]


def cell_words(value: object) -> str:
    """Words for a cell's value.

    Examples
    --------
    >>> cell_words(3.0), cell_words(0.1), cell_words(True), cell_words(datetime.datetime(2024, 5, 1))
    ('3', '0.1', 'TRUE', '2024-05-01')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ")
    return str(getattr(value, "text", value))  # an array formula is an object with its text


def parse_csv(name: str, data: bytes, media_type: str) -> Parsed:
    r"""Read a CSV or TSV file with the delimiter that its rows agree on.

    Examples
    --------
    >>> print(parse_csv("a.csv", b"model;score\na;0,5\n", "text/csv").text)
    | model | score |
    | --- | --- |
    | a | 0,5 |
    """
    text = decode(name, data)
    csv.field_size_limit(max(csv.field_size_limit(), len(text)))  # a long cell is no error
    delimiter = "\t" if media_type == TSV else best_delimiter(text)
    with reading(name, "broken_file"):
        rows = trimmed(csv_rows(text, delimiter))
    table = pipe_table(rows, HEADER_EVERY)
    return Parsed(title=file_title(name), media_type=media_type, text=table, sections=(), pages=())


def csv_rows(text: str, delimiter: str) -> Iterator[list[str]]:
    """Rows of a delimited text with doubled quotes."""
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


def best_delimiter(text: str) -> str:
    r"""Delimiter for which most rows have the same number of fields, more than one; a comma where none has.

    `csv.Sniffer` is not used: it takes letters for delimiters and fails on single columns.

    Examples
    --------
    >>> best_delimiter("a;b\n1,5;2\n"), best_delimiter("one\ntwo\n")
    (';', ',')
    """
    scores = {}
    for delimiter in DELIMITERS:
        widths = [len(row) for row, _ in zip(csv_rows(text, delimiter), range(SAMPLE_ROWS), strict=False) if row]
        commonest = max(set(widths), key=lambda width: (widths.count(width), width), default=1)
        scores[delimiter] = (widths.count(commonest) / len(widths), commonest) if commonest > 1 else (0.0, 0)
    return max(DELIMITERS, key=lambda delimiter: scores[delimiter])


def trimmed(rows: Iterable[Sequence[str]]) -> list[list[str]]:
    """Rows without empty ones, and without the columns that are empty in all of them."""
    filled = [list(row) for row in rows if any(value.strip() for value in row)]
    used = sorted({index for row in filled for index, value in enumerate(row) if value.strip()})
    return [[row[index] if index < len(row) else "" for index in used] for row in filled]
