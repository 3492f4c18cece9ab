from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.active_learning.weak_supervision import accuracies_from_agreement, weak_supervision
from algorithms.registry import load
from core.errors import InputError

GOOD_AND_POOR = [0.95, 0.9, 0.6, 0.6, 0.55, 0.55]


@pytest.mark.parametrize("seed", range(3))
def test_label_model_beats_the_vote_when_accuracies_differ(seed: int) -> None:
    output = weak_supervision(GOOD_AND_POOR, n=3000, seed=seed)
    assert output["model_accuracy"] > output["vote_accuracy"] + 0.05
    assert output["model_accuracy"] > 0.92


def test_functions_that_never_vote_together_say_nothing_about_each_other() -> None:
    # no pair of functions shares an item, so no triplet determines an accuracy: each counts as a coin
    assert accuracies_from_agreement(np.array([[1, 0, 0], [0, -1, 0], [0, 0, 1]])).tolist() == [0.5, 0.5, 0.5]


def test_with_equal_accuracies_the_two_agree() -> None:
    output = weak_supervision([0.7] * 7, n=3000, abstain=0.0)
    assert output["disagreement"] < 0.1
    assert output["model_accuracy"] == pytest.approx(output["vote_accuracy"], abs=0.02)


def test_agreements_reveal_the_accuracies_without_labels() -> None:
    truth = [0.9, 0.8, 0.75, 0.7, 0.65]
    output = weak_supervision(truth, n=5000, abstain=0.3)
    np.testing.assert_allclose(output["estimated_accuracies"], truth, atol=0.05)
    kept = np.clip(output["estimated_accuracies"], 0.02, 0.98)
    np.testing.assert_allclose(output["weights"], np.log(kept / (1 - kept)))


@given(st.integers(0, 1000))
def test_flipping_all_votes_keeps_the_accuracies(seed: int) -> None:
    L = np.random.default_rng(seed).choice([-1.0, 0.0, 1.0], (40, 4))
    np.testing.assert_allclose(accuracies_from_agreement(L), accuracies_from_agreement(-L))


def test_threshold_vote_of_twenty_rules() -> None:
    votes = [[1] * 12 + [-1] * 8, [1] * 7 + [-1] * 13, [0] * 20]
    half, third = (weak_supervision(GOOD_AND_POOR, votes, threshold=x) for x in (0.5, 0.3))
    assert half["vote_labels"].tolist() == [1, 0, 0]
    assert third["vote_labels"].tolist() == [1, 1, 0]
    assert half["coverage"] == pytest.approx(2 / 3)
    assert half["model_probabilities"][2] == 0.5  # abstaining is no vote
    assert half["vote_accuracy"] is None


@pytest.mark.parametrize("bad", [{"votes": [[1, -1]]}, {"votes": [[1, 2, 0]]}, {"accuracies": [0.4, 0.6, 0.7]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("weak-supervision").run(bad)
