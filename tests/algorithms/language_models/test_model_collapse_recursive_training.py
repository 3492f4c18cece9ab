from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.language_models.model_collapse_recursive_training import model_collapse_recursive_training
from algorithms.registry import load
from core.errors import InputError


def test_variance_shrinks_as_expected() -> None:
    output = model_collapse_recursive_training(20, 20, chains=400)
    np.testing.assert_allclose(output["expected_variance"], 0.95 ** np.array(output["generations"]))
    # the mean of 400 chains estimates the expectation; its relative error grows to about 10% at generation 20
    np.testing.assert_allclose(output["mean_variance"], output["expected_variance"], rtol=0.2)
    assert output["median_variance"][-1] < output["mean_variance"][-1]
    assert output["mean_variance"][0] == 1


def test_tails_vanish_and_means_drift() -> None:
    output = load("model-collapse-recursive-training").run({"generations": 150})
    assert output["mean_variance"][-1] < 0.05
    # the drift of one chain has variance sum_g s_g² / n, which tends to 1 for shrinking s_g
    assert output["final_mean_drift"] == pytest.approx(1, abs=0.3)


def test_real_data_and_larger_samples_help() -> None:
    run = model_collapse_recursive_training
    none, some, all_ = (run(20, 100, real_share=share)["mean_variance"][-1] for share in (0, 0.2, 1))
    assert none < 0.1 < 0.5 < some
    assert all_ == pytest.approx(0.95, abs=0.1)
    larger = model_collapse_recursive_training(200, 100)["mean_variance"][-1]
    assert larger == pytest.approx(0.995**100, rel=0.15)


@settings(max_examples=15)
@given(st.integers(2, 30), st.integers(1, 60), st.floats(0, 1), st.integers(0, 99))
def test_shapes_and_ranges(n: int, generations: int, real: float, seed: int) -> None:
    output = model_collapse_recursive_training(n, generations, real, 20, seed)
    assert output["generations"][0] == 0
    assert output["generations"][-1] == generations
    assert (output["mean_variance"] >= 0).all()
    assert 0 <= output["tail_share"] <= 1


@pytest.mark.parametrize("bad", [{"sample_size": 1}, {"generations": 0}, {"real_share": 2}, {"chains": 10**6}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("model-collapse-recursive-training").run(bad)
