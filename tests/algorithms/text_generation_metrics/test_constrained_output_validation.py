from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.registry import load
from algorithms.text_generation_metrics.constrained_output_validation import (
    constrained_output_validation,
    edit_distance,
)
from core.errors import InputError

SHORT = st.text("ab", max_size=6)


@given(SHORT, SHORT)
def test_edit_distance_equals_the_recursion(a: str, b: str) -> None:
    @cache
    def d(i: int, j: int) -> int:
        if not i or not j:
            return i + j
        return min(d(i - 1, j) + 1, d(i, j - 1) + 1, d(i - 1, j - 1) + (a[i - 1] != b[j - 1]))

    assert edit_distance(a, b) == d(len(a), len(b))


@given(st.lists(st.text("abc", min_size=1, max_size=5), min_size=1, max_size=6), st.sampled_from(["reject", "map"]))
def test_nothing_outside_the_set_ever_comes_out(outputs: list[str], mode: str) -> None:
    allowed = ["ab", "cab"]
    result = constrained_output_validation(outputs, allowed, mode)  # type: ignore[arg-type]
    assert set(result["results"]) <= {*allowed, None}
    for output, value, action in zip(outputs, result["results"], result["actions"], strict=True):
        assert (value == output) is (action == "accepted")
        assert (value is None) is (action == "rejected")
        assert not (mode == "reject" and action == "mapped")


def test_slips_are_mapped_far_outputs_and_ties_are_rejected() -> None:
    result = constrained_output_validation(["get_usr", "launch", "bat"], ["get_user", "cat", "hat"])
    assert result["actions"] == ["mapped", "rejected", "rejected"]
    assert result["results"] == ["get_user", None, None]
    assert result["acceptance_rate"] == pytest.approx(1 / 3)


def test_the_distance_bound_is_inclusive() -> None:
    assert constrained_output_validation(["abcd"], ["abxy"], "map", 2)["actions"] == ["mapped"]
    assert constrained_output_validation(["abcd"], ["abxy"], "map", 1)["actions"] == ["rejected"]


@pytest.mark.parametrize("bad", [{"allowed": []}, {"mode": "guess"}, {"outputs": ["x" * 100]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("constrained-output-validation").run(bad)
