from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from algorithms.ensembles.negative_correlation_ensemble import ambiguity_decomposition, negative_correlation_ensemble
from algorithms.registry import load
from core.errors import InputError


@given(arrays(float, (4, 5), elements=st.floats(-9, 9)), arrays(float, 5, elements=st.floats(-9, 9)))
def test_ensemble_error_is_mean_error_minus_ambiguity(F: np.ndarray, y: np.ndarray) -> None:
    error, mean_error, ambiguity = ambiguity_decomposition(F, y)
    assert error == pytest.approx(mean_error - ambiguity, abs=1e-9)
    assert min(error, ambiguity) >= 0


@pytest.mark.parametrize("seed", range(3))
def test_penalty_makes_members_differ_and_the_average_better(seed: int) -> None:
    output = negative_correlation_ensemble(penalty=0.8, seed=seed)
    assert output["ambiguity"] > 1.2 * output["independent_ambiguity"]
    assert output["ensemble_error"] < output["independent_ensemble_error"]
    assert output["training_loss_after"] < 0.2 * output["training_loss_before"]
    assert output["ensemble_error"] == pytest.approx(output["mean_error"] - output["ambiguity"])


def test_without_penalty_members_train_alone() -> None:
    output = negative_correlation_ensemble(penalty=0.0, steps=50)
    assert output["ensemble_error"] == output["independent_ensemble_error"]


@pytest.mark.parametrize("bad", [{"penalty": 1.5}, {"members": 1}, {"steps": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("negative-correlation-ensemble").run(bad)
