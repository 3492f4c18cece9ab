from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.registry import load
from algorithms.training_techniques.data_parallelism import data_parallelism, ring_all_reduce
from core.errors import InputError


@given(st.integers(1, 9), st.integers(1, 30), st.integers(0, 100))
def test_ring_gives_every_device_the_sum_at_the_known_traffic(n: int, p: int, seed: int) -> None:
    values = np.random.default_rng(seed).standard_normal((n, p))
    summed, sent = ring_all_reduce(values)
    np.testing.assert_allclose(summed, np.tile(values.sum(axis=0), (n, 1)), atol=1e-12)
    if p % n == 0:
        assert sent == 2 * (n - 1) * p // n


@given(st.integers(1, 8), st.integers(1, 6), st.integers(0, 50))
def test_averaged_shards_equal_the_full_gradient(devices: int, per_device: int, seed: int) -> None:
    output = data_parallelism(devices, devices * per_device, seed=seed)
    assert output["gradient_gap"] < 1e-13
    assert output["replica_gap"] == 0
    assert output["gradient_size"] == 4 * 8 + 8 + 8 * 3 + 3


def test_zero_figures_of_the_paper() -> None:
    # 7.5B parameters on 64 devices: 120, 31.4, 16.6 and 1.9 GB
    memory = data_parallelism(64, 64, parameters=7.5e9)["memory_gb"]
    assert [round(v, 1) for v in memory.values()] == [120.0, 31.4, 16.6, 1.9]


@pytest.mark.parametrize("bad", [{"devices": 5}, {"devices": 0}, {"batch_size": 10**6}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("data-parallelism").run(bad)
