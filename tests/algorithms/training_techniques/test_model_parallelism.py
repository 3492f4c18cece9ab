from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.registry import load
from algorithms.training_techniques.model_parallelism import model_parallelism, pipeline_ticks
from core.errors import InputError


@given(st.integers(1, 8), st.integers(1, 6), st.integers(1, 10), st.integers(0, 50))
def test_sharded_equals_full(devices: int, per_device: int, d: int, seed: int) -> None:
    output = model_parallelism(devices, devices * per_device, d, seed=seed)
    assert output["tensor_gap"] < 1e-12
    assert output["parameters_per_device"] * devices == output["parameters"] == 2 * d * devices * per_device


def test_the_other_split_is_wrong() -> None:
    assert model_parallelism(4, 64)["wrong_split_gap"] > 0.1
    assert model_parallelism(1, 64)["wrong_split_gap"] < 1e-12


@given(st.integers(1, 12), st.integers(1, 30))
def test_bubble_equals_the_formula(stages: int, micro_batches: int) -> None:
    ticks, idle = pipeline_ticks(stages, micro_batches)
    assert ticks == micro_batches + stages - 1
    assert ticks * stages - idle == micro_batches * stages  # every stage handles every micro-batch once
    assert idle / (ticks * stages) == pytest.approx((stages - 1) / (micro_batches + stages - 1))


def test_offloading_keeps_one_layer_and_moves_all() -> None:
    output = model_parallelism(layers=40)
    assert output["offload_resident_share"] == 1 / 40 and output["offload_transfers"] == 40


@pytest.mark.parametrize("bad", [{"hidden": 63}, {"devices": 0}, {"micro_batches": 10**6}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("model-parallelism").run(bad)
