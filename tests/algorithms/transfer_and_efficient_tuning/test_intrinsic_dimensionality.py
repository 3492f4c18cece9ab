from __future__ import annotations

import numpy as np
import pytest

from algorithms.registry import load
from algorithms.toy_networks import new_network, train_classifier
from algorithms.transfer_and_efficient_tuning.intrinsic_dimensionality import (
    intrinsic_dimensionality,
    train_in_subspace,
)
from core.errors import InputError


def test_the_identity_as_subspace_is_ordinary_training() -> None:
    rng = np.random.default_rng(0)
    start = new_network((2, 3, 2), rng)
    x, y = rng.standard_normal((10, 2)), rng.integers(0, 2, 10)
    plain = [p.copy() for p in start]
    losses = train_classifier(plain, x, y, 20, 0.05)
    params, other = train_in_subspace(start, np.eye(sum(p.size for p in start)), x, y, 20, 0.05)
    np.testing.assert_allclose(other, losses, rtol=1e-9)
    for a, b in zip(params, plain, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-9)


def test_weights_never_leave_the_subspace() -> None:
    rng = np.random.default_rng(1)
    start = new_network((2, 4, 2), rng)
    P = rng.standard_normal((sum(p.size for p in start), 3))
    params, _ = train_in_subspace(start, P, rng.standard_normal((9, 2)), rng.integers(0, 2, 9), 30, 0.1)
    change = np.concatenate([(a - b).ravel() for a, b in zip(params, start, strict=True)])
    _, residual, *_ = np.linalg.lstsq(P, change, rcond=None)
    assert np.linalg.norm(change) > 0.1
    assert residual[0] < 1e-20


def test_few_random_directions_suffice_and_one_does_not() -> None:
    output = intrinsic_dimensionality([1, 4, 32])
    assert output["parameters"] == 162
    assert output["full_accuracy"] > 0.97
    assert output["accuracies"][0] < 0.9 * output["full_accuracy"]
    assert output["accuracies"][-1] >= 0.9 * output["full_accuracy"]
    assert output["losses"][0] > output["losses"][1] > output["losses"][2]
    assert output["d90"] is not None and output["d90"] <= 32 < 162 / 5


@pytest.mark.parametrize("bad", [{"dimensions": []}, {"dimensions": [0]}, {"steps": 10**5}, {"hidden": 1000}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("intrinsic-dimensionality").run(bad)
