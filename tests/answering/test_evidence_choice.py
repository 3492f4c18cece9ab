"""What the choice of sentences prefers, on passages made up for the purpose."""

import numpy as np
import pytest

from answering.evidence import Evidence, candidate_spans, choose_evidence, wants_definition
from core.settings import EncoderSettings
from core.types import Hit
from models.encoders import get_encoder


@pytest.fixture(scope="module")
def encoder():
    return get_encoder(EncoderSettings())


def hit(text: str, rank: int = 1, heading: str = "Dropout") -> Hit:
    return Hit(
        rank=rank, chunk_id=f"d-{rank}", document_id="d", source="d.md", title="Notes", heading_path=(heading,), page=None,
        start=0, end=len(text), text=text, score=1.0 / rank, stages={},
    )  # fmt: skip


def chosen(encoder, question: str, *hits: Hit, route: str = "explain") -> Evidence:
    encoding = encoder.encode_query(question)
    return choose_evidence(encoding, np.ones(len(encoding.token_ids), np.float32), hits, encoder, route, question)


def test_remarks_about_the_text_and_labels_are_no_evidence() -> None:
    beside = "Also known as: neuron dropping.\n\nUsing dropout well\n\nRefer to the blog for more."
    text = f"{beside}\n\nDropout removes units at random."
    spans = candidate_spans(hit(text))
    assert [text[a:b] for a, b in spans] == ["Dropout removes units at random."]


def test_references_are_no_evidence() -> None:
    assert candidate_spans(hit("Hinton and others wrote the paper on dropout.", heading="References")) == []


def test_sentences_of_one_passage_keep_their_order(encoder) -> None:
    text = "Dropout removes units at random during training. It is switched off at inference. The rate is a hyperparameter."
    found = chosen(encoder, "What does dropout do at inference?", hit(text)).sentences
    assert len(found) >= 2
    assert [s.start for s in found] == sorted(s.start for s in found)
    for sentence in found:
        assert text[sentence.start : sentence.end] == sentence.quote


def test_a_question_for_a_number_prefers_the_sentence_with_one(encoder) -> None:
    vague = hit("The dropout rate of hidden layers should be chosen with care.")
    exact = hit("The dropout rate of hidden layers is usually 0.5.", 2)
    found = chosen(encoder, "Which value of the dropout rate is usual in hidden layers?", vague, exact, route="compute")
    assert found.sentences[0].quote == exact.text


def test_a_copy_of_a_sentence_is_said_once(encoder) -> None:
    text = "Dropout removes units at random during training."
    found = chosen(encoder, "What is dropout?", hit(text), hit(text, 2)).sentences
    assert len(found) == 1


@pytest.mark.parametrize(
    ("question", "wanted"),
    [("What's a kernel?", True), ("Is there a name for that?", True), ("Why does it fail?", False)],
)
def test_definitions_are_asked_for(question: str, wanted: bool) -> None:
    assert wants_definition(question) is wanted
