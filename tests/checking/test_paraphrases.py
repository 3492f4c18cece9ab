"""Claims in other words are recognised, true look-alikes are not, and a question is told from one beside the point."""

from __future__ import annotations

import threading
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from answering.overlay import ASKED, ASKED_TOTAL
from checking.concern import Concern
from checking.errata_book import errata
from checking.paraphrases import Paraphrases, starts
from checking.recognise import NEARNESS, Recogniser, is_near
from tests.bundled import encoder

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("vectors")


@pytest.fixture(scope="module")
def book(folder) -> Recogniser:
    recogniser = Recogniser(errata(), Paraphrases(errata(), encoder(), folder))
    recogniser.prepare()
    return recogniser


def read(name: str) -> dict[str, dict[str, list[str]]]:
    return tomllib.loads((HERE / name).read_text(encoding="utf-8"))


def test_every_grave_claim_has_paraphrases_and_look_alikes():
    cases = read("paraphrases.toml")
    assert set(cases) == {entry.id for entry in errata() if entry.severity == 1}
    assert all(len(case["wrong"]) >= 3 and len(case["right"]) >= 2 for case in cases.values())


def test_no_paraphrase_is_an_example_of_its_entry():
    known = {entry.id: set(entry.examples) for entry in errata()}
    copied = [
        text for id, case in read("paraphrases_unseen.toml").items() for text in case["wrong"] if text in known[id]
    ]
    assert copied == []


@pytest.mark.parametrize("name", ["paraphrases.toml", "paraphrases_unseen.toml"])
def test_claims_in_other_words_are_recognised(book, name):
    cases = [(id, text) for id, case in read(name).items() for text in case["wrong"]]
    found = book.find_all([(text, []) for _, text in cases])
    missed = [case for case, entries in zip(cases, found, strict=True) if case[0] not in {e.id for e in entries}]
    assert len(missed) <= 0.1 * len(cases), missed


@pytest.mark.parametrize("name", ["paraphrases.toml", "paraphrases_unseen.toml"])
def test_true_look_alikes_pass(book, name):
    cases = [text for case in read(name).values() for text in case["right"]]
    found = book.find_all([(text, []) for text in cases])
    assert [(text, [e.id for e in entries]) for text, entries in zip(cases, found, strict=True) if entries] == []


def test_a_question_is_about_a_claim_or_beside_it(book):
    cases = read("questions.toml")
    about = [(id, q) for id, case in cases.items() for q in case["about"]]
    beside = [(id, q) for id, case in cases.items() for q in case["beside"]]
    assert len(about) >= 40 and len(beside) >= 40

    def asks(id: str, question: str) -> bool:
        concern = book.concern(question).get(id, Concern(0.0, 0.0))
        return concern.nearness >= ASKED or concern.total >= ASKED_TOTAL

    missed = [q for id, q in about if not asks(id, q)]
    wrongly = [q for id, q in beside if asks(id, q)]
    assert len(missed) <= 0.1 * len(about), missed
    assert len(wrongly) <= 0.1 * len(beside), wrongly


def test_the_vectors_are_read_back_and_not_made_again(book, folder):
    class Silent:
        fingerprint = encoder().fingerprint

        def encode_documents(self, texts, progress=None):
            raise AssertionError("the book was encoded again")

    again = Paraphrases(errata(), Silent(), folder)  # type: ignore[arg-type]
    again.prepare()
    assert len(list(folder.glob("errata-*.npy"))) == 1


def test_nearness_is_the_largest_cosine_of_each_entry(folder):
    two = errata()[:2]
    vectors = Paraphrases(two, encoder(), None)
    wrong, right = vectors.nearness([two[0].claim, two[1].right[0]])
    assert wrong.shape == right.shape == (2, 2)
    assert wrong[0, 0] == pytest.approx(1, abs=2e-3) and right[1, 1] == pytest.approx(1, abs=2e-3)
    assert wrong[0, 0] > right[0, 0] and right[1, 1] > wrong[1, 1]


def test_what_is_longer_than_the_encoder_reads_is_near_to_nothing():
    wrong, right = Paraphrases(errata()[:2], encoder(), None).nearness(["k-means " * 600])
    assert not np.any(wrong) and not np.any(right)


def test_runs_start_where_the_counts_say():
    assert starts([1, 4, 2]).tolist() == [0, 1, 5]


def test_doubt_is_decided_by_nearness_and_by_lead():
    least, margin = NEARNESS["form"]
    assert is_near("form", least + 0.01, least) and not is_near("form", least - 0.01, 0.0)
    assert not is_near("form", 0.9, 0.9 - margin + 0.01)


@pytest.mark.parametrize("question", ["?", "\u0301", "", "∑"])
def test_a_question_without_a_word_concerns_nothing(book, question):
    assert book.concern(question) == {}


def test_claims_in_free_words_are_recognised_and_their_look_alikes_pass(book):
    cases = read("paraphrases_free.toml")
    claims = [(id, text) for id, case in cases.items() for text in case["wrong"]]
    right = [text for case in cases.values() for text in case["right"]]
    found = book.find_all([(text, []) for _, text in claims])
    told = [id in {e.id for e in entries} for (id, _), entries in zip(claims, found, strict=True)]
    fired = [
        text for text, entries in zip(right, book.find_all([(text, []) for text in right]), strict=True) if entries
    ]
    assert np.mean(told) >= 0.6, np.mean(told)
    assert len(fired) <= 0.02 * len(right), fired


def test_blind_paraphrases_show_what_is_recognised_at_all(book):
    cases = tomllib.loads((HERE / "paraphrases_blind.toml").read_text(encoding="utf-8"))["case"]
    wrong = [text for case in cases for text in case["wrong"]]
    right = [text for case in cases for text in case["right"]]
    told = sum(bool(entries) for entries in book.find_all([(text, []) for text in wrong]))
    accused = [text for text, entries in zip(right, book.find_all([(t, []) for t in right]), strict=True) if entries]
    assert len(wrong) >= 60 and told >= 0.5 * len(wrong)
    assert accused == []


def test_sentences_are_encoded_while_another_thread_forgets(monkeypatch):
    monkeypatch.setattr("checking.paraphrases.REMEMBERED", 3)
    two = Paraphrases(errata()[:2], encoder(), None)
    texts = [f"Sentence number {n} of some." for n in range(12)]
    alone = two.closeness("a sentence", texts)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda n: two.closeness("a sentence", [texts[n % 12]])[0], range(48)))
    assert found == pytest.approx([alone[n % 12] for n in range(48)], abs=1e-4)


class Crossing:
    """An encoder that has a sentence asked for from another thread while it encodes it."""

    def __init__(self, inner, meanwhile) -> None:
        self._inner = inner
        self._meanwhile = meanwhile
        self._first = threading.Lock()

    def __getattr__(self, name):
        return getattr(self._inner, name)

    def encode_documents(self, texts, progress=None):
        if texts == [ASKED_TWICE] and self._first.acquire(blocking=False):
            self._meanwhile()
        return self._inner.encode_documents(texts, progress)


ASKED_TWICE = "Dropout is applied at inference."


def test_a_sentence_that_is_being_encoded_has_its_vector_in_every_thread():
    few = errata()[:3]
    alone = Paraphrases(few, encoder()).nearness([ASKED_TWICE])
    seen = []
    with ThreadPoolExecutor(1) as other:
        crossed = Crossing(encoder(), lambda: seen.append(other.submit(both.nearness, [ASKED_TWICE]).result(60)))
        both = Paraphrases(few, crossed)
        seen.append(both.nearness([ASKED_TWICE]))
    assert len(seen) == 2
    for wrong, right in seen:
        np.testing.assert_allclose(wrong, alone[0], atol=1e-6)
        np.testing.assert_allclose(right, alone[1], atol=1e-6)


def test_sentences_are_forgotten_without_those_that_are_asked_for(monkeypatch):
    monkeypatch.setattr("checking.paraphrases.REMEMBERED", 2)
    kept = Paraphrases(errata()[:3], encoder())
    sentences = ["Water boils.", "A cat sleeps.", "The sun is a star.", "Gradients vanish."]
    first = kept.nearness(sentences)
    again = kept.nearness([*sentences[2:], "Snow is white."])
    np.testing.assert_allclose(again[0][:2], first[0][2:], atol=1e-2)  # batches of other shapes round otherwise
    assert np.abs(again[0]).max(axis=1).min() > 0
