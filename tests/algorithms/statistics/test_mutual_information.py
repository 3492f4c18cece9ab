from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from algorithms.registry import load
from algorithms.statistics.mutual_information import mutual_information
from core.errors import InputError

PAIRS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=40)


@given(PAIRS)
def test_equals_sklearn(pairs: list[tuple[int, int]]) -> None:
    x, y = [a for a, _ in pairs], [b for _, b in pairs]
    output = mutual_information([[1]], x, y, base="e")
    assert output["mutual_information"] == pytest.approx(metrics.mutual_info_score(x, y), abs=1e-12)
    if len(set(x)) > 1 or len(set(y)) > 1:
        expected = metrics.normalized_mutual_info_score(x, y)
        assert output["normalised"] == pytest.approx(expected, abs=1e-9)


@given(st.lists(st.lists(st.integers(0, 9), min_size=3, max_size=3), min_size=2, max_size=4))
def test_symmetric_and_additive(table: list[list[int]]) -> None:
    counts = np.array(table, dtype=float) + 0.5
    output, flipped = mutual_information(counts.tolist()), mutual_information(counts.T.tolist())
    assert output["mutual_information"] == pytest.approx(flipped["mutual_information"], abs=1e-12)
    assert output["entropy_x"] == pytest.approx(flipped["entropy_y"])
    assert output["conditional_entropy"] == pytest.approx(output["entropy_y"] - output["mutual_information"])


def test_independence_and_identity() -> None:
    assert mutual_information([[2, 4], [3, 6]])["mutual_information"] == pytest.approx(0, abs=1e-12)
    assert mutual_information([[5, 0], [0, 5]])["mutual_information"] == pytest.approx(1)
    assert mutual_information([[1, 0, 0], [0, 1, 0], [0, 0, 1]])["normalised"] == pytest.approx(1)


def test_xor_features_say_nothing_alone_and_one_bit_together() -> None:
    x1, x2 = [0, 0, 1, 1], [0, 1, 0, 1]
    y = [a ^ b for a, b in zip(x1, x2, strict=True)]
    both = [2 * a + b for a, b in zip(x1, x2, strict=True)]
    assert mutual_information([[1]], x1, y)["mutual_information"] == 0
    assert mutual_information([[1]], x2, y)["mutual_information"] == 0
    assert mutual_information([[1]], both, y)["mutual_information"] == pytest.approx(1)


def test_golden_in_nats() -> None:
    # joint .4 .1 .2 .3 with margins .5 .5 and .6 .4
    expected = 0.4 * math.log(0.4 / 0.3) + 0.1 * math.log(0.1 / 0.2) + 0.2 * math.log(0.2 / 0.3) + 0.3 * math.log(1.5)
    assert mutual_information([[40, 10], [20, 30]], base="e")["mutual_information"] == pytest.approx(expected)


@pytest.mark.parametrize("bad", [{"table": [[0, 0]]}, {"table": [[1, 2], [3]]}, {"x": [1]}, {"x": [1], "y": [1, 2]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("mutual-information").run(bad)
