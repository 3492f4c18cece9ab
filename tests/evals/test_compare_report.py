"""Comparison, reports, history, question synthesis and the readers of TREC files."""

from __future__ import annotations

import json
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InputError, NotFound
from core.types import Document, Section
from evals.charts import Line, cumulative, lines, log_ticks, reliability, scatter, ticks
from evals.compare import compare, compare_report
from evals.datasets.collection import Passage, content_key
from evals.datasets.open_collection import open_collection
from evals.datasets.seeds import seed_of
from evals.history import append_history, history_blocks, read_history
from evals.report import Cell, Figure, Heading, Report, Table, Text, to_markdown, write_report
from evals.run_file import ranked, read_run, write_run
from evals.scored_files import Scored, read_scored
from evals.synth import candidates, feedback_qrels, found_again, synthesise

VALUES = {str(number): (number % 7) / 7 for number in range(40)}


def scored(name: str, change: float) -> Scored:
    return Scored(name, {"nDCG@10": {q: min(1.0, max(0.0, v + change * (1 + int(q) % 3))) for q, v in VALUES.items()}})


def test_a_loss_is_a_regression_and_a_gain_is_not():
    verdict = compare([scored("a", 0.0), scored("worse", -0.05), scored("better", 0.05), scored("same", 0.0)])
    assert verdict.regressions == (("worse", "nDCG@10"),)
    assert verdict.comparisons["same", "nDCG@10"].p == 1.0
    assert compare([scored("a", 0.0), scored("worse", -0.05)], tolerance=0.5).regressions == ()


def test_errors_go_the_other_way():
    verdict = compare([scored("a", 0.0), scored("more", 0.05)], lower_is_better=["nDCG@10"])
    assert verdict.regressions == (("more", "nDCG@10"),)


def test_holm_is_applied_over_all_comparisons():
    verdict = compare([scored("a", 0.0), scored("b", -0.002), scored("c", -0.05)])
    for comparison in verdict.comparisons.values():
        assert comparison.p_holm >= comparison.p


def test_files_to_compare(tmp_path):
    write_run(tmp_path / "a.run", {"q": {"x": 1.0, "y": 0.5}}, "a")
    found = read_scored(tmp_path / "a.run", {"q": {"y": 1}}, ["RR"])
    assert found.per_query == {"RR": {"q": 0.5}}
    (tmp_path / "r.json").write_text(json.dumps({"per_question": {"F1": {"q": 0.5}}}))
    assert read_scored(tmp_path / "r.json", None, []).per_query == {"F1": {"q": 0.5}}
    (tmp_path / "bad.json").write_text("[]")
    with pytest.raises(InputError, match="per_question"):
        read_scored(tmp_path / "bad.json", None, [])
    with pytest.raises(InputError, match="run file"):
        read_scored(tmp_path / "a.run", None, [])
    with pytest.raises(NotFound):
        read_scored(tmp_path / "none.run", None, [])
    for wrong in ([found], [found, found], [found, Scored("z", {"AP": {"q": 1.0}})]):
        with pytest.raises(InputError):
            compare(wrong)


def test_the_comparison_is_reported():
    both = [scored("a", 0.0), scored("worse", -0.05)]
    text = to_markdown(compare_report(both, compare(both)))
    assert "1 regressions" in text
    assert "p (Holm)" in text


@given(st.dictionaries(st.sampled_from("abcdef"), st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_a_run_reads_back_exactly(scores):
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "x.run"
        write_run(file, {"q": scores}, "tag")
        assert read_run(file) == ({"q": scores}, "tag")
        assert [line.split()[2] for line in file.read_text().splitlines()] == ranked(scores)


@pytest.mark.parametrize("line", ["q Q0 d 1", "q Q0 d 1 nan t", "q Q0 d 1 x t", "q Q0 d 1 2 t\nq Q0 d 2 1 t"])
def test_a_bad_run_is_refused(tmp_path, line):
    (tmp_path / "x.run").write_text(line + "\n")
    with pytest.raises(InputError):
        read_run(tmp_path / "x.run")


def test_a_run_file_refuses_blanks_and_infinities(tmp_path):
    for run in ({"q": {"a b": 1.0}}, {"q": {"a": float("inf")}}):
        with pytest.raises(InputError):
            write_run(tmp_path / "x.run", run, "t")
    assert not (tmp_path / "x.run").exists()


SGML = """<top>
<num> Number: 51
<title> Topic: airbus   subsidies
<desc> Description: what follows is no query
</top>
<top><num> 52 <title>south african
sanctions</title></top>"""
XML = '<topics><topic number="1"><query>ocean heat</query><question>no</question></topic></topics>'
TREC_TEXT = "<DOC>\n<DOCNO> A-1 </DOCNO>\n<TITLE>One</TITLE>\n<TEXT>First <b>text</b>.</TEXT></DOC>"
TREC_TEXT += "<DOC><DOCNO>A-2</DOCNO>Two.</DOC>"


def test_trec_folders(tmp_path):
    folder = tmp_path / "demo"
    folder.mkdir()
    (folder / "topics.demo.txt").write_text(SGML)
    (folder / "qrels.demo.txt").write_text("51 0 A-1 1\n52 0 A-2 2\n")
    (folder / "docs.trec").write_text(TREC_TEXT)
    found = open_collection(folder)
    assert found.queries == {"51": "airbus subsidies", "52": "south african sanctions"}
    assert list(found.passages()) == [Passage("A-1", "One", "First  text ."), Passage("A-2", "", "Two.")]
    assert found.splits == ["test"]
    assert found.qrels("test") == {"51": {"A-1": 1}, "52": {"A-2": 2}}
    (folder / "topics.demo.txt").write_text(XML)
    assert open_collection(folder).queries == {"1": "ocean heat"}
    (folder / "topics.demo.txt").write_text("7\tplain query\n")
    assert open_collection(folder).queries == {"7": "plain query"}
    (folder / "qrels.demo.txt").write_text("51 0 A-1\n")
    with pytest.raises(InputError, match=r"qrels\.demo\.txt:1"):
        found.qrels("test")
    with pytest.raises(NotFound):
        open_collection(tmp_path / "none")
    with pytest.raises(NotFound):
        open_collection(tmp_path)


def test_content_keys_see_where_a_field_ends():
    assert content_key(iter([Passage("a", "bc", "")])) != content_key(iter([Passage("a", "b", "c")]))


class Checker(HTMLParser):
    """Notes tags that would fetch something and whether all are closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.fetches: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag not in {"meta", "link", "img", "input", "br"}:
            self.open.append(tag)
        self.fetches += [
            f"{tag} {name}" for name, value in attrs if name in {"src", "href"} and not value.startswith("#")
        ]

    def handle_startendtag(self, tag, attrs): ...

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


HOSTILE = "<script>alert(1)</script>\"'&"


def test_a_page_is_whole_and_escapes_everything(tmp_path):
    chart = lines([Line(HOSTILE, [(1.0, 2.0), (10.0, 3.0)])], HOSTILE, HOSTILE, log_x=True)
    blocks = [
        Heading(HOSTILE),
        Text(HOSTILE),
        Figure(chart, HOSTILE),
        Table([HOSTILE, "n"], [[Cell(HOSTILE, HOSTILE, "best"), "1"]]),
    ]
    page = write_report(tmp_path, Report(HOSTILE, HOSTILE, blocks)).read_text()
    checker = Checker()
    checker.feed(page)
    assert checker.open == []
    assert checker.fetches == []
    assert "<script" not in page
    assert "prefers-color-scheme:dark" in page
    assert (tmp_path / "report.md").is_file()


@pytest.mark.parametrize(
    "chart",
    [
        scatter([(0.0, 1.0, "q"), (0.5, 0.5, "r")], "a", "b"),
        scatter([], "a", "b"),
        reliability([(0.1, 0.2, 3), (0.9, 0.7, 9)], "r"),
        cumulative([("a", [1.0, 2.0, 4.0]), ("b", [3.0])], "ms"),
        lines([Line("flat", [(1.0, 1.0), (2.0, 1.0)])], "x", "y"),
        lines([], "x", "y"),
    ],
)
def test_charts_are_well_formed(chart):
    checker = Checker()
    checker.feed(chart)
    assert checker.open == []
    assert "nan" not in chart


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6))
def test_ticks_lie_within_their_range(low, width):
    found = ticks(low, low + width)
    assert 2 <= len(found) <= 12
    assert all(low - 1e-6 * width <= tick <= low + width * (1 + 1e-6) for tick in found)


def test_log_ticks():
    assert log_ticks(1, 1000) == [1, 10, 100, 1000]
    assert log_ticks(1, 10) == [1, 2, 5, 10]


def test_history_shows_a_regression(tmp_path):
    file = tmp_path / "history.jsonl"
    assert read_history(file, "retrieval") == []
    for value in (0.7, 0.71, 0.5):
        append_history(file, "retrieval", f"v{value}", {"nDCG@10": value}, {"encoder": "e"})
    append_history(file, "answers", "x", {"F1": 0.1}, {})
    rows = read_history(file, "retrieval")
    assert [row["values"]["nDCG@10"] for row in rows] == [0.7, 0.71, 0.5]
    _, figure = history_blocks(rows, ["nDCG@10"], "nDCG@10")
    assert "3: v0.5" in figure.caption
    assert history_blocks(rows[:1], ["nDCG@10"], "nDCG@10") == []


def document(text: str, sections: tuple[Section, ...] = (), id: str = "d1") -> Document:
    return Document(
        id=id,
        source=f"notes/{id}.md",
        origin="o",
        title="t",
        media_type="text/markdown",
        text=text,
        sha256="0",
        sections=sections,
        pages=(),
    )


NOTES = """What is a zorb?
A zorb is a small blue widget that stores flux in its casing.

Dropout is a regularisation method that zeroes activations at random. It was published in 2014 by a group.
The casing of a new zorb withstands exactly 42 units of pressure."""
SECTION = Section(heading="What is a zorb?", level=1, start=0, end=len(NOTES), body_start=16)


def test_questions_come_from_headings_definitions_and_numbers():
    made = {q.question: q for q in candidates(document(NOTES, (SECTION,)))}
    assert set(made) == {
        "What is a zorb?",
        "What is dropout?",
        "Which number is missing: The casing of a new zorb withstands exactly … units of pressure?",
    }
    for question in made.values():
        assert NOTES[question.start : question.end] == question.quote
        seed = seed_of(question.as_seed(), "made")
        assert seed.evidence[0].quote == question.quote
    assert made[
        "Which number is missing: The casing of a new zorb withstands exactly … units of pressure?"
    ].expected == (42.0,)


def test_what_is_not_found_again_or_asked_twice_is_dropped():
    one, two = document(NOTES, (SECTION,)), document(NOTES, (SECTION,), "d2")

    def find(question: str) -> list[tuple[str, int, int]]:
        return [] if "dropout" in question else [("d1", 0, len(NOTES)), ("d2", 0, len(NOTES))]

    result = synthesise([one, two], find)
    assert len(result.questions) == 2
    assert result.dropped == {"not found again": 2, "asked already": 4}
    assert len(synthesise([one, two], find, limit=1).questions) == 1


def test_a_passage_is_found_where_half_of_it_shows():
    question = next(iter(candidates(document(NOTES, (SECTION,)))))
    length = question.end - question.start
    assert found_again(question, [("d1", question.start, question.start + length // 2 + 1)])
    assert not found_again(question, [("d1", question.start, question.start + length // 2 - 1)])
    assert not found_again(question, [("d2", 0, 999)])


def test_feedback_becomes_judgements():
    rows = [
        {"answer_id": "a", "rating": 1, "document_id": "d", "start": 0, "end": 5},
        {"answer_id": "a", "rating": -1, "document_id": "d", "start": 0, "end": 5},
        {"answer_id": "a", "rating": 1, "document_id": "e", "start": 3, "end": 9},
        {"answer_id": "b", "rating": 1, "document_id": None, "start": None, "end": None},
    ]
    assert feedback_qrels(rows, lambda id, start, end: f"{id}-{start}-{end}") == {"a": {"d-0-5": 0, "e-3-9": 1}}
