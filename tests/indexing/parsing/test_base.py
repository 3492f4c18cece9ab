from __future__ import annotations

import json
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import UnreadableDocument
from indexing.parsing.base import FIXES, REASONS, Parsed, Reason, parse
from tests.indexing.parsing.office_files import pdf, slides, word, workbook

NAMES = st.sampled_from(
    ["a.txt", "a.md", "a.html", "a.pdf", "a.docx", "a.pptx", "a.xlsx", "a.csv", "a.tsv", "a.ipynb", "a.py", "a.js", "a"]
)
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"))


def check_spans(parsed: Parsed) -> None:
    length = len(parsed.text)
    for section in parsed.sections:
        assert 0 <= section.start < section.body_start <= section.end <= length
        assert section.heading.strip()
    starts = [section.start for section in parsed.sections]
    assert starts == sorted(set(starts))
    ends = [page.end for page in parsed.pages]
    assert all(page.start <= page.end <= length for page in parsed.pages)
    assert ends == sorted(ends)
    assert [page.page for page in parsed.pages] == list(range(1, len(parsed.pages) + 1))


def check_outcome(name: str, data: bytes) -> None:
    parsed = reason = None
    try:
        parsed = parse(name, data)
    except UnreadableDocument as error:
        reason = error.reason
    if parsed is None:
        assert reason in REASONS
    else:
        assert parsed.text.strip()
        check_spans(parsed)


@given(NAMES, st.binary(max_size=400))
def test_any_bytes_parse_or_are_refused(name: str, data: bytes) -> None:
    check_outcome(name, data)


@given(NAMES, TEXT)
def test_any_text_parses_or_is_refused(name: str, text: str) -> None:
    check_outcome(name, text.encode())


MADE = {
    "a.pdf": pdf([["One", "two words"], ["Three"]], [("One", 0, 0)]),
    "a.docx": word(lambda document: document.add_heading("One", 1)),
    "a.pptx": slides(lambda deck: deck.slides.add_slide(deck.slide_layouts[6])),
    "a.xlsx": workbook({"One": [["a", "b"], [1, 2]]}),
    "a.ipynb": json.dumps(
        {"nbformat": 4, "metadata": {}, "cells": [{"cell_type": "markdown", "source": "# A"}]}
    ).encode(),
}


@given(st.sampled_from(sorted(MADE)), st.data())
def test_damaged_files_parse_or_are_refused(name: str, data: st.DataObject) -> None:
    content = bytearray(MADE[name])
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(1, len(content)))
    check_outcome(name, bytes(content[:cut]))


@given(TEXT.filter(str.strip), st.sampled_from(["a.txt", "a.md", "a.py", "a.js", "a.yaml", "README"]))
def test_text_markdown_and_code_keep_their_characters(text: str, name: str) -> None:
    data = ("x" + text).encode()  # so that no signature of another format stands first
    assert parse(name, data).text == "x" + text
    assert parse(name, b"\xef\xbb\xbf" + data).text == "x" + text


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.txt", b"", "empty"),
        ("a.txt", b" \r\n\t", "empty"),
        ("a.txt", "\ufeff".encode(), "empty"),
        ("a.txt", "\ufeff \n".encode("utf-16-le"), "empty"),
        ("a.ipynb", b'{"nbformat": 4, "cells": []}', "empty"),
        ("a.xlsx", workbook({"Empty": []}), "empty"),
        ("a.txt", b"text\0text", "binary"),
        ("picture.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1", "binary"),
        ("a.txt", b"abc \xff\xfe\xfd \x01\x02\x03 \x90\x91", "binary"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "unknown_type"),
        ("a.rtf", b"{\\rtf1 Hello}", "unknown_type"),
        ("a.ps", b"%!PS-Adobe-3.0", "unknown_type"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "encrypted_file"),
        ("a.pdf", b"no such thing", "broken_pdf"),
        ("a.pdf", b"%PDF-1.7 and then nothing", "broken_pdf"),
        ("a.pdf", pdf([["secret"]], password="user"), "encrypted_pdf"),
        ("a.pdf", pdf([[], []]), "pdf_without_text"),
        ("a.docx", b"no such thing", "broken_file"),
        ("a.docx", MADE["a.docx"][:500], "broken_file"),
        ("a.zip", b"PK\x03\x04 no more", "broken_archive"),
        ("a.ipynb", b"{", "broken_file"),
        ("a.ipynb", b"[" * 100_000, "broken_file"),
        ("a.ipynb", b'{"nbformat": 4}', "broken_file"),
        ("a.ipynb", b'{"nbformat": 4, "cells": [{"cell_type": "markdown", "source": "\\ud800"}]}', "wrong_encoding"),
        ("a.txt", "déjà vu à côté".encode() + b"\xff", "wrong_encoding"),
        ("a.txt", b"\xff\xfeabc", "wrong_encoding"),
        ("a.html", b"<html><title>404 Not Found</title><h1>404 Not Found</h1>nginx</html>", "html_error_page"),
    ],
)
def test_reasons(name: str, data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableDocument) as caught:
        parse(name, data)
    assert caught.value.reason == reason
    assert caught.value.fix == FIXES[reason]  # type: ignore[index]
    assert name in caught.value.message


def test_each_reason_has_a_fix() -> None:
    assert set(FIXES) == set(get_args(Reason)) == set(REASONS)


@pytest.mark.parametrize("name", sorted(set(MADE) - {"a.pptx"}))  # its one slide is empty
def test_signature_wins_over_a_lying_name(name: str) -> None:
    honest = parse(name, MADE[name])
    lying = parse("a.txt", MADE[name])
    assert (lying.media_type, lying.text) == (honest.media_type, honest.text)


def test_html_under_the_name_of_text() -> None:
    parsed = parse(
        "page.txt", b"<!DOCTYPE html><html><body><h1>Loss</h1><p>Cross entropy of the labels.</p></body></html>"
    )
    assert parsed.media_type == "text/html"
    assert parsed.text == "# Loss\n\nCross entropy of the labels."


def test_nothing_is_executed() -> None:
    parsed = parse("a.py", b"raise SystemExit(1)\n")
    assert parsed.text == "raise SystemExit(1)\n"


def test_title_is_the_file_name_where_nothing_else_is_known() -> None:
    assert parse("corpus/attention notes.txt", b"Text").title == "attention notes"
