from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.ensembles.boosting_noise_sensitivity import boosting_noise_sensitivity
from algorithms.registry import load
from core.errors import InputError


def test_more_rounds_fit_the_noise_and_lose_on_clean_labels() -> None:
    runs = [boosting_noise_sensitivity(seed=s) for s in range(4)]
    mean = {key: np.mean([run[key] for run in runs]) for key in runs[0]}
    assert mean["adaboost_training_error"] < 0.05 < mean["adaboost_few_rounds_training_error"]
    assert mean["adaboost_test_error"] > mean["adaboost_few_rounds_test_error"]
    assert mean["adaboost_test_error"] > mean["huber_test_error"]
    assert mean["adaboost_test_error"] > mean["bagging_test_error"]


def test_without_noise_boosting_is_fine() -> None:
    output = boosting_noise_sensitivity(flipped=0.0)
    assert output["labels_flipped"] == 0
    assert output["adaboost_test_error"] < 0.04


@settings(max_examples=3)
@given(st.floats(0.1, 0.4))
def test_flips_are_counted(flipped: float) -> None:
    assert boosting_noise_sensitivity(flipped, rounds=10, n=50)["labels_flipped"] == round(flipped * 50)


@pytest.mark.parametrize("bad", [{"flipped": 0.6}, {"rounds": 1000}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("boosting-noise-sensitivity").run(bad)
