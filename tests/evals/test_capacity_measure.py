from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.settings import RetrievalSettings
from evals.capacity_measure import agreement, bytes_a_chunk, grow, line, query_costs, sample
from retrieval.pipeline import Cascade
from tests.indexing.hash_encoder import HashEncoder
from tests.indexing.upkeep import ANIMALS, add, chunker_for, open_with


@given(st.floats(0, 1), st.floats(0, 1e-3), st.lists(st.integers(1, 10**6), min_size=2, max_size=6, unique=True))
def test_a_line_is_found_again(fixed: float, slope: float, sizes: list[int]) -> None:
    seconds = [1e-3 + fixed + slope * size for size in sizes]
    found = line(sizes, seconds)
    assert found.worst < 1e-6
    assert found.fixed + found.slope * sizes[0] == pytest.approx(seconds[0], rel=1e-6)


def test_a_line_says_how_far_it_is_off() -> None:
    # the mean of 1 and 3 is 2, which is twice the first; a falling cost has no slope
    assert (line([1, 2], [3.0, 1.0]).fixed, line([1, 2], [3.0, 1.0]).worst) == (2.0, 1.0)


def test_copies_of_two_engines_cost_something_and_agree(tmp_path: Path) -> None:
    pytest.importorskip("qdrant_edge")
    from core.settings import QdrantSettings
    from indexing.stores.qdrant.collection import open_edge

    encoder = HashEncoder()
    whole = open_with(tmp_path / "whole", encoder)
    add(whole, encoder)
    source = whole.snapshot()
    ours = open_with(tmp_path / "ours", encoder, name="copy")
    theirs = open_edge("copy", tmp_path / "theirs", QdrantSettings(), encoder, chunker_for(encoder))
    wanted = sample(source.documents())
    assert sorted(document.id for document in wanted) == [document.id for document in source.documents()]
    assert grow(source, [ours, theirs], encoder, wanted[:3]) > 0
    assert len(ours.snapshot()) == len(theirs.snapshot()) == sum(document.chunks for document in wanted[:3])
    grow(source, [ours, theirs], encoder, wanted[3:])
    assert len(theirs.snapshot().documents()) == len(ANIMALS)
    cascade = Cascade(encoder, None, RetrievalSettings())
    questions = ["how long does the lynx sleep", "fish by the river"]
    for snapshot in (ours.snapshot(), theirs.snapshot()):
        costs = query_costs(snapshot, cascade, encoder, questions)
        assert ("all in one call" in costs) == snapshot.ranks_itself
        assert all(cost.cpu_seconds > 0 and cost.wall_seconds > 0 for cost in costs.values())
    assert bytes_a_chunk(tmp_path / "ours", ours.snapshot()) > 256 * 4  # the sentence vector at least
    assert np.mean(agreement(cascade, ours.snapshot(), theirs.snapshot(), questions)) >= 0.98
    for store in (whole, ours, theirs):
        store.close()
