from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.quantization_and_compression.optimizer_state_memory import optimizer_state_memory
from algorithms.registry import load
from core.errors import InputError


def test_seven_billion() -> None:
    assert optimizer_state_memory(7e9, "adamw")["state_gb"] == 56
    assert optimizer_state_memory(7e9, "adamw-8bit")["state_gb"] == 14
    assert optimizer_state_memory(7e9, "adafactor")["state_gb"] == pytest.approx(28, rel=1e-3)
    assert optimizer_state_memory(7e9, "adamw")["total_gb"] == 112


def test_factored_states_are_tiny_without_a_first_moment() -> None:
    output = optimizer_state_memory(7e9, "adafactor", first_moment=False)
    assert output["bytes_per_parameter"] == 4 * 8192 / 4096**2
    assert output["state_gb"] < 0.02


@pytest.mark.parametrize(
    ("name", "kind", "options"),
    [("adamw", "AdamW", {}), ("momentum", "SGD", {"momentum": 0.9}), ("sgd", "SGD", {})],
)
def test_equals_the_states_that_torch_keeps(name: str, kind: str, options: dict[str, float]) -> None:
    weight = torch.nn.Parameter(torch.ones(30, 40))
    optimizer = getattr(torch.optim, kind)([weight], lr=0.1, **options)
    weight.sum().backward()
    optimizer.step()
    kept = sum(v.nbytes for v in optimizer.state[weight].values() if torch.is_tensor(v) and v.shape == weight.shape)
    output = optimizer_state_memory(weight.numel(), name)  # type: ignore[arg-type]
    assert output["bytes_per_parameter"] * weight.numel() == kept


@given(st.integers(1, 64), st.sampled_from(["adamw", "adafactor", "momentum"]))
def test_sharding_divides_the_states_only(devices: int, name: str) -> None:
    one, many = (optimizer_state_memory(1e9, name, devices=n) for n in (1, devices))  # type: ignore[arg-type]
    assert many["state_gb"] * devices == pytest.approx(one["state_gb"])
    assert many["weights_and_gradients_gb"] == one["weights_and_gradients_gb"]


@pytest.mark.parametrize("bad", [{"parameters": 0}, {"optimizer": "lion"}, {"devices": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("optimizer-state-memory").run(bad)
