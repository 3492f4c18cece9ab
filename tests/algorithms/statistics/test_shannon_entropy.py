from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from algorithms.registry import load
from algorithms.statistics.shannon_entropy import shannon_entropy
from core.errors import InputError

WEIGHTS = st.lists(st.integers(0, 50), min_size=1, max_size=20).filter(lambda w: sum(w) > 0)


@given(WEIGHTS, st.sampled_from(["2", "e", "10"]))
def test_equals_scipy(weights: list[int], base: str) -> None:
    output = shannon_entropy([float(w) for w in weights], base)  # type: ignore[arg-type]
    expected = stats.entropy(weights, base={"2": 2, "e": math.e, "10": 10}[base])
    assert output["entropy"] == pytest.approx(expected, abs=1e-12)
    assert -1e-12 <= output["entropy"] <= output["maximum"] + 1e-12
    assert output["perplexity"] == pytest.approx(math.exp(stats.entropy(weights)))


@given(WEIGHTS, st.permutations(range(20)))
def test_order_and_impossible_outcomes_do_not_count(weights: list[int], order: list[int]) -> None:
    moved = [float(weights[i]) for i in order if i < len(weights)] + [0.0, 0.0]
    expected = shannon_entropy([float(w) for w in weights])["entropy"]
    assert shannon_entropy(moved)["entropy"] == pytest.approx(expected, abs=1e-12)


def test_goldens() -> None:
    assert shannon_entropy([0.5, 0.5])["entropy"] == 1
    assert shannon_entropy([1, 0, 0])["entropy"] == 0
    assert shannon_entropy([1] * 8)["entropy"] == pytest.approx(3)
    assert shannon_entropy([1] * 8)["share_of_maximum"] == pytest.approx(1)
    # counts 9 and 5 of the play-tennis data: 0.940 bits, gini 1 - (81 + 25) / 196
    node = shannon_entropy([9, 5])
    assert node["entropy"] == pytest.approx(0.9403, abs=5e-5)
    assert node["gini_impurity"] == pytest.approx(90 / 196)
    assert np.isclose(shannon_entropy([0.5, 0.5], "e")["entropy"], math.log(2))


@pytest.mark.parametrize("bad", [{"probabilities": [0.0, 0.0]}, {"probabilities": [-1.0, 2.0]}, {"base": "3"}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("shannon-entropy").run(bad)
