from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.registry import load
from algorithms.toy_networks import cross_entropy, forward, new_network
from algorithms.training_techniques.curriculum_learning import (
    COUNTS,
    curriculum_learning,
    example_losses,
    self_paced_selection,
)
from core.errors import InputError


@pytest.mark.parametrize("method", ["example-level", "task-level", "head-to-tail"])
def test_difficulty_never_falls_and_the_model_learns(method: str) -> None:
    output = curriculum_learning(method)  # type: ignore[arg-type]
    assert output["mean_difficulty"] == sorted(output["mean_difficulty"])
    assert output["mean_difficulty"][0] < output["mean_difficulty"][-1]
    assert output["sizes"] == sorted(output["sizes"]) and output["sizes"][-1] == sum(COUNTS)
    assert output["losses"][-1] < 0.3 * output["losses"][0]
    assert output["accuracy"] > 0.85  # six classes, chance is 1/6


def test_head_to_tail_starts_from_the_frequent_classes() -> None:
    output = curriculum_learning("head-to-tail", 6, steps_per_stage=2)
    assert output["sizes"] == np.cumsum(COUNTS).tolist()
    assert output["classes_present"] == [1, 2, 3, 4, 5, 6]


def test_random_order_shows_all_classes_at_once_and_ends_as_well() -> None:
    output = curriculum_learning("random")
    assert output["classes_present"][0] == 6
    assert output["accuracy"] > 0.85  # on clean data the order hardly matters


def test_self_paced_set_grows_with_the_threshold() -> None:
    output = curriculum_learning("self-paced")
    assert output["thresholds"] == pytest.approx([0.3, 3, 30])
    assert output["sizes"] == sorted(output["sizes"]) and output["sizes"][0] < output["sizes"][-1]
    assert output["losses"][-1] < output["losses"][0]


@given(st.lists(st.floats(0, 5), min_size=1, max_size=20), st.floats(0, 5), st.floats(0, 5))
def test_selection_is_monotone(losses: list[float], a: float, b: float) -> None:
    small, large = (set(self_paced_selection(np.array(losses), t).tolist()) for t in sorted((a, b)))
    assert small <= large
    assert all(losses[i] < max(a, b) for i in large)


def test_example_losses_average_to_the_cross_entropy() -> None:
    rng = np.random.default_rng(0)
    params, x, y = new_network((2, 5, 3), rng), rng.standard_normal((7, 2)), rng.integers(0, 3, 7)
    assert example_losses(params, x, y).mean() == pytest.approx(cross_entropy(forward(params, x)[-1], y)[0])


@pytest.mark.parametrize("bad", [{"method": "hard-first"}, {"stages": 1}, {"method": "self-paced", "threshold": 1e-9}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("curriculum-learning").run(bad)
