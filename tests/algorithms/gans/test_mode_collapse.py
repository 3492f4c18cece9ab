from __future__ import annotations

import numpy as np
import pytest

from algorithms.gans.mode_collapse import CENTRES, mode_collapse, mode_counts
from algorithms.registry import load
from core.errors import InputError


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_an_unbalanced_generator_collapses_and_a_balanced_one_does_not(seed: int) -> None:
    collapsed, balanced = mode_collapse(20, seed=seed), mode_collapse(1, seed=seed)
    assert collapsed["real_modes"] == 8
    assert collapsed["modes_covered"] <= 2
    assert collapsed["sample_std"] < 0.7  # the data have sqrt(2^2 / 2 + 0.1^2) = 1.42
    assert balanced["modes_covered"] == 8
    assert balanced["high_quality_share"] > 0.8
    assert balanced["entropy_bits"] > 2.8 and balanced["sample_std"] == pytest.approx(1.42, abs=0.15)


def test_counting() -> None:
    points = np.concatenate([CENTRES[[0, 0, 3]], CENTRES[[3]] + [0.0, 0.49], CENTRES[[5]] + [0.0, 0.51], [[0.0, 0.0]]])
    assert mode_counts(points).tolist() == [2, 0, 0, 2, 0, 0, 0, 0]
    np.testing.assert_allclose(np.linalg.norm(CENTRES, axis=1), 2)
    np.testing.assert_allclose(CENTRES.sum(axis=0), 0, atol=1e-12)


def test_counts_add_up() -> None:
    output = mode_collapse(1, updates=50)
    assert sum(output["counts"]) == round(output["high_quality_share"] * 2000)


@pytest.mark.parametrize("bad", [{"generator_steps": 0}, {"updates": 10**6}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("mode-collapse").run(bad)
