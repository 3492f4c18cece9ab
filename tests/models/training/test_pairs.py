from __future__ import annotations

import gzip
import json
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InputError
from models.training.domain_pairs import corpus_pairs, section_pairs, sentences, statement_pairs
from models.training.groups import NUMBER, edit, edited_statements, other_number, question_statements
from models.training.pairs import is_held_out, read_folder


def write_lines(file: Path, rows: list[dict[str, object]]) -> None:
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_lines(tmp_path / "corpus.jsonl", [{"_id": f"d{n}", "title": f"T{n}", "text": f"text {n}"} for n in range(40)])
    write_lines(tmp_path / "queries.jsonl", [{"_id": f"q{n}", "text": f"query {n}"} for n in range(40)])
    (tmp_path / "qrels").mkdir()
    head = "query-id\tcorpus-id\tscore\n"
    (tmp_path / "qrels" / "train.tsv").write_text(
        head + "".join(f"q{n}\td{n}\t{int(n != 3)}\n" for n in range(30)), encoding="utf-8"
    )
    (tmp_path / "qrels" / "test.tsv").write_text(
        head + "".join(f"q{n}\td{n}\t1\n" for n in range(30, 40)), encoding="utf-8"
    )
    return tmp_path


def test_only_train_splits_and_positive_judgements_are_read(folder: Path) -> None:
    (collection,) = read_folder(folder, 100, 0)
    asked = {pair.query for pair in collection.pairs}
    assert asked == {f"query {n}" for n in range(30) if n != 3}
    assert all(collection.texts[p.positive] == f"T{p.query[6:]}. text {p.query[6:]}" for p in collection.pairs)
    assert {p.query for p in collection.pairs if p.held_out} == {
        f"query {n}" for n in range(30) if is_held_out(f"d{n}")
    } - {"query 3"}


def test_the_limit_draws_the_same_pairs_each_time(folder: Path) -> None:
    first, second = read_folder(folder, 5, 1)[0], read_folder(folder, 5, 1)[0]
    assert first.pairs == second.pairs
    assert len(first.pairs) == 5


def test_a_packed_corpus_is_read(folder: Path) -> None:
    data = (folder / "corpus.jsonl").read_bytes()
    (folder / "corpus.jsonl").unlink()
    (folder / "corpus.jsonl.gz").write_bytes(gzip.compress(data))
    assert len(read_folder(folder, 100, 0)[0].texts) == 40


def test_a_broken_line_is_named(folder: Path) -> None:
    with open(folder / "corpus.jsonl", "a", encoding="utf-8") as stream:
        stream.write("{oops\n")
    with pytest.raises(InputError, match=r"corpus\.jsonl:41"):
        read_folder(folder, 100, 0)
    with pytest.raises(InputError, match="missing"):
        read_folder(folder / "nowhere", 100, 0)


TEXT = (
    "We study a model of memory in networks of neurons. The network stores many patterns at once without loss. "
    "Our experiments use nine data sets of different sizes. Accuracy rises by four points over the best baseline. "
    "We conclude that sparse memory helps small models most of all."
)


def test_a_statement_is_cut_out_of_its_passage() -> None:
    rows = [(f"d{n}", "Sparse memory", TEXT) for n in range(300)]
    collection = statement_pairs("x", rows, 0)
    assert len(collection.pairs) == 300
    for pair in collection.pairs:
        assert pair.query in sentences(TEXT)
        assert pair.query not in collection.texts[pair.positive]
    conclusions = sum(pair.query.startswith("We conclude") for pair in collection.pairs)
    assert 150 < conclusions < 210  # half by rule, and one in five of the rest


def test_a_large_corpus_gives_titles_and_statements_of_different_documents() -> None:
    corpus = {f"d{n}": (f"Title number {n}", f"{TEXT} Document {n} ends here now.") for n in range(40)}
    titles, statements = corpus_pairs("c", corpus, 15, 0)
    assert (len(titles.pairs), len(statements.pairs)) == (15, 15)
    used = {text.split("Document ")[-1] for text in titles.texts}
    assert used.isdisjoint(text.split("Document ")[-1] for text in statements.texts if "Document " in text)


def test_aliases_ask_for_the_first_section() -> None:
    collection = section_pairs("h", [("a", "Softmax", "It maps.", ("softargmax",)), ("a", "Use it?", "Do.", ())], 10, 0)
    assert [pair.positive for pair in collection.pairs] == [0, 0, 1]
    assert "softargmax" in collection.pairs[1].query
    assert collection.pairs[2].query == "Use it?"


@given(st.integers(1, 999_999), st.none() | st.integers(0, 999), st.integers(0, 10_000))
def test_another_number_is_another_number(whole: int, fraction: int | None, seed: int) -> None:
    number = str(whole) if fraction is None else f"{whole}.{fraction}"
    other = other_number(number, "of 12 and 7.5", random.Random(seed))
    assert other != number
    assert NUMBER.fullmatch(other)


@pytest.mark.parametrize(
    ("sentence", "changed"),
    [
        ("The loss is convex.", "The loss is not convex."),
        ("The loss is not convex.", "The loss is convex."),
        ("Noise increases variance.", "Noise decreases variance."),
    ],
)
def test_negation_is_turned(sentence: str, changed: str) -> None:
    assert edit(sentence, "", random.Random(0)) == changed


def test_edits_come_in_pairs_over_one_passage() -> None:
    statements = list(edited_statements([TEXT, "Nothing to change here."], random.Random(0)))
    assert [s.support for s in statements] == [(1.0,), (0.0,)]
    assert statements[0].passages == statements[1].passages
    assert statements[0].query in TEXT
    assert statements[1].query not in TEXT


def test_near_misses_lack_the_answer(tmp_path: Path) -> None:
    paragraph = "Alpha was built in 1910. It is a bridge over the river Foo. Many people cross it."
    write_lines(tmp_path / "corpus.jsonl", [{"_id": f"A{n}#0", "title": "Alpha", "text": paragraph} for n in range(60)])
    queries: list[dict[str, object]] = []
    for n in range(60):
        about = {"passage": f"A{n}#0", "article": f"A{n}"}
        queries.append(
            {"_id": f"q{n}", "text": "When?", "metadata": {**about, "answers": ["1910"], "is_impossible": False}}
        )
        queries.append({"_id": f"i{n}", "text": "Who?", "metadata": {**about, "answers": [], "is_impossible": True}})
    write_lines(tmp_path / "queries.jsonl", queries)
    (tmp_path / "qrels").mkdir()
    rows = "".join(f"q{n}\tA{n}#0\t1\n" for n in range(60))
    (tmp_path / "qrels" / "train.tsv").write_text("query-id\tcorpus-id\tscore\n" + rows, encoding="utf-8")
    statements = list(question_statements(tmp_path, random.Random(0)))
    held = sum(is_held_out(f"A{n}#0") for n in range(60))
    assert len(statements) == 2 * (60 - held)
    for statement in statements:
        if statement.query == "Who?":
            assert statement.support == (0.0,)
        else:
            assert ("1910" in statement.passages[0]) == (statement.support[0] == 1.0)
            assert all("1910" not in p for p, s in zip(statement.passages, statement.support, strict=True) if s == 0.0)
    assert any(len(statement.passages) == 2 for statement in statements)
    assert len(list(question_statements(tmp_path, random.Random(0), held_out=True))) == 2 * held
