"""Proofs run, show what the entry says they show, and do not show what they would if the claim were right."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from algorithms.registry import load
from algorithms.worker import Worker
from answering.execute import Executor
from checking.errata_book import errata
from checking.proofs import Assertion, equal

SHOWN = [entry for entry in errata() if entry.shows]
OTHERS = sorted({entry.proof for entry in errata() if entry.proof and not entry.shows})


@pytest.fixture(scope="module")
def executor(tmp_path_factory):
    worker = Worker()
    yield Executor(worker, tmp_path_factory.mktemp("runs"))
    worker.close()


@pytest.mark.parametrize("entry", SHOWN, ids=lambda entry: entry.id)
def test_a_proof_tells_right_from_wrong(entry, executor):
    execution = executor.execute(load(entry.proof), entry.inputs, "request" if entry.inputs else "example")
    assert execution.ok, execution.error
    assert [a for a in entry.shows if not a.holds(execution.output)] == []
    assert entry.if_claimed and [a for a in entry.if_claimed if a.holds(execution.output)] == []


@pytest.mark.long
@pytest.mark.parametrize("id", OTHERS)
def test_other_proofs_run(id, executor):
    assert executor.execute(load(id), None, "example").ok


def test_places_and_relations():
    output = {"a": [1.0, 2.0], "b": {"c": 2.0}, "name": "x"}
    assert Assertion(at="a.1", of="b.c").holds(output)
    assert not Assertion(at="a.0", of="b.c").holds(output)
    assert Assertion(at="a.0", be="<", of="a.1").holds(output) and not Assertion(at="a.0", be=">=", value=2).holds(
        output
    )
    assert Assertion(at="name", value="x").holds(output) and Assertion(at="name", be="!=", value="y").holds(output)
    with pytest.raises(KeyError):
        Assertion(at="gone", value=1).holds(output)


def test_equality_is_of_numbers_not_of_truth_values():
    assert equal(1e9, 1e9 + 1) and not equal(1.0, 1.00001)
    assert not equal(1, True) and equal([1, [2]], [1.0, [2.0]]) and not equal([1], [1, 2])


def test_an_assertion_has_one_side():
    for sides in ({}, {"value": 1, "of": "b"}):
        with pytest.raises(ValidationError, match="either"):
            Assertion(at="a", **sides)
