from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.model_selection.train_test_split import part_sizes, train_test_split
from algorithms.registry import load
from core.errors import InputError


@pytest.mark.parametrize(
    ("shares", "sizes"), [((0.8, 0.1, 0.1), [800, 100, 100]), ((0.7, 0.15, 0.15), [700, 150, 150])]
)
def test_the_usual_shares(shares: tuple[float, float, float], sizes: list[int]) -> None:
    assert train_test_split(1000, *shares)["sizes"] == sizes


@given(st.integers(1, 500), st.integers(0, 100), st.integers(0, 100))
def test_parts_are_disjoint_and_complete(n: int, a: int, b: int) -> None:
    a, b = min(a, 100 - b), b
    a = max(a, 0)
    sizes = part_sizes(n, [a / 100, b / 100, (100 - a - b) / 100])
    assert sum(sizes) == n
    assert all(abs(s - n * share / 100) < 1 for s, share in zip(sizes, (a, b, 100 - a - b), strict=True))
    assert train_test_split(n, a / 100, b / 100, (100 - a - b) / 100)["overlap"] == 0


def test_small_split_lists_every_row_once() -> None:
    output = train_test_split(20, 0.5, 0.25, 0.25, seed=3)
    rows = [*output["train_rows"], *output["validation_rows"], *output["test_rows"]]
    assert sorted(rows) == list(range(20))
    assert rows != list(range(20))
    assert train_test_split(20, 0.5, 0.25, 0.25, shuffle=False)["train_rows"].tolist() == list(range(10))


def test_standard_error_of_a_coin_flip() -> None:
    assert train_test_split(1000)["accuracy_standard_error"] == pytest.approx(0.05)  # sqrt(0.25 / 100)


@pytest.mark.parametrize("bad", [{"train": 0.7}, {"n": 0}, {"train": -0.1, "test": 1.0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("train-test-split").run(bad)
