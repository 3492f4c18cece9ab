from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.losses.focal_loss import focal_loss
from algorithms.registry import load
from core.errors import InputError

PAIRS = st.lists(st.tuples(st.floats(0.01, 0.99), st.integers(0, 1)), min_size=1, max_size=10)


@given(PAIRS, st.floats(0, 5), st.floats(0, 1))
def test_equals_the_usual_torch_formulation(pairs: list[tuple[float, int]], gamma: float, alpha: float) -> None:
    p, y = [a for a, _ in pairs], [b for _, b in pairs]
    t, label = torch.tensor(p, dtype=torch.float64), torch.tensor(y, dtype=torch.float64)
    ce = torch.nn.functional.binary_cross_entropy(t, label, reduction="none")
    p_t = torch.exp(-ce)
    expected = ((alpha * label + (1 - alpha) * (1 - label)) * (1 - p_t) ** gamma * ce).mean()
    assert focal_loss(p, y, gamma, alpha)["loss"] == pytest.approx(expected.item(), abs=1e-10)


@given(PAIRS)
def test_gamma_zero_is_cross_entropy_unless_alpha_weights_it(pairs: list[tuple[float, int]]) -> None:
    p, y = [a for a, _ in pairs], [b for _, b in pairs]
    output = focal_loss(p, y, gamma=0.0)
    assert output["loss"] == pytest.approx(output["cross_entropy"])
    assert focal_loss(p, y, gamma=0.0, alpha=0.5)["loss"] == pytest.approx(output["cross_entropy"] / 2)


def test_golden() -> None:
    # 0.25 · 0.1² · ln(1 / 0.9) = 0.25 · 0.01 · 0.1053605
    assert focal_loss([0.9], [1], 2.0, 0.25)["loss"] == pytest.approx(2.634e-4, rel=1e-3)
    # class 0: p_t = 0.9 again, alpha_t = 0.75
    assert focal_loss([0.1], [0], 2.0, 0.25)["loss"] == pytest.approx(3 * 2.634e-4, rel=1e-3)


def test_multi_class_with_two_classes_is_the_binary_form() -> None:
    p, y = [0.8, 0.3, 0.6], [1, 1, 0]
    rows = [[1 - v, v] for v in p]
    multi = focal_loss([0.5], y, 2.0, class_probabilities=rows, class_weights=[0.75, 0.25])
    assert multi["loss"] == pytest.approx(focal_loss(p, y, 2.0, 0.25)["loss"])


def test_hard_examples_gain_share_not_loss() -> None:
    output = focal_loss([0.95] * 9 + [0.3], [1] * 10, 2.0)
    assert output["loss"] < output["cross_entropy"]
    assert max(output["factors"]) <= 1
    assert output["hardest_share"] > 0.98
    assert output["hardest_share_cross_entropy"] < 0.75


@pytest.mark.parametrize(
    "bad",
    [
        {"p": [1.2]},
        {"labels": [1]},
        {"labels": [2, 0, 0]},
        {"gamma": -1},
        {"class_probabilities": [[0.5, 0.5]]},
        {"class_probabilities": [[0.5, 0.5]] * 3, "class_weights": [1.0]},
    ],
)
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("focal-loss").run(bad)
