from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.ensembles.voting_ensemble import voting_ensemble
from algorithms.registry import load
from core.errors import InputError


def test_hard_and_soft_can_disagree() -> None:
    output = voting_ensemble([[0.51, 0.49], [0.51, 0.49], [0.01, 0.99]])
    assert (output["hard_class"], output["soft_class"], output["agree"]) == (0, 1, False)
    np.testing.assert_allclose(output["soft_probabilities"], [1.03 / 3, 1.97 / 3])
    np.testing.assert_allclose(output["hard_votes"], [2 / 3, 1 / 3])


@given(st.integers(0, 1000), st.integers(1, 6), st.integers(2, 4))
def test_equals_counting_and_averaging(seed: int, M: int, K: int) -> None:
    rng = np.random.default_rng(seed)
    P = rng.dirichlet(np.ones(K), M)
    w = rng.random(M) + 0.1
    output = voting_ensemble(P.tolist(), w.tolist())
    votes = np.zeros(K)
    for m in range(M):
        votes[P[m].argmax()] += w[m] / w.sum()
    np.testing.assert_allclose(output["hard_votes"], votes)
    np.testing.assert_allclose(output["soft_probabilities"], np.average(P, axis=0, weights=w))
    assert output["weights"].sum() == pytest.approx(1)


def test_tail_scores_shift_the_decision() -> None:
    P = [[0.9, 0.1], [0.2, 0.8]]
    assert voting_ensemble(P)["soft_class"] == 0
    weighted = voting_ensemble(P, tail_scores=[0.1, 0.9])
    assert weighted["soft_class"] == 1
    np.testing.assert_allclose(weighted["weights"], [0.1, 0.9])


def test_ties_go_to_the_lowest_class() -> None:
    output = voting_ensemble([[0.2, 0.8], [0.7, 0.3]])
    assert output["tie"]
    assert output["hard_class"] == 0


@pytest.mark.parametrize(
    "bad",
    [{"weights": [1.0]}, {"weights": [0.0, 0.0, 0.0]}, {"probabilities": [[0.5, 0.6]]}, {"probabilities": [[1.2, 0]]}],
)
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("voting-ensemble").run(bad)
