from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.hidden_markov_models.hidden_markov_model import sample
from algorithms.hidden_markov_models.hmm_mle_estimation import count_tables, smoothed
from algorithms.hidden_markov_models.semi_supervised_hmm import TRUTH, semi_supervised_hmm, train
from algorithms.registry import load
from core.errors import InputError


@settings(max_examples=10)
@given(st.integers(1, 5), st.integers(0, 99), st.floats(0.01, 2))
def test_without_unlabelled_data_it_is_maximum_likelihood(n: int, seed: int, k: float) -> None:
    rng = np.random.default_rng(seed)
    data = [sample(TRUTH, 10, rng) for _ in range(n)]
    model, likelihoods = train(data, [], 1.0, 5, k)
    starts, moves, emitted = count_tables(data, 3, 6)
    np.testing.assert_allclose(model.A, smoothed(moves, k))
    np.testing.assert_allclose(model.B, smoothed(emitted, k))
    np.testing.assert_allclose(model.pi, smoothed(starts, k))
    assert likelihoods == []


def test_weight_zero_ignores_the_unlabelled_data() -> None:
    output = semi_supervised_hmm(weight=0.0)
    assert output["accuracy_semi_supervised"] == output["accuracy_supervised"]


def test_unlabelled_data_help_when_labels_are_few() -> None:
    runs = [semi_supervised_hmm(seed=seed) for seed in range(5)]
    gain = np.mean([run["accuracy_semi_supervised"] - run["accuracy_supervised"] for run in runs])
    assert gain > 0.04
    for run in runs:
        assert run["emission_error_semi_supervised"] < run["emission_error_supervised"]
        assert run["accuracy_semi_supervised"] <= run["accuracy_true_model"] + 0.02
        assert run["log_likelihoods"][-1] > run["log_likelihoods"][0]


@pytest.mark.parametrize("bad", [{"labelled": 0}, {"unlabelled": 51}, {"weight": 2}, {"k": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("semi-supervised-hmm").run(bad)
