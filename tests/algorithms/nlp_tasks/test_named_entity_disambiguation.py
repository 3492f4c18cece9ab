from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.nlp_tasks.named_entity_disambiguation import name_similarity, named_entity_disambiguation
from algorithms.registry import load
from core.errors import InputError

NAMES = st.lists(st.text("abmz", min_size=1, max_size=5), min_size=1, max_size=3).map(" ".join)


@given(NAMES, NAMES)
def test_similarity_is_symmetric_bounded_and_ignores_order(a: str, b: str) -> None:
    assert name_similarity(a, b) == pytest.approx(name_similarity(b, a))
    assert 0 <= name_similarity(a, b) <= 1 and name_similarity(a, a) == 1
    assert name_similarity(" ".join(reversed(a.split())), a) == 1


def test_worked_example() -> None:
    r = load("named-entity-disambiguation").run()
    assert r["links"] == ["Mohit Mayank"] * 3 + [None]
    assert name_similarity("Mohit", "Mohit Mayank") == 0.5
    # (1 + 0.8) / 2 for a name with one initial; context: data, scientist, pune shared of a, data, scientist, from, pune
    assert name_similarity("Mohit M.", "Mohit Mayank") == pytest.approx(0.9)
    assert r["scores"][0] == pytest.approx(0.7 * 0.9 + 0.3 * 3 / 5)


def test_context_decides_between_equal_names() -> None:
    entities = [("Jordan", "country Amman desert"), ("Jordan", "player basketball dunk")]
    r = named_entity_disambiguation(["Jordan"], entities, context="a dunk in basketball")
    assert r["candidates"][0][1] > r["candidates"][0][0]


@pytest.mark.parametrize("bad", [{"mentions": []}, {"threshold": 2}, {"entities": [["x" * 41, ""]]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("named-entity-disambiguation").run(bad)
