from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.ensembles.catboost_ordered_target_statistics import catboost_ordered_target_statistics as encode
from algorithms.registry import load
from core.errors import InputError

ROWS = st.lists(st.tuples(st.sampled_from("ABC"), st.integers(0, 1)), min_size=1, max_size=20)


def test_golden() -> None:
    # A: (0 + 0.5) / 1, (1 + 0.5) / 2, (1 + 0.5) / 3; B: (0 + 0.5) / 1
    assert encode(["A", "A", "A", "B"], [1, 0, 1, 1])["encoded"].tolist() == [0.5, 0.75, 0.5, 0.5]


@given(ROWS, st.floats(0.1, 5), st.floats(0, 1))
def test_equals_the_slow_sum_over_earlier_rows(rows: list[tuple[str, int]], a: float, prior: float) -> None:
    c, y = [r[0] for r in rows], [float(r[1]) for r in rows]
    expected = []
    for i in range(len(c)):
        earlier = [y[j] for j in range(i) if c[j] == c[i]]
        expected.append((sum(earlier) + a * prior) / (len(earlier) + a))
    np.testing.assert_allclose(encode(c, y, a, prior)["encoded"], expected)


@given(ROWS, st.integers(0, 19))
def test_a_row_never_sees_its_own_or_a_later_target(rows: list[tuple[str, int]], at: int) -> None:
    c, y = [r[0] for r in rows], [float(r[1]) for r in rows]
    at %= len(y)
    changed = [*y[:at], 1 - y[at], *y[at + 1 :]]
    before, after = encode(c, y)["encoded"], encode(c, changed)["encoded"]
    np.testing.assert_array_equal(before[: at + 1], after[: at + 1])


def test_leaky_encoding_of_unique_categories_gives_the_answer_away() -> None:
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 40).tolist()
    output = encode([f"user {i}" for i in range(40)], y, shuffle=True)
    assert output["correlation_leaky"] == pytest.approx(1)
    assert output["correlation_encoded"] is None  # all rows get the prior


def test_shuffling_changes_the_order_not_the_final_values() -> None:
    c, y = list("AABABBBA"), [1, 0, 1, 1, 0, 0, 1, 1]
    plain, mixed = encode(c, y), encode(c, y, shuffle=True, seed=3)
    assert plain["encoded"].tolist() != mixed["encoded"].tolist()
    assert plain["at_prediction"] == mixed["at_prediction"] == {"A": 3.5 / 5, "B": 2.5 / 5}


@pytest.mark.parametrize("bad", [{"a": 0}, {"y": [1]}, {"categories": []}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("catboost-ordered-target-statistics").run(bad)
