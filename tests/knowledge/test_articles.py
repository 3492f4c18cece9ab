"""Every article: its form, its links, its worked examples and the questions it answers."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from algorithms.registry import load as load_algorithm
from indexing.chunking.outline import recover_sections
from knowledge.handbook import ROOT as ARTICLES_FOLDER
from knowledge.handbook import Article, Example, articles, examples, reference_key

ROOT = Path(__file__).resolve().parents[2]
QUESTIONS = ROOT.parent / "shared" / "catalog" / "questions.csv"
ALL = list(articles().values())
RUNS = [(article, example) for article in ALL for example in examples(article)]
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
DISPLAYED = re.compile(r"\$\$.*?\$\$", re.DOTALL)
CODE_SPAN = re.compile(r"`[^`\n]+`")
LINK = re.compile(r"\[[^\]\n]+\]\((?P<target>[^)\s]+)\)")
DATED = re.compile(r"arXiv:|doi:|https?://|\b(18|19|20)\d\d\b|documentation|draft")
FILLER = re.compile(
    r"important to note|worth noting|in today's|delve|game.chang|cutting.edge|revolutioni[sz]|unlock the|in conclusion"
    r"|seamless|powerful tool|when it comes to",
    re.IGNORECASE,
)
every_article = pytest.mark.parametrize("article", ALL, ids=lambda article: article.path)
every_run = pytest.mark.parametrize(
    ("article", "example"), RUNS, ids=[f"{a.slug}-{i}-{e.algorithm}" for i, (a, e) in enumerate(RUNS)]
)


def prose(article: Article) -> str:
    """The body without fenced blocks."""
    return FENCED.sub("", article.body)


def paragraphs(text: str) -> list[str]:
    return [part for part in re.split(r"\n\s*\n", text.strip()) if part.strip()]


def test_the_handbook_is_complete():
    assert len(ALL) >= 180
    assert len({article.title for article in ALL}) == len(ALL)
    assert len({article.slug for article, _ in RUNS}) >= 140


@every_article
def test_front_matter(article):
    assert article.path == f"{Path(article.path).parent}/{article.slug}.md"
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", Path(article.path).parent.as_posix())
    for values in (article.aliases, article.algorithms, article.references, article.answers):
        assert len(set(values)) == len(values)
        assert all(value == value.strip() and value for value in values)
    assert article.aliases
    assert article.checked
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", id) for id in article.algorithms)
    assert all(re.fullmatch(r"\d{3}:\d+(,\d+)*", key) for key in article.answers)
    assert any(DATED.search(reference) for reference in article.references)


@every_article
def test_form_of_the_references(article):
    keys = [reference_key(reference) for reference in article.references]
    assert len(set(keys)) == len(keys)
    for (kind, key), reference in zip(keys, article.references, strict=True):
        assert ("arXiv:" in reference) == (kind == "arxiv"), reference
        assert ("doi:" in reference) == (kind == "doi"), reference
        if kind == "arxiv":
            year, month = (int(part) for part in re.findall(r"\d\d", key.split("/")[-1])[:2])
            assert 1 <= month <= 12, reference
            # The year of a reference is that of the preprint's number; a paper may be printed a year later.
            stated = re.findall(r"\b(?:19|20)\d\d\b", reference.split("arXiv:")[0])
            assert stated, reference
            assert int(stated[-1]) == (1900 if year > 90 else 2000) + year, reference
        elif kind == "url":
            assert re.fullmatch(r"https?://[a-z0-9.-]+\.[a-z]{2,}(/[\w.~/#%-]*)?", key), reference
        else:
            assert re.search(r"\b(1[6-9]|20)\d\d\b|documentation|draft", reference), reference


def test_one_paper_is_cited_in_one_way():
    cited: dict[tuple[str, str], set[str]] = {}
    for article in ALL:
        for reference in article.references:
            kind, key = reference_key(reference)
            if kind in {"arxiv", "doi"}:
                cited.setdefault((kind, key), set()).add(reference.split(key)[0])
    assert not {key: sorted(ways) for key, ways in cited.items() if len(ways) > 1}


def test_spelling():
    codespell = Path(sys.executable).with_name("codespell")
    found = subprocess.run(
        [codespell, "knowledge", "docs", "README.md"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stdout + found.stderr


@every_article
def test_form_of_the_body(article):
    text = prose(article)
    assert article.body.startswith(f"# {article.title}\n\n")
    assert 300 <= len(DISPLAYED.sub("", text).split()) <= 900
    headings = re.findall(r"^(#+) (.+)$", text, re.MULTILINE)
    assert [level for level, _ in headings].count("#") == 1
    assert {level for level, _ in headings} <= {"#", "##"}
    assert [name for _, name in headings].count("Pitfalls") == 1
    assert headings[-1] == ("##", "Pitfalls")
    assert len({name for _, name in headings}) == len(headings)
    assert sum(name not in {"Pitfalls", "How do I compute it?"} for level, name in headings if level == "##") >= 2


@every_article
def test_it_begins_with_a_one_sentence_answer(article):
    first = " ".join(paragraphs(article.body)[1].split())
    assert not re.match(r"[#|`$*-]", first)
    assert first.endswith(".")
    assert not re.search(r"[.!?] [A-Z]", first)
    assert 8 <= len(first.split()) <= 60


@every_article
def test_it_says_how_people_ask_for_it(article):
    lead = [" ".join(part.split()) for part in paragraphs(article.body.split("\n## ", 1)[0])]
    asked = [part for part in lead if part.startswith("Also asked as: ")]
    assert len(asked) == 1
    questions = re.findall(r"[^?]+\?", asked[0].removeprefix("Also asked as: "))
    assert "".join(questions) == asked[0].removeprefix("Also asked as: ")
    assert len(questions) >= 2
    assert all(len(question.split()) >= 3 for question in questions)
    # A wrapped line that reads like a heading would cut the article there.
    written = set(re.findall(r"^#+ (.+)$", article.body, re.MULTILINE))
    assert not [s.heading for s in recover_sections(article.body) if s.heading in asked[0] and s.heading not in written]


@every_article
def test_pitfalls_are_a_list(article):
    items = re.findall(r"^- .+$", article.body.split("## Pitfalls\n", 1)[1], re.MULTILINE)
    assert len(items) >= 3


@every_article
def test_markup_is_balanced(article):
    text = prose(article)
    assert article.body.count("```") % 2 == 0
    assert text.count("$$") % 2 == 0
    inline = CODE_SPAN.sub("", DISPLAYED.sub("", text))
    for paragraph in paragraphs(inline):
        assert paragraph.count("$") % 2 == 0, paragraph
    assert article.text == article.text.rstrip() + "\n"
    assert not re.search(r"[ \t]$", article.text, re.MULTILINE)
    assert "\t" not in article.text


@every_article
def test_tables_are_rectangular(article):
    for table in re.findall(r"(?:^\|.*\n)+", prose(article), re.MULTILINE):
        rows = [re.split(r"(?<!\\)\|", line)[1:-1] for line in table.strip().splitlines()]
        assert len({len(row) for row in rows}) == 1, table
        assert all(re.fullmatch(r"-+", cell) for cell in rows[1]), table


@every_article
def test_plain_style(article):
    assert not FILLER.search(article.body)
    assert not re.search(r"\bTODO\b|\bFIXME\b|\bTBD\b|lorem ipsum", article.text, re.IGNORECASE)


@every_article
def test_internal_links_resolve(article):
    here = (ARTICLES_FOLDER / article.path).parent
    for match in LINK.finditer(CODE_SPAN.sub("", prose(article))):
        target = match["target"]
        if target.startswith(("https://", "http://")):
            continue
        file = (here / target).resolve()
        assert file.is_file(), target
        assert file != (ARTICLES_FOLDER / article.path).resolve(), target


def assert_shown(shown: Any, actual: Any, where: str) -> None:
    """The actual value agrees with what is shown, to the digits shown."""
    if isinstance(shown, dict):
        assert isinstance(actual, dict), where
        for key, value in shown.items():
            assert key in actual, f"{where}.{key}"
            assert_shown(value, actual[key], f"{where}.{key}")
    elif isinstance(shown, list):
        assert isinstance(actual, list), where
        assert len(shown) == len(actual), where
        for index, value in enumerate(shown):
            assert_shown(value, actual[index], f"{where}[{index}]")
    elif isinstance(shown, float):
        assert isinstance(actual, int | float), where
        assert not isinstance(actual, bool), where
        exponent = Decimal(repr(shown)).as_tuple().exponent
        assert isinstance(exponent, int)
        half_a_unit = 0.5 * 10.0**exponent
        assert abs(actual - shown) <= half_a_unit * (1 + 1e-9), f"{where}: {shown} is shown, {actual} comes out"
    else:
        assert type(shown) is type(actual), where
        assert shown == actual, where


@every_run
def test_worked_examples_give_what_they_show(article, example: Example):
    assert example.algorithm in article.algorithms
    assert example.output
    algorithm = load_algorithm(example.algorithm)
    assert algorithm.cost != "trains"
    assert_shown(example.output, algorithm.run(example.inputs), f"{article.slug}: {example.algorithm}")


@pytest.mark.parametrize(
    ("shown", "actual"),
    [(0.659, 0.6604), (0.66, 0.6651), ([1, 2], [1, 2, 3]), ({"a": 1}, {"b": 1}), (1, 1.0), (True, 1), ("a", "b")],
)
def test_a_wrong_digit_is_noticed(shown, actual):
    with pytest.raises(AssertionError):
        assert_shown(shown, actual, "example")


@pytest.mark.parametrize(("shown", "actual"), [(0.659, 0.6590011), (3.15e23, 3.1513e23), (1030.7, 1030.7057), (1.0, 1)])
def test_rounded_digits_are_accepted(shown, actual):
    assert_shown(shown, actual, "example")


def test_every_question_is_answered():
    if not QUESTIONS.is_file():
        pytest.skip("the list of questions is not part of a clone")
    with QUESTIONS.open(encoding="utf-8", newline="") as file:
        asked = {row["source"] for row in csv.DictReader(file)}
    answered = {key for article in ALL for key in article.answers}
    assert answered <= asked, sorted(answered - asked)
    assert asked <= answered, sorted(asked - answered)
