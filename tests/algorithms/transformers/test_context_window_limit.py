from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.registry import load
from algorithms.transformers.context_window_limit import chunk_spans, context_window_limit
from core.errors import InputError


@given(st.integers(0, 500), st.integers(1, 50), st.data())
def test_chunks_cover_everything_with_the_overlap(n: int, size: int, data: st.DataObject) -> None:
    overlap = data.draw(st.integers(0, size - 1))
    spans = chunk_spans(n, size, overlap)
    assert spans[0][0] == 0
    assert spans[-1][1] == n
    assert all(end - start <= size for start, end in spans)
    for (_, end), (start, _) in itertools.pairwise(spans):
        assert end - start == overlap
    assert all(end - start == size for start, end in spans[:-1])


@pytest.mark.parametrize(
    ("model", "window"), [("gpt-2", 1024), ("gpt-3", 2048), ("gpt-4", 8192), ("gpt-4-32k", 32768), ("claude", 200_000)]
)
def test_known_windows(model: str, window: int) -> None:
    exactly, above = (context_window_limit(window + extra, model) for extra in (0, 1))  # type: ignore[arg-type]
    assert (exactly["window"], exactly["fits"], exactly["truncated_tokens"]) == (window, True, 0)
    assert (above["fits"], above["truncated_tokens"], above["chunks"]) == (False, 1, 2)


def test_the_answer_needs_room() -> None:
    output = context_window_limit(900, "gpt-2", answer_tokens=200)
    assert (output["room"], output["fits"], output["truncated_tokens"]) == (824, False, 76)


@pytest.mark.parametrize(
    "bad",
    [
        {"answer_tokens": 2048},
        {"overlap": 1848},
        {"tokens": 10**9, "window": 10, "answer_tokens": 0, "overlap": 0},
        {"model": "eliza"},
        {"tokens": -1},
    ],
)
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("context-window-limit").run(bad)
