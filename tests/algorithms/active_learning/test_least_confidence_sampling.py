from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import entropy

from algorithms.active_learning.least_confidence_sampling import least_confidence_sampling
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(0, 1000), st.integers(1, 20), st.integers(2, 5))
def test_selected_items_are_no_more_confident_than_the_others(seed: int, n: int, K: int) -> None:
    P = np.random.default_rng(seed).dirichlet(np.ones(K), 20)
    output = least_confidence_sampling(P.tolist(), n)
    chosen = output["selected"]
    rest = np.setdiff1d(np.arange(20), chosen)
    assert len(set(chosen.tolist())) == n
    assert np.all(np.diff(P[chosen].max(axis=1)) >= 0)
    if len(rest):
        assert P[chosen].max(axis=1).max() <= P[rest].max(axis=1).min()
    assert output["highest_selected_confidence"] == P[chosen].max(axis=1).max()


@given(st.integers(0, 1000))
def test_for_two_classes_margin_and_entropy_give_the_same_order(seed: int) -> None:
    p = np.random.default_rng(seed).random(12)
    P = np.stack([p, 1 - p], axis=1)
    output = least_confidence_sampling(P.tolist(), 12)
    assert output["selected"].tolist() == output["selected_by_margin"].tolist()
    assert output["selected"].tolist() == np.argsort(-entropy(P, axis=1)).tolist()


def test_for_three_classes_margin_can_disagree() -> None:
    # top 0.5 with a clear second place against top 0.55 with a close one
    output = least_confidence_sampling([[0.5, 0.25, 0.25], [0.55, 0.45, 0.0]])
    assert output["selected"].tolist() == [0]
    assert output["selected_by_margin"].tolist() == [1]


@pytest.mark.parametrize("bad", [{"n_queries": 5}, {"probabilities": [[0.5, 0.6]]}, {"probabilities": [[1.0]]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("least-confidence-sampling").run(bad)
