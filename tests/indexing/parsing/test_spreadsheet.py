from __future__ import annotations

import csv
import datetime
import io
import zipfile
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.worksheet.formula import ArrayFormula

from indexing.parsing.base import parse
from indexing.parsing.spreadsheet import best_delimiter
from tests.indexing.parsing.office_files import workbook

WORDS = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=5)


def test_sheets_are_pages() -> None:
    rows = [["model", None, "score"], ["a|b", None, 0.5], [None, None, None], ["c", None, datetime.date(2024, 5, 1)]]
    parsed = parse("a.xlsx", workbook({"One": rows, "Two": [["x"], [True], ["=1+1"]]}))
    one = "# One\n\n| model | score |\n| --- | --- |\n| a\\|b | 0.5 |\n| c | 2024-05-01 |"
    two = "# Two\n\n| x |\n| --- |\n| TRUE |\n| =1+1 |"
    assert [parsed.text[p.start : p.end] for p in parsed.pages] == [one, two]
    assert [s.heading for s in parsed.sections] == ["One", "Two"]
    assert parsed.title == "a"


def test_header_repeats_every_20_rows_and_no_row_is_lost() -> None:
    parsed = parse("a.xlsx", workbook({"S": [["n", "square"], *([n, n * n] for n in range(45))]}))
    lines = parsed.text.split("\n")
    heads = [index for index, line in enumerate(lines) if line == "| n | square |"]
    assert len(heads) == 3
    assert all(later - earlier <= 23 for earlier, later in pairwise(heads))
    assert [line for line in lines if line.startswith("| ") and line[2].isdigit()] == [
        f"| {n} | {n * n} |" for n in range(45)
    ]


@pytest.mark.parametrize(
    ("delimiter", "name"), [(",", "a.csv"), (";", "a.csv"), ("\t", "a.csv"), ("|", "a.csv"), ("\t", "a.tsv")]
)
def test_delimiters(delimiter: str, name: str) -> None:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter).writerows(
        [["name", "text"], ["a", f'with {delimiter} and "quotes"'], ["b", "two\nlines"]]
    )
    parsed = parse(name, buffer.getvalue().encode())
    shown = delimiter.replace("|", "\\|").replace("\t", "")
    expected = " ".join(f'with {shown} and "quotes"'.split())
    assert parsed.text == f"| name | text |\n| --- | --- |\n| a | {expected} |\n| b | two lines |"


@given(st.lists(st.lists(WORDS, min_size=3, max_size=3), min_size=2, max_size=30), st.sampled_from(",;\t|"))
def test_delimiter_of_a_regular_table_is_found(rows: list[list[str]], delimiter: str) -> None:
    text = "\n".join(delimiter.join(row) for row in rows)
    assert best_delimiter(text) == delimiter


def test_long_and_ragged_cells() -> None:
    data = f'a,b\n"{"x" * 200_000}",1,extra\n'.encode()
    text = parse("a.csv", data).text
    assert "x" * 200_000 in text
    assert text.startswith("| a | b |  |\n| --- | --- | --- |\n")


def test_array_formula_is_shown_as_written() -> None:
    rows: list[list[object]] = [["total"], [ArrayFormula("A2", "=SUM(B1:B3*C1:C3)")]]
    assert parse("a.xlsx", workbook({"S": rows})).text.endswith("| =SUM(B1:B3*C1:C3) |")


def test_computed_value_comes_before_the_formula() -> None:
    data = workbook({"S": [["total"], ["=1+1"]]})
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    members[sheet] = (
        members[sheet].replace(b"<v></v>", b"<v>2</v>").replace(b"<v />", b"<v>2</v>").replace(b"<v/>", b"<v>2</v>")
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    assert parse("a.xlsx", buffer.getvalue()).text.endswith("| 2 |")
