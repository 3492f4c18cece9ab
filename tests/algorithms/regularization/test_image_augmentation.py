from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.ndimage import rotate

from algorithms.registry import load
from algorithms.regularization.image_augmentation import Operation, image_augmentation, transform
from core.errors import InputError

IMAGES = arrays(np.float64, st.tuples(st.integers(1, 6), st.integers(1, 6)), elements=st.floats(0, 1))
RNG = np.random.default_rng(0)


@given(IMAGES)
def test_two_flips_and_four_quarter_turns_are_the_identity(image: np.ndarray) -> None:
    for operation in ("flip_horizontal", "flip_vertical"):
        twice = transform(transform(image, operation, 0, RNG), operation, 0, RNG)  # type: ignore[arg-type]
        np.testing.assert_array_equal(twice, image)
    turned = image
    for _ in range(4):
        turned = transform(turned, "rotate_90", 0, RNG)
    np.testing.assert_array_equal(turned, image)


def test_orientation_of_flips_and_turns() -> None:
    image = np.arange(6.0).reshape(2, 3)
    np.testing.assert_array_equal(transform(image, "flip_horizontal", 0, RNG), np.fliplr(image))
    np.testing.assert_array_equal(transform(image, "flip_vertical", 0, RNG), np.flipud(image))
    np.testing.assert_allclose(transform(image, "rotate_90", 0, RNG), rotate(image, 90, order=1), atol=1e-9)


@given(IMAGES, st.integers(0, 50))
def test_a_crop_is_a_shifted_window_with_zeros_from_outside(image: np.ndarray, seed: int) -> None:
    cropped = transform(image, "crop", 2.0, np.random.default_rng(seed))
    assert cropped.shape == image.shape
    padded = np.pad(image, 2)
    h, w = image.shape
    windows = [padded[i : i + h, j : j + w] for i in range(5) for j in range(5)]
    assert any(np.array_equal(cropped, window) for window in windows)


@pytest.mark.parametrize(
    ("operation", "mean", "shape"),
    [("brightness", 1.5, [2, 2]), ("scale_2", 1.0, [4, 4]), ("flip_vertical", 1.0, [2, 2])],
)
def test_means_and_shapes(operation: Operation, mean: float, shape: list[int]) -> None:
    output = image_augmentation([[0.0, 1.0], [1.0, 2.0]], operation, 0.5)
    assert output["mean_after"] == pytest.approx(mean)
    assert output["shape"] == shape


def test_noise_has_the_given_size() -> None:
    noisy = transform(np.zeros((60, 60)), "noise", 2.0, np.random.default_rng(0))
    assert noisy.std() == pytest.approx(2, rel=0.05)


def test_copies_are_inverse_to_the_frequency() -> None:
    output = image_augmentation([[1.0]], class_counts=[1000, 100, 10], max_copies=1000)
    assert output["copies"] == [1, 10, 100]
    assert output["images_after"] == [1000, 1000, 1000]
    assert output["imbalance_before"] == 100
    assert output["imbalance_after"] == 1
    assert load("image-augmentation").run()["copies"] == [1, 10, 20]


@pytest.mark.parametrize("bad", [{"operation": "shear"}, {"image": [[1.0], [1.0, 2.0]]}, {"class_counts": [0]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("image-augmentation").run(bad)
