"""The loader: strict front matter, errors that say what to do, worked examples."""

from __future__ import annotations

import pytest

from core.errors import NotFound, UnreadableDocument
from knowledge import handbook
from knowledge.handbook import examples, load, parse

FRONT = """title = "Mean"
aliases = ["average"]
algorithms = ["mean"]
references = ["Gauss, Theoria motus, 1809"]
answers = []
"""


def article(front: str = FRONT, body: str = "# Mean\n") -> str:
    return f"+++\n{front}+++\n{body}"


def test_parts_of_an_article():
    found = parse("statistics/mean.md", article())
    assert (found.slug, found.title, found.aliases) == ("mean", "Mean", ("average",))
    assert found.text == article()
    assert found.text.endswith(found.body)
    assert found.body == "# Mean\n"


def test_a_plus_line_inside_the_body_belongs_to_the_body():
    assert parse("s/mean.md", article(body="# Mean\n+++\nmore\n")).body == "# Mean\n+++\nmore\n"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# Mean\n",
        "+++\ntitle = 'Mean'\n# never closed\n",
        article(front=FRONT + 'author = "nobody"\n'),
        article(front=FRONT.replace("answers = []\n", "")),
        article(front=FRONT.replace('["Gauss, Theoria motus, 1809"]', "[]")),
        article(front=FRONT.replace('"Mean"', "3")),
        article(front=FRONT.replace('["average"]', '"average"')),
        article(front="title = \n"),
    ],
    ids=["empty", "missing", "open", "extra", "absent", "no-reference", "number", "no-list", "no-toml"],
)
def test_bad_front_matter_is_refused(text):
    with pytest.raises(UnreadableDocument) as caught:
        parse("statistics/mean.md", text)
    assert caught.value.reason == "front_matter"
    assert "statistics/mean.md" in caught.value.message
    assert caught.value.fix


@pytest.mark.parametrize("path", ["statistics/The Mean.md", "statistics/mean_value.md", "statistics/.md"])
def test_a_file_name_that_is_no_slug_is_refused(path):
    with pytest.raises(UnreadableDocument) as caught:
        parse(path, article())
    assert caught.value.reason == "name"


def test_two_files_with_one_slug_are_refused(tmp_path, monkeypatch):
    for topic in ("a", "b"):
        (tmp_path / topic).mkdir()
        (tmp_path / topic / "mean.md").write_text(article(), encoding="utf-8")
    monkeypatch.setattr(handbook, "ROOT", tmp_path)
    with pytest.raises(UnreadableDocument) as caught:
        handbook.articles.__wrapped__()
    assert caught.value.reason == "duplicate"
    assert "a/mean.md" in caught.value.message


def test_load_names_similar_articles():
    with pytest.raises(NotFound) as caught:
        load("softmaxx")
    assert "softmax" in caught.value.fix


def test_examples_in_order():
    body = '# Mean\n\n```vouch run mean\n{"x": [1, 2]}\n=>\n{"mean": 1.5}\n```\n\n```vouch run sum\n{}\n=>\n{"sum": 3}\n```\n'
    found = examples(parse("s/mean.md", article(body=body)))
    assert [e.algorithm for e in found] == ["mean", "sum"]
    assert found[0].inputs == {"x": [1, 2]}
    assert found[1].output == {"sum": 3}


@pytest.mark.parametrize(
    "block",
    [
        '```vouch run mean\n{"x": [1]}\n```\n',
        '```vouch run mean\n{"x": [1}\n=>\n{}\n```\n',
        "```vouch run mean\n[1]\n=>\n{}\n```\n",
        "```vouch runs mean\n{}\n=>\n{}\n```\n",
        "``` vouch run mean\n{}\n=>\n{}\n```\n",
    ],
    ids=["no-output", "no-json", "no-object", "other-verb", "space"],
)
def test_an_example_that_cannot_be_read_is_refused(block):
    with pytest.raises(UnreadableDocument) as caught:
        examples(parse("s/mean.md", article(body="# Mean\n\n" + block)))
    assert caught.value.reason == "example"
