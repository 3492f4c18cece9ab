from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import entropy
from sklearn.metrics import mutual_info_score

from algorithms.registry import load
from algorithms.trees.information_gain import information_gain
from core.errors import InputError

COUNTS = st.lists(st.lists(st.integers(0, 30), min_size=3, max_size=3), min_size=1, max_size=5).filter(
    lambda rows: sum(map(sum, rows)) > 0
)


@given(COUNTS)
def test_is_the_mutual_information_of_split_and_class(children: list[list[int]]) -> None:
    N = np.array(children)
    child, label = (np.repeat(index.ravel(), N.ravel()) for index in np.indices(N.shape))
    output = information_gain(children)
    assert output["information_gain"] == pytest.approx(mutual_info_score(child, label) / np.log(2), abs=1e-9)
    assert output["parent_entropy"] == pytest.approx(entropy(N.sum(axis=0), base=2), abs=1e-9)
    assert 0 <= output["information_gain"] <= output["parent_entropy"] + 1e-12


def test_perfect_split_gains_one_bit_and_a_useless_one_nothing() -> None:
    assert information_gain([[5, 0], [0, 5]])["information_gain"] == 1
    assert information_gain([[3, 3], [2, 2]])["information_gain"] == pytest.approx(0, abs=1e-12)


def test_play_tennis_golden() -> None:
    # Quinlan's weather data, outlook: sunny 2+/3-, overcast 4+/0-, rain 3+/2-; H(9, 5) = 0.940, gain 0.247, split 1.577
    output = information_gain([[2, 3], [4, 0], [3, 2]])
    assert output["information_gain"] == pytest.approx(0.2467, abs=1e-4)
    assert output["gain_ratio"] == pytest.approx(0.2467 / 1.5774, abs=1e-4)


def test_one_child_a_row_gains_everything_but_has_a_low_ratio() -> None:
    output = information_gain([[1, 0], [0, 1], [1, 0], [0, 1]])
    assert output["information_gain"] == 1
    assert output["gain_ratio"] == 0.5


@pytest.mark.parametrize("bad", [[], [[0, 0]], [[1, -1]], [[1, 2], [3]]])
def test_bad_input_is_refused(bad: list[list[int]]) -> None:
    with pytest.raises(InputError):
        load("information-gain").run({"children": bad})
