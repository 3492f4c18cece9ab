from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.normalization_layers.batch_normalization import batch_normalization
from algorithms.registry import load
from core.errors import InputError


def test_training_and_inference_equal_torch() -> None:
    rng = np.random.default_rng(0)
    layer = torch.nn.BatchNorm1d(3, dtype=torch.float64)
    gamma, beta = rng.normal(size=3), rng.normal(size=3)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor(gamma))
        layer.bias.copy_(torch.tensor(beta))
    mean: list[float] | None = None
    variance: list[float] | None = None
    for _ in range(3):
        x = rng.normal(2, 3, size=(6, 3))
        expected = layer(torch.tensor(x)).detach()
        output = batch_normalization(
            x.tolist(), "train", gamma.tolist(), beta.tolist(), running_mean=mean, running_variance=variance
        )
        np.testing.assert_allclose(output["output"], expected, atol=1e-9)
        np.testing.assert_allclose(output["running_mean"], layer.running_mean)
        np.testing.assert_allclose(output["running_variance"], layer.running_var)
        mean, variance = output["running_mean"].tolist(), output["running_variance"].tolist()
    layer.eval()
    x = rng.normal(size=(2, 3))
    output = batch_normalization(x.tolist(), "inference", gamma.tolist(), beta.tolist(), mean, variance)
    np.testing.assert_allclose(output["output"], layer(torch.tensor(x)).detach(), atol=1e-9)
    assert output["running_mean"].tolist() == mean


@given(st.floats(0.5, 50), st.integers(0, 99))
def test_scaling_the_weights_before_it_changes_nothing(scale: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    X, W = rng.normal(size=(8, 4)), rng.normal(size=(4, 3))
    plain = batch_normalization((X @ W).tolist(), epsilon=1e-12)["output"]
    np.testing.assert_allclose(
        batch_normalization((X @ (scale * W)).tolist(), epsilon=1e-12)["output"], plain, atol=1e-6
    )


def test_features_have_mean_zero_and_variance_one_before_gain_and_bias() -> None:
    output = load("batch-normalization").run()
    np.testing.assert_allclose(output["output_means"], 0, atol=1e-12)
    np.testing.assert_allclose(output["output_variances"], 1, atol=1e-4)
    assert output["batch_mean"] == [3, 50]


def test_a_prediction_depends_on_its_batch_in_training_mode_only() -> None:
    one, other = [[1.0], [3.0]], [[1.0], [30.0]]
    assert batch_normalization(one)["output"][0] == pytest.approx(-1, abs=1e-4)
    statistics = {"running_mean": [2.0], "running_variance": [4.0]}
    a = batch_normalization(one, "inference", **statistics)["output"][0, 0]  # type: ignore[arg-type]
    b = batch_normalization(other, "inference", **statistics)["output"][0, 0]  # type: ignore[arg-type]
    assert a == b == pytest.approx(-0.5, abs=1e-5)


@pytest.mark.parametrize("bad", [{"x": [[1.0]]}, {"gamma": [1.0]}, {"running_variance": [-1.0, 1.0]}, {"mode": "eval"}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("batch-normalization").run(bad)
