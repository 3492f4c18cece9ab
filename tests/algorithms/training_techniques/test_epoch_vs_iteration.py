from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.utils.data import DataLoader, TensorDataset

from algorithms.registry import load
from algorithms.training_techniques.epoch_vs_iteration import epoch_vs_iteration
from core.errors import InputError


def test_goldens() -> None:
    assert epoch_vs_iteration(1000, 100)["iterations_per_epoch"] == 10
    output = epoch_vs_iteration(1050, 100, epochs=3)
    assert output["iterations_per_epoch"] == 11 and output["last_batch_size"] == 50
    assert output["total_iterations"] == 33
    assert epoch_vs_iteration(1050, 100, drop_last=True)["iterations_per_epoch"] == 10


@given(st.integers(1, 50), st.integers(1, 60), st.booleans())
def test_equals_the_torch_loader(n: int, b: int, drop_last: bool) -> None:
    loader = DataLoader(TensorDataset(torch.arange(n)), batch_size=b, drop_last=drop_last)
    sizes = [len(batch[0]) for batch in loader]
    output = epoch_vs_iteration(n, b, drop_last=drop_last)
    assert output["iterations_per_epoch"] == len(loader) == len(sizes)
    assert output["last_batch_size"] == (sizes[-1] if sizes else 0)
    assert [len(batch) for batch in output["first_epoch"]] == sizes


@given(st.integers(1, 50), st.integers(1, 10))
def test_an_epoch_visits_every_example_once(n: int, b: int) -> None:
    batches = epoch_vs_iteration(n, b)["first_epoch"]
    assert sorted(i for batch in batches for i in batch) == list(range(n))


def test_accumulation_and_devices() -> None:
    output = epoch_vs_iteration(1050, 10, epochs=2, accumulation=4, devices=3)
    assert output["iterations_per_epoch"] == math.ceil(350 / 10)
    assert output["optimizer_steps"] == 2 * 9  # 35 batches: 8 full groups of four and one of three
    assert output["effective_batch_size"] == 120
    assert output["first_epoch"] is None


@pytest.mark.parametrize("bad", [{"n": 0}, {"batch_size": 0}, {"epochs": -1}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("epoch-vs-iteration").run(bad)
