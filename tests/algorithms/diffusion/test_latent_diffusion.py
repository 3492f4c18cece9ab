from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.decomposition import PCA

from algorithms.diffusion.latent_diffusion import bar_images, latent_diffusion
from algorithms.registry import load
from core.errors import InputError


def test_dimensions() -> None:
    assert latent_diffusion(100, 100, 1)["pixel_dimensions"] == 10_000
    assert latent_diffusion(100, 100, 3)["pixel_dimensions"] == 30_000
    stable = latent_diffusion(512, 512, 3, 8, 4)
    assert (stable["latent_dimensions"], stable["compression"]) == (16_384, 48)


@settings(max_examples=5)
@given(st.integers(1, 300), st.integers(1, 300))
def test_odd_sizes_round_up(height: int, width: int) -> None:
    output = latent_diffusion(height, width, 3, 8, 4, samples=2)
    assert output["latent_dimensions"] == len(range(0, height, 8)) * len(range(0, width, 8)) * 4


def test_decoded_samples_are_bars_of_both_kinds() -> None:
    output = latent_diffusion()
    assert output["mode_shares"].min() > 0.35  # half and half, 200 samples
    assert output["sample_error"] < 0.05  # far below the distance of the two kinds, which differ in 24 of 64 pixels
    for image, axis in zip(output["images"], (0, 1), strict=True):
        bar = image[3:5] if axis == 0 else image[:, 3:5]
        assert bar.mean() > 0.8 > 0.3 > image.sum() / 64


def test_the_autoencoder_is_pca() -> None:
    x = bar_images(400, 0)
    pca = PCA(2).fit(x)
    expected = np.sqrt(((pca.inverse_transform(pca.transform(x)) - x) ** 2).mean())
    assert latent_diffusion(samples=2)["reconstruction_error"] == pytest.approx(expected)


@pytest.mark.parametrize("bad", [{"height": 0}, {"samples": 10**6}, {"downsampling": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("latent-diffusion").run(bad)
