from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.nlp_tasks.named_entity_recognition import decode, encode, named_entity_recognition
from algorithms.registry import load
from core.errors import InputError

LABELS = st.lists(st.sampled_from(["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]), min_size=1, max_size=12)


@given(LABELS)
def test_decoding_repairs_and_then_round_trips(labels: list[str]) -> None:
    repaired = encode(decode(labels), len(labels))
    assert decode(repaired) == decode(labels)
    assert [a == "O" for a in repaired] == [a == "O" for a in labels]
    assert [a[1:] for a in repaired] == [a[1:] for a in labels]
    for before, label in zip(["O", *repaired], repaired, strict=False):
        assert not label.startswith("I-") or before in {f"B-{label[2:]}", f"I-{label[2:]}"}


def test_worked_example() -> None:
    r = load("named-entity-recognition").run()
    assert r["spans"] == [["PER", 0, 1], ["LOC", 3, 4]] and r["texts"] == ["John", "Paris"] and r["well_formed"]
    # one of two mentions found, none invented, three of four tokens right
    assert (r["precision"], r["recall"], r["token_accuracy"]) == (1.0, 0.5, 0.75) and r["f1"] == pytest.approx(2 / 3)


def test_neighbours_stay_apart_and_a_wrong_border_is_wrong() -> None:
    assert decode(["B-PER", "B-PER", "I-PER"]) == [("PER", 0, 1), ("PER", 1, 3)]
    r = named_entity_recognition(["a", "b"], ["B-PER", "I-PER"], predicted=["B-PER", "O"])
    assert r["f1"] == 0 and r["token_accuracy"] == 0.5
    assert not named_entity_recognition(["a"], ["I-PER"])["well_formed"]


@pytest.mark.parametrize("bad", [{"labels": ["O"]}, {"labels": ["X-PER"] * 4}, {"predicted": ["O"]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("named-entity-recognition").run(bad)
