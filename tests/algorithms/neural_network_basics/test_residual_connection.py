from __future__ import annotations

import numpy as np
import pytest
import torch

from algorithms.neural_network_basics.residual_connection import Variant, residual_connection, stack
from algorithms.registry import load
from core.errors import InputError


@pytest.mark.parametrize("variant", ["plain", "identity", "scaled"])
def test_forward_and_backward_equal_torch(variant: Variant) -> None:
    depth, width = 3, 5
    rng = np.random.default_rng(2)
    Ws = torch.tensor(rng.standard_normal((depth, width, width)) / np.sqrt(width))
    x = torch.tensor(rng.standard_normal((64, width)), requires_grad=True)
    g = torch.tensor(rng.standard_normal((64, width)))
    h, scale = x, 1 / np.sqrt(depth) if variant == "scaled" else 1.0
    for W in Ws:
        h = h @ W.T if variant == "plain" else h + scale * (h @ W.T)
    h.backward(g)
    assert x.grad is not None
    variances, gain = stack(depth, width, variant, None, 2)
    assert variances[-1] == pytest.approx(h.var(correction=0).item())
    assert gain == pytest.approx((x.grad.norm() / g.norm()).item())


@pytest.mark.parametrize("seed", range(3))
def test_variance_doubles_at_each_block_unless_branches_are_scaled(seed: int) -> None:
    output = residual_connection(20, 128, seed=seed)
    assert output["identity_variance"] == pytest.approx(2**20, rel=0.5)
    assert 0.5 < output["plain_variance"] < 2
    assert output["scaled_variance"] == pytest.approx((1 + 1 / 20) ** 20, rel=0.25)


def test_identity_path_keeps_the_gradient_of_fifty_weak_blocks() -> None:
    output = residual_connection(50, 8, branch_norm=0.01)
    assert output["plain_scalar_gradient"] == pytest.approx(1e-100)
    assert output["residual_scalar_gradient"] == pytest.approx(1.01**50)
    assert residual_connection(50, 8, branch_norm=0.0)["residual_scalar_gradient"] == 1


def test_paths_of_the_unrolled_network() -> None:
    # (1 + a)(1 + b)(1 + c) has 8 terms; without b, the four of (1 + a)(1 + c) are left
    output = residual_connection(3, 4)
    assert output["paths"] == 8
    assert output["paths_after_deleting_a_block"] == 4


def test_deleting_one_block_changes_little() -> None:
    assert load("residual-connection").run()["deletion_error"] < 0.15


@pytest.mark.parametrize("bad", [{"depth": 0}, {"depth": 10**4}, {"branch_norm": 5}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("residual-connection").run(bad)
