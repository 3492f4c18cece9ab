from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.neural_network_basics.he_initialization import he_initialization, moments_through_depth
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(1, 2000), st.floats(0, 1))
def test_variance_equals_torch_gain(fan_in: int, slope: float) -> None:
    output = he_initialization(fan_in, slope, depth=1, width=2)
    gain = torch.nn.init.calculate_gain("leaky_relu", slope)
    assert output["variance"] == pytest.approx(gain**2 / fan_in)
    assert output["uniform_bound"] == pytest.approx(np.sqrt(3) * output["standard_deviation"])


@pytest.mark.parametrize("distribution", ["uniform", "normal"])
def test_drawn_weights_have_this_variance(distribution: str) -> None:
    output = load("he-initialization").run({"distribution": distribution})
    assert output["measured_variance"] == pytest.approx(2 / 256, rel=0.05)


def test_second_moment_stays_and_halves_with_half_the_variance() -> None:
    finals, halved = [], []
    for seed in range(4):
        output = he_initialization(depth=30, width=128, seed=seed)
        finals.append(output["he_final"])
        halved.append(output["halved_final"] / output["halved_expected"])
    assert 0.2 < np.exp(np.mean(np.log(finals))) < 3
    assert 0.2 < np.exp(np.mean(np.log(halved))) < 3
    assert he_initialization(depth=30)["halved_expected"] == pytest.approx(9.3e-10, rel=0.01)


def test_one_layer_on_average() -> None:
    # E[relu(z)²] = Var(z) / 2 = (2 / n) · n / 2
    moments = [moments_through_depth(2.0, 1, 64, 0.0, seed)[0] for seed in range(20)]
    assert np.mean(moments) == pytest.approx(1, abs=0.08)


@pytest.mark.parametrize("bad", [{"fan_in": 0}, {"negative_slope": 2}, {"width": 10**4}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("he-initialization").run(bad)
