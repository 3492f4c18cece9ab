from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.convolution_and_vision.masked_image_modeling import (
    masked_loss,
    network_input,
    random_masks,
    wave_images,
)
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(0, 99))
def test_loss_and_gradient_equal_torch_on_masked_patches(seed: int) -> None:
    rng = np.random.default_rng(seed)
    predicted, target, masked = rng.normal(size=(3, 16, 4)), rng.normal(size=(3, 16, 4)), random_masks(3, 0.4, rng)
    t = torch.tensor(predicted, requires_grad=True)
    loss = torch.nn.functional.mse_loss(t[torch.tensor(masked)], torch.tensor(target[masked]))
    loss.backward()
    ours, gradient = masked_loss(predicted, target, masked)
    assert ours == pytest.approx(loss.item())
    np.testing.assert_allclose(gradient, t.grad, atol=1e-12)
    assert not gradient[~masked].any()


@given(st.floats(0.01, 0.99), st.integers(0, 99))
def test_each_mask_hides_the_stated_share(ratio: float, seed: int) -> None:
    masks = random_masks(5, ratio, np.random.default_rng(seed))
    assert len(set(masks.sum(axis=1).tolist())) == 1
    assert abs(masks[0].mean() - ratio) <= 1 / 16


def test_masks_are_uniform_over_the_patches() -> None:
    np.testing.assert_allclose(random_masks(4000, 0.5, np.random.default_rng(0)).mean(axis=0), 0.5, atol=0.04)


def test_hidden_pixels_do_not_reach_the_network() -> None:
    rng = np.random.default_rng(0)
    tokens, masked = rng.normal(size=(2, 16, 4)), random_masks(2, 0.5, rng)
    changed = np.where(masked[:, :, None], 99.0, tokens)
    np.testing.assert_array_equal(network_input(tokens, masked), network_input(changed, masked))


def test_fills_gaps_far_better_than_the_mean_of_the_visible_pixels() -> None:
    output = load("masked-image-modeling").run()
    assert output["masked_error_before"] > 0.5
    assert output["masked_error_after"] < 0.3 * output["mean_fill_error"]
    original, shown = np.array(output["original"]), np.array(output["visible"])
    np.testing.assert_array_equal(shown[shown != 0], original[shown != 0])
    reconstruction = np.array(output["reconstruction"])
    np.testing.assert_array_equal(reconstruction[shown != 0], original[shown != 0])


def test_waves_have_the_variance_of_a_sine() -> None:
    waves = wave_images(500, np.random.default_rng(0))
    assert np.abs(waves).max() <= 1
    assert (waves**2).mean() == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize("bad", [{"mask_ratio": 1.0}, {"hidden": 10**4}, {"steps": 10**6}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("masked-image-modeling").run(bad)
