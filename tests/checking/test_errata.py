"""The book of errata: each entry recognises its examples and lets the true look-alike pass; the loader refuses faults."""

from __future__ import annotations

import pytest

from algorithms.registry import catalog
from checking.errata_book import errata, load
from checking.recognise import recognise
from checking.statements import statements
from core.errors import SettingsError
from core.types import Frozen
from knowledge.handbook import articles

GOOD = """[[erratum]]
id = "one"
claim = "water is dry"
correct = "Water is wet, as everybody knows."
severity = 2
says = ["water is dry"]
examples = ["Water is dry."]
"""


@pytest.mark.parametrize("entry", errata(), ids=lambda entry: entry.id)
def test_an_entry_recognises_its_first_example_and_nothing_true(entry):
    assert entry in recognise(entry.examples[0], [])
    assert entry not in recognise(entry.correct, [])
    assert [right for right in entry.right if entry in recognise(right, [])] == []


def test_the_gravest_have_a_true_look_alike():
    assert [entry.id for entry in errata() if entry.severity == 1 and not entry.right] == []


def test_proofs_are_in_the_catalog():
    assert [entry.id for entry in errata() if entry.proof and entry.proof not in catalog()] == []


def test_claims_are_clauses():
    assert [entry.id for entry in errata() if entry.claim.endswith(".") or not entry.correct.endswith(".")] == []


def test_negation_falsehood_and_questions_make_no_claim():
    assert recognise("Ridge is the L1 penalty.", [])
    assert recognise("Ridge is not the L1 penalty.", []) == []
    assert recognise("It is a myth that ridge is the L1 penalty.", []) == []
    assert recognise("Is ridge the L1 penalty?", []) == []


def test_parts_of_a_form_far_apart_say_nothing_together():
    filler = "One more word about something else entirely follows here. "
    parts = ("Pooling makes a network robust ", "to a change of scale.")
    assert [entry.id for entry in recognise("".join(parts), [])] == ["pooling-scale-invariant"]
    assert recognise((filler * 6).join(parts), []) == []


def test_a_question_may_take_a_claim_for_granted():
    assert [e.id for e in recognise("What is the role of cross-modal attention in CLIP?", [])] == [
        "clip-has-cross-attention"
    ]


def test_headings_give_the_topic():
    assert recognise("Not suitable for sequential data.", ["CNN", "Limitations"])
    assert recognise("Not suitable for sequential data.", ["Feed-forward networks", "Limitations"]) == []


def test_nothing_fires_on_the_handbook():
    fired = [
        (article.slug, entry.id, article.body[start:end])
        for article in articles().values()
        for (start, end), headings in statements(article.body, 0, len(article.body), [article.title])
        for entry in recognise(article.body[start:end], headings)
    ]
    assert fired == []


def test_nothing_fires_on_what_the_algorithms_say():
    fired = [
        (entry.id, erratum.id)
        for entry in catalog().values()
        for (start, end), headings in statements(entry.article, 0, len(entry.article), [entry.name])
        for erratum in recognise(entry.article[start:end], headings)
    ]
    assert fired == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[[erratum", "no TOML"),
        ("[erratum]\nid = 'one'", "no list"),
        (GOOD.replace("says", "says_it"), "says_it"),
        (GOOD.replace('says = ["water is dry"]\n', ""), "matches every sentence"),
        (GOOD.replace("severity = 2", "severity = 7"), "severity"),
        (GOOD + "shows = [{at = 'x', be = '='}]\n", "shows"),
        (GOOD + "shows = [{at = 'x', be = '~', value = 1}]\n", "shows"),
        (GOOD + "patterns = ['(']\n", "unterminated"),
        (GOOD + GOOD, "two errata"),
    ],
)
def test_faults_are_named(tmp_path, content, message):
    (tmp_path / "bad.toml").write_text(content, encoding="utf-8")
    with pytest.raises(SettingsError, match=message) as caught:
        load(tmp_path)
    assert caught.value.fix


def test_an_entry_is_read(tmp_path):
    (tmp_path / "good.toml").write_text(GOOD, encoding="utf-8")
    (entry,) = load(tmp_path)
    assert isinstance(entry, Frozen) and entry.claim == "water is dry"
