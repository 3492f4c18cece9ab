from __future__ import annotations

import io
import zipfile

import pytest
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from core.errors import UnreadableDocument
from indexing.parsing.base import parse
from tests.indexing.parsing.office_files import word


def write(document: Document) -> None:
    document.add_heading("Attention", 0)
    document.add_heading("1. Scaling", 1)
    document.add_paragraph("Before the table.")
    table = document.add_table(rows=2, cols=2)
    for cell, words in zip((c for row in table.rows for c in row.cells), ["Model", "Score", "a|b", "0.5"], strict=True):
        cell.text = words
    document.add_paragraph("first", style="List Bullet")
    document.add_paragraph("nested", style="List Bullet 2")
    document.add_paragraph("second", style="List Number")
    document.add_heading("Deeper", 2)
    document.add_paragraph("# no heading")


def test_order_headings_tables_and_lists() -> None:
    parsed = parse("a.docx", word(write))
    assert parsed.text == (
        "# Attention\n\n# 1. Scaling\n\nBefore the table.\n\n| Model | Score |\n| --- | --- |\n| a\\|b | 0.5 |\n\n"
        "- first\n  - nested\n- second\n\n## Deeper\n\n# no heading"
    )
    assert [(s.heading, s.level) for s in parsed.sections] == [("Attention", 1), ("Scaling", 1), ("Deeper", 2)]
    assert [parsed.text[s.start : s.body_start].strip() for s in parsed.sections] == [
        "# Attention",
        "# 1. Scaling",
        "## Deeper",
    ]
    assert parsed.sections[1].end == parsed.sections[2].end == len(parsed.text)
    assert parsed.title == "Attention"


def test_heading_by_base_style_and_by_outline_level() -> None:
    def write(document: Document) -> None:
        style = document.styles.add_style("House heading", WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = document.styles["Heading 2"]
        document.add_paragraph("Styled", style="House heading")
        marked = document.add_paragraph("Marked")
        marked._p.get_or_add_pPr().append(parse_xml(f'<w:outlineLvl {nsdecls("w")} w:val="2"/>'))

    assert [(s.heading, s.level) for s in parse("a.docx", word(write)).sections] == [("Styled", 2), ("Marked", 3)]


def test_insertions_links_controls_and_boxes_are_kept_and_deletions_not() -> None:
    def write(document: Document) -> None:
        paragraph = document.add_paragraph("Kept ")
        run = '<w:r><w:t xml:space="preserve">{}</w:t></w:r>'
        box = f"<w:txbxContent><w:p>{run.format('boxed')}</w:p></w:txbxContent>"
        for xml in (
            f"<w:ins {nsdecls('w')}>{run.format('inserted ')}</w:ins>",
            f"<w:del {nsdecls('w')}><w:r><w:delText>deleted</w:delText></w:r></w:del>",
            f"<w:hyperlink {nsdecls('w')}>{run.format('linked')}</w:hyperlink>",
            f"<w:r {nsdecls('w')}><w:pict>{box}</w:pict></w:r>",
        ):
            paragraph._p.append(parse_xml(xml))
        control = f"<w:sdt {nsdecls('w')}><w:sdtContent><w:p>{run.format('controlled')}</w:p></w:sdtContent></w:sdt>"
        document.element.body.insert(1, parse_xml(control))

    assert parse("a.docx", word(write)).text == "Kept inserted linked\n\nboxed\n\ncontrolled"


def test_title_of_the_properties_comes_first() -> None:
    def write(document: Document) -> None:
        document.core_properties.title = "Carried"
        document.add_heading("Shown", 1)

    assert parse("a.docx", word(write)).title == "Carried"


def test_footnotes_follow_the_body() -> None:
    def write(document: Document) -> None:
        paragraph = document.add_paragraph("Claim")
        paragraph._p.append(parse_xml(f'<w:r {nsdecls("w")}><w:footnoteReference w:id="2"/></w:r>'))
        note = '<w:footnote w:id="{}" {}><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:footnote>'
        notes = note.format(0, 'w:type="separator"', "line") + note.format(2, "", "Proof.")
        xml = f"<w:footnotes {nsdecls('w')}>{notes}</w:footnotes>".encode()
        kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
        package = document.part.package
        relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
        document.part.relate_to(Part(PackURI("/word/footnotes.xml"), kind, xml, package), relation)

    assert parse("a.docx", word(write)).text == "Claim[^2]\n\n[^2]: Proof."


def test_bomb_is_refused() -> None:
    buffer = io.BytesIO(word(write))
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/media/zeros.bin", bytes(11_000_000))
    with pytest.raises(UnreadableDocument) as caught:
        parse("a.docx", buffer.getvalue())
    assert caught.value.reason == "unsafe_archive"
