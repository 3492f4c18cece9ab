from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.convolution_and_vision.vit_patch_embedding import patchify, unpatchify, vit_patch_embedding
from algorithms.registry import load
from core.errors import InputError


def test_golden_of_vit_base() -> None:
    output = load("vit-patch-embedding").run()
    assert output["patches"] == 196
    assert output["tokens"] == 197
    assert output["patch_dim"] == 768
    # map 768 · 768 + 768, positions 197 · 768, class token 768
    assert output["parameters"] == 590_592 + 151_296 + 768
    assert output["attention_pairs"] == 197**2


@given(st.integers(1, 3), st.integers(1, 3), st.integers(1, 3), st.integers(1, 4), st.integers(1, 2), st.integers(1, 3))
def test_the_inverse_restores_the_clip(
    t: int, rows: int, columns: int, patch: int, tubelet: int, channels: int
) -> None:
    shape = (t * tubelet, rows * patch, columns * patch, channels)
    clip = np.random.default_rng(0).normal(size=shape)
    tokens = patchify(clip, patch, tubelet)
    assert tokens.shape == (t * rows * columns, tubelet * patch * patch * channels)
    np.testing.assert_array_equal(unpatchify(tokens, shape, patch, tubelet), clip)


def test_order_of_the_patches_equals_torch_unfold() -> None:
    image = np.random.default_rng(0).normal(size=(1, 6, 8, 1))
    unfolded = torch.nn.functional.unfold(torch.tensor(image.transpose(0, 3, 1, 2)), 2, stride=2)[0].T
    np.testing.assert_allclose(patchify(image, 2), unfolded)


@pytest.mark.parametrize(("frames", "tubelet"), [(1, 1), (4, 1), (4, 2)])
def test_linear_map_is_a_strided_convolution_and_video_multiplies_tokens(frames: int, tubelet: int) -> None:
    output = vit_patch_embedding(32, 48, 16, 3, 16, frames, tubelet, cls_token=False)
    assert output["tokens"] == frames // tubelet * 2 * 3
    assert output["convolution_difference"] < 1e-10
    assert output["restored_exactly"]


def test_halving_the_patch_quadruples_the_tokens() -> None:
    coarse = vit_patch_embedding(patch_size=16, cls_token=False)
    fine = vit_patch_embedding(patch_size=8, cls_token=False)
    assert fine["patches"] == 4 * coarse["patches"]
    assert fine["attention_pairs"] == 16 * coarse["attention_pairs"]


@pytest.mark.parametrize(
    "bad", [{"patch_size": 15}, {"frames": 3, "tubelet": 2}, {"frames": 64, "height": 512, "width": 512}]
)
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("vit-patch-embedding").run(bad)
