from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.language_models.xlnet_permutation_lm import log_likelihood, xlnet_permutation_lm
from algorithms.registry import load
from core.errors import InputError


@given(
    st.integers(1, 4).flatmap(
        lambda n: st.tuples(st.permutations(range(n)), st.lists(st.integers(0, 2), min_size=n, max_size=n))
    )
)
def test_every_order_gives_the_joint(case: tuple[list[int], list[int]]) -> None:
    order, sequence = case
    n = len(sequence)
    output = xlnet_permutation_lm(order, sequence)
    joint = np.random.default_rng(0).dirichlet(np.ones(3**n)).reshape((3,) * n)
    assert output["log_likelihood"] == pytest.approx(math.log(joint[tuple(sequence)]))
    assert output["orders"] == math.factorial(n)
    assert output["spread"] < 1e-9
    for i in range(n):
        for j in range(n):
            earlier = order.index(j) < order.index(i)
            assert output["query_mask"][i, j] == earlier
            assert output["content_mask"][i, j] == (earlier or i == j)


def test_two_positions_by_hand() -> None:
    # P(x1=1) = .7, P(x0=0 | x1=1) = .3/.7
    joint = np.array([[0.1, 0.3], [0.2, 0.4]])
    assert log_likelihood(joint, (0, 1), (1, 0)) == pytest.approx(math.log(0.7) + math.log(0.3 / 0.7))


def test_identity_order_is_the_causal_mask_and_half_is_seen() -> None:
    output = xlnet_permutation_lm([0, 1, 2, 3], [0, 1, 2, 0])
    assert np.array_equal(output["query_mask"], np.tril(np.ones((4, 4)), -1))
    assert output["mean_context"] == 1.5


@pytest.mark.parametrize("bad", [{"order": [0, 0, 1, 2]}, {"order": [0]}, {"sequence": [3]}, {"sequence": [0] * 6}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("xlnet-permutation-lm").run(bad)
