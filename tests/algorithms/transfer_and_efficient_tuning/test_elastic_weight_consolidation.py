from __future__ import annotations

import numpy as np
import pytest
import torch

from algorithms.registry import load
from algorithms.toy_networks import new_network
from algorithms.transfer_and_efficient_tuning.elastic_weight_consolidation import (
    elastic_weight_consolidation,
    fisher_diagonal,
)
from core.errors import InputError


def test_fisher_equals_torch() -> None:
    rng = np.random.default_rng(0)
    params, x = new_network((3, 4, 2), rng), rng.standard_normal((5, 3))
    tensors = [torch.tensor(p, requires_grad=True) for p in params]
    expected = [torch.zeros_like(t) for t in tensors]
    for row in torch.tensor(x):
        log_p = torch.log_softmax(torch.tanh(row @ tensors[0] + tensors[1]) @ tensors[2] + tensors[3], dim=0)
        for label in range(2):
            grads = torch.autograd.grad(log_p[label], tensors, retain_graph=True)
            for e, g in zip(expected, grads, strict=True):
                e += log_p[label].exp().detach() * g**2 / len(x)
    for ours, theirs in zip(fisher_diagonal(params, x), expected, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-12)


@pytest.mark.parametrize("seed", [0, 1])
def test_keeps_the_old_task_and_learns_the_new_one(seed: int) -> None:
    output = elastic_weight_consolidation(seed=seed)
    assert output["accuracy_a_plain"] < 0.6
    assert output["accuracy_a_ewc"] > 0.95 and output["accuracy_b_ewc"] > 0.95
    assert output["average_ewc"] > output["average_plain"] + 0.2


def test_without_springs_it_is_plain_training_and_stiff_ones_stop_learning() -> None:
    none = elastic_weight_consolidation(penalty=0)
    assert none["accuracy_a_ewc"] == none["accuracy_a_plain"]
    assert none["accuracy_b_ewc"] == none["accuracy_b_plain"]
    stiff = elastic_weight_consolidation(penalty=1e6)
    assert stiff["accuracy_a_ewc"] >= stiff["accuracy_a_before"] - 0.02
    assert stiff["accuracy_b_ewc"] < none["accuracy_b_ewc"] - 0.05


@pytest.mark.parametrize("bad", [{"penalty": -1}, {"steps": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("elastic-weight-consolidation").run(bad)
