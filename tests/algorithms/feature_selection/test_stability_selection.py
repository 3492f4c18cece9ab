from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.feature_selection.stability_selection import forward_pick, selection_frequencies, stability_selection
from algorithms.registry import load
from core.errors import InputError


@pytest.mark.parametrize("seed", range(3))
def test_true_features_are_near_one_and_noise_is_low(seed: int) -> None:
    output = stability_selection(seed=seed, subsamples=20)
    assert min(output["frequencies"][:3]) > 0.9
    assert max(output["frequencies"][3:]) < 0.6
    assert output["selected"] == [0, 1, 2]
    assert output["missed"] == output["false_selections"] == 0
    assert len(output["picked_once"]) == 4  # a single selection of four has to take a noise feature


def test_without_effects_nothing_is_stable() -> None:
    runs = [stability_selection(effect=0.0, subsamples=20, seed=s) for s in range(4)]
    assert np.mean([run["false_selections"] for run in runs]) <= runs[0]["false_bound"]
    assert runs[0]["false_bound"] == pytest.approx(16 / (0.6 * 15))


@settings(max_examples=10)
@given(st.integers(0, 1000), st.integers(1, 4))
def test_frequencies_sum_to_the_number_picked(seed: int, q: int) -> None:
    rng = np.random.default_rng(seed)
    X, y = rng.standard_normal((20, 5)), rng.standard_normal(20)
    frequencies = selection_frequencies(X, y, q, 6, rng)
    assert frequencies.sum() == pytest.approx(q)
    assert np.allclose(frequencies * 6, np.round(frequencies * 6))


def test_first_pick_has_the_largest_correlation() -> None:
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((30, 6)), rng.standard_normal(30)
    correlation = [abs(np.corrcoef(column, y)[0, 1]) for column in X.T]
    assert forward_pick(X, y, 1) == [int(np.argmax(correlation))]


@pytest.mark.parametrize("bad", [{"threshold": 0.5}, {"q": 5, "true_features": 1, "noise_features": 2}, {"n": 5}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("stability-selection").run(bad)
