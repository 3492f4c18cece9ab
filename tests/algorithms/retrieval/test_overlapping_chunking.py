from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.registry import load
from algorithms.retrieval.overlapping_chunking import overlapping_chunking, windows
from core.errors import InputError


@given(st.integers(1, 300), st.integers(1, 40), st.data())
def test_windows_cover_and_share(n: int, size: int, data: st.DataObject) -> None:
    overlap = data.draw(st.integers(0, size - 1))
    ranges = windows(n, size, overlap)
    assert {i for a, b in ranges for i in range(a, b)} == set(range(n))
    assert all(previous[1] - following[0] == overlap for previous, following in itertools.pairwise(ranges))
    assert all(b - a == size for a, b in ranges[:-1]) and ranges[-1][1] == n
    if n > size:
        assert len(ranges) == math.ceil((n - size) / (size - overlap)) + 1


def test_worked_example() -> None:
    # ceil((1000 - 50) / 150) = ceil(6.33) = 7
    r = overlapping_chunking(length=1000, size=200, overlap=50)
    assert r["count"] == 7 and r["stride"] == 150
    assert r["starts"][-1] == 900 and r["ends"][-1] == 1000
    assert r["tokens_stored"] == 1000 + 6 * 50 and r["expansion"] == pytest.approx(1.3)


def test_text_is_split_at_white_space() -> None:
    assert overlapping_chunking(size=2, overlap=0, text="a b\nc")["chunks"] == ["a b", "c"]


@pytest.mark.parametrize("bad", [{"size": 50, "overlap": 50}, {"size": 0}, {"length": 0}, {"overlap": -1}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("overlapping-chunking").run(bad)
