from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.hidden_markov_models.hmm_noise_robustness import corrupted, hmm_noise_robustness
from algorithms.registry import load
from core.errors import InputError


def test_expecting_noise_raises_accuracy() -> None:
    for seed in range(4):
        scores = hmm_noise_robustness(0.3, seed=seed)["accuracies"]
        # a symbol is right with probability .7 + .3 / 3 = .8; a model that trusts it blindly does no better
        assert scores["symbol-only"] == pytest.approx(0.8, abs=0.04)
        assert scores["clean"] == pytest.approx(scores["symbol-only"], abs=0.02)
        for remedy in ("smoothing", "mixture", "noise-augmented"):
            assert scores[remedy] > scores["clean"] + 0.03


def test_without_noise_nothing_is_lost_and_the_best_is_named() -> None:
    output = hmm_noise_robustness(0.0, epsilon=0.0)
    assert output["accuracies"]["clean"] == output["accuracies"]["mixture"] == 1
    noisy = load("hmm-noise-robustness").run()
    assert noisy["accuracies"][noisy["best"]] == max(noisy["accuracies"].values())


def test_too_much_epsilon_makes_observations_worthless() -> None:
    scores = hmm_noise_robustness(0.3, epsilon=1.0)["accuracies"]
    assert scores["mixture"] < 0.6


@given(st.floats(0, 1), st.integers(0, 99))
def test_share_of_corrupted_symbols(noise: float, seed: int) -> None:
    x = np.full(3000, 2)
    changed = (corrupted(x, noise, np.random.default_rng(seed)) != 2).mean()
    assert changed == pytest.approx(noise * 5 / 6, abs=0.05)  # one replacement in six is the same symbol


@pytest.mark.parametrize("bad", [{"noise": 1.5}, {"epsilon": -0.1}, {"sequences": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("hmm-noise-robustness").run(bad)
