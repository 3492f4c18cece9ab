from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.convolution_and_vision.perceptual_loss import (
    features,
    filter_bank,
    gram,
    perceptual_loss,
    psnr,
    stripes,
)
from algorithms.registry import load
from core.errors import InputError


def test_features_equal_torch() -> None:
    x = np.random.default_rng(0).random((14, 10))
    maps = torch.relu(torch.nn.functional.conv2d(torch.tensor(x[None, None]), torch.tensor(filter_bank())))
    np.testing.assert_allclose(features(x), torch.nn.functional.avg_pool2d(maps, 4)[0], atol=1e-12)


def test_a_shift_by_a_pixel_is_large_in_pixels_and_small_in_features() -> None:
    x = np.zeros((22, 22))
    x[5:17, 5:17:3] = 1
    output = perceptual_loss(x.tolist(), np.roll(x, 1, axis=1).tolist())
    assert output["relative_pixel_loss"] == pytest.approx(2)  # every bright pixel is missed, and one added
    assert output["relative_perceptual_loss"] < 0.2 * output["relative_pixel_loss"]
    example = load("perceptual-loss").run()
    assert example["pixel_mse"] == 1
    assert example["perceptual_loss"] < 1e-12
    assert stripes(0) != stripes(1)


@given(st.integers(0, 99))
def test_the_gram_matrix_ignores_positions(seed: int) -> None:
    rng = np.random.default_rng(seed)
    phi = rng.normal(size=(3, 4, 5))
    shuffled = phi.reshape(3, -1)[:, rng.permutation(20)].reshape(3, 4, 5)
    np.testing.assert_allclose(gram(phi), gram(shuffled))
    np.testing.assert_allclose(gram(phi), np.einsum("chw,dhw->cd", phi, phi) / 20)


@given(st.floats(0.01, 1), st.floats(0.5, 300))
def test_psnr(error: float, maximum: float) -> None:
    x = np.zeros((3, 3))
    assert psnr(x, x + error, maximum) == pytest.approx(20 * np.log10(maximum / error))


def test_equal_images() -> None:
    output = load("perceptual-loss").run({"other": stripes(0)})
    assert output["psnr"] == "Infinity"
    assert output["perceptual_loss"] == output["style_loss"] == output["pixel_l1"] == 0


def test_interpolation_restores_a_smooth_picture_well_and_stripes_badly() -> None:
    smooth = np.add.outer(np.linspace(0, 0.5, 13), np.linspace(0, 0.5, 13)).tolist()
    assert perceptual_loss(smooth, smooth)["upscaled_psnr"] > 100
    assert load("perceptual-loss").run()["upscaled_psnr"] < 5


@pytest.mark.parametrize("bad", [{"other": [[1.0]]}, {"maximum": 0}, {"image": [[1.0, 2.0]], "other": [[1.0, 2.0]]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("perceptual-loss").run(bad)
