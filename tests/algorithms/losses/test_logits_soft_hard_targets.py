from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import softmax

from algorithms.losses.logits_soft_hard_targets import logits_soft_hard_targets
from algorithms.registry import load
from core.errors import InputError


@given(st.lists(st.floats(-20, 20), min_size=2, max_size=10), st.floats(0.2, 20))
def test_soft_targets_equal_scipy(logits: list[float], temperature: float) -> None:
    output = logits_soft_hard_targets(logits, 1, temperature)
    np.testing.assert_allclose(output["soft_targets"], softmax(np.array(logits) / temperature), rtol=1e-9)
    assert output["soft_targets"].sum() == pytest.approx(1)


def test_cat_and_dog() -> None:
    output = logits_soft_hard_targets([10.1, 5.6])
    # 1 / (1 + e^-4.5) = 1 / 1.011109
    np.testing.assert_allclose(output["soft_targets"], [0.98901, 0.01099], atol=5e-6)
    assert output["hard_target"].tolist() == [1, 0]
    assert output["log_odds_to_runner_up"] == pytest.approx(4.5)


def test_the_hard_target_is_the_label_not_the_argmax() -> None:
    output = logits_soft_hard_targets([10.1, 5.6], label=1)
    assert output["predicted_class"] == 0
    assert output["hard_target"].tolist() == [0, 1]
    assert not output["prediction_is_right"]


@pytest.mark.parametrize("bad", [{"logits": [1.0]}, {"label": 2}, {"temperature": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("logits-soft-hard-targets").run(bad)
