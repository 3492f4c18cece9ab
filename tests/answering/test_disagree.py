"""Two passages that state different values are shown side by side."""

from answering.disagree import disagreements
from answering.evidence import candidate_spans, make_sentence
from core.types import Hit


def hit(source: str, text: str, rank: int) -> Hit:
    return Hit(
        rank=rank, chunk_id=f"{source}-0", document_id=source[0], source=source, title="Notes", heading_path=("Dropout",),
        page=None, start=40, end=40 + len(text), text=text, score=1.0, stages={},
    )  # fmt: skip


MILD = hit("a.md", "Use a dropout rate of 0.1–0.3 to prevent overfitting.", 1)
STRONG = hit("b.md", "Typical dropout rates range from 0.1 to 0.5 in practice.", 2)
ALIKE = hit("c.md", "A dropout rate of 0.1 to 0.3 is usual in practice.", 2)


def ask(question: str, *hits: Hit, others: tuple[Hit, ...] = ()):
    sentences = [make_sentence(hits[0], 0, span, 1.0) for span in candidate_spans(hits[0])]
    return disagreements(question, sentences, hits, others, 3)


def test_both_values_are_shown_with_exact_quotes() -> None:
    (one,) = ask("Which dropout rate should I use?", MILD, STRONG)
    assert "0.1–0.3" in one.block.text and "0.1 to 0.5" in one.block.text
    assert one.block.text.endswith("[3][4]")
    assert one.warning.kind == "contradiction"
    for citation, found in zip(one.citations, (MILD, STRONG), strict=True):
        assert found.text[citation.start - found.start : citation.end - found.start] == citation.quote


def test_the_handbook_may_disagree_with_a_users_note() -> None:
    assert len(ask("Which dropout rate should I use?", MILD, others=(STRONG,))) == 1


def test_the_same_value_in_other_words_is_no_disagreement() -> None:
    assert ask("Which dropout rate should I use?", MILD, ALIKE) == []


def test_a_question_about_something_else_is_not_bothered() -> None:
    assert ask("How is overfitting prevented?", MILD, STRONG) == []
