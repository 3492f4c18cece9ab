r"""Image data augmentation trains on changed copies of the images, such as flips, rotations and crops, that keep their
labels.

$$x' = T(x),\; T \in \{\text{flip}, \text{rotate}, \text{crop}, \text{scale}, \text{brightness}, \text{noise}\}, \qquad y' = y$$

**Intuition.** A mirrored cat is a cat. Each transformation tells the model about an invariance which it would otherwise
have to learn from more images. Drawing a new change every epoch makes the data set practically endless.

**When to use it.** For nearly all image training, most of all with little data. For rare classes more copies can be
made: a number inversely proportional to the class's frequency evens out what the model sees.

**Cost.** CPU time in the loader; no more memory.

**Pitfalls.** The label must survive: a flipped *b* is a *d*, a 6 upside down is a 9, a mirrored "left" arrow points
right. Boxes, masks and key points must be transformed along. Augment the training set only, after the split; else
copies of one image land on both sides. Many copies of three images of a rare class are still three images. Strong
augmentation needs longer training.

**References.** Shorten and Khoshgoftaar, *A survey on image data augmentation for deep learning* (2019). Cubuk et al.,
*RandAugment*, arXiv:1909.13719.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import AfterValidator, Field

from algorithms.inputs import Number, Seed, rectangular
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Image = Annotated[
    list[Annotated[list[Number], Field(min_length=1, max_length=64)]],
    Field(min_length=1, max_length=64),
    AfterValidator(rectangular),
]
Operation = Literal["flip_horizontal", "flip_vertical", "rotate_90", "crop", "scale_2", "brightness", "noise"]
Counts = Annotated[list[Annotated[int, Field(ge=1, le=10**9)]], Field(min_length=1, max_length=50)]


def transform(image: Floats, operation: Operation, amount: float, rng: np.random.Generator) -> Floats:
    """One changed copy of an image (H, W).

    Examples
    --------
    >>> transform(np.array([[1.0, 2.0], [3.0, 4.0]]), "rotate_90", 0.0, np.random.default_rng(0)).tolist()
    [[2.0, 4.0], [1.0, 3.0]]
    """
    if operation == "flip_horizontal":
        return image[:, ::-1]
    if operation == "flip_vertical":
        return image[::-1]
    if operation == "rotate_90":
        return image.T[::-1]  # a quarter turn against the clock
    if operation == "scale_2":
        return image.repeat(2, axis=0).repeat(2, axis=1)
    if operation == "brightness":
        return image + amount
    if operation == "noise":
        return image + amount * rng.standard_normal(image.shape)
    pad = max(1, round(abs(amount)))  # crop: shift by at most this, zeros from outside
    padded = np.pad(image, pad)
    top, left = rng.integers(0, 2 * pad + 1, size=2)
    return padded[top : top + image.shape[0], left : left + image.shape[1]]


def copies_to_balance(counts: list[int], largest: int) -> list[int]:
    """Number of images of each class after augmenting in inverse proportion to its frequency, up to a factor.

    Examples
    --------
    >>> copies_to_balance([1000, 100, 10], 20)
    [1, 10, 20]
    """
    return [min(largest, round(max(counts) / n)) for n in counts]


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """The image before and after."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 2.6), layout="constrained")
    for axes, picture, title in zip(
        figure.subplots(1, 2), (inputs["image"], output["image"]), ("before", "after"), strict=True
    ):
        axes.imshow(picture, cmap="gray")
        axes.set(title=title, xticks=[], yticks=[])
    return figure


@algorithm(
    id="image-augmentation",
    name="Image data augmentation",
    aliases=(
        "flips",
        "rotations",
        "crops",
        "colour jitter",
        "Stronger augmentation on tail classes",
        "class-dependent augmentation",
        "image data augmentation",
    ),
    example={
        "image": [[0.0, 0.0, 1.0], [0.0, 1.0, 0.0], [1.0, 1.0, 1.0]],
        "operation": "rotate_90",
        "class_counts": [1000, 100, 10],
    },
    figure=draw,
)
def image_augmentation(
    image: Image,
    operation: Operation = "flip_horizontal",
    amount: Annotated[float, Field(ge=-16, le=16)] = 1.0,
    class_counts: Counts = [1000, 100, 10],  # noqa: B006
    max_copies: Annotated[int, Field(ge=1, le=1000)] = 20,
    seed: Seed = 0,
) -> Output:
    """One augmented copy of a grey image, and how many copies of each class even out a long tail.

    Parameters
    ----------
    image : list of rows, (H, W)
        Grey values.
    operation : {"flip_horizontal", "flip_vertical", "rotate_90", "crop", "scale_2", "brightness", "noise"}
        What to do; ``crop`` shifts at random and fills with zeros, ``scale_2`` doubles the size.
    amount : float
        Largest shift of ``crop`` in pixels, added brightness, or standard deviation of the noise.
    class_counts : list of int
        Images of each class.
    max_copies : int
        Largest factor for a rare class.
    seed : int
        Seed of ``crop`` and ``noise``.

    Returns
    -------
    dict
        ``image``, the changed copy, at most 8 × 8 of it, and its ``shape``; ``mean_before`` and ``mean_after``;
        ``copies``, the factor for each class, and ``images_after``; ``imbalance_before`` and ``imbalance_after``, the
        ratio of the largest to the smallest class.

    Examples
    --------
    >>> out = image_augmentation([[1.0, 2.0]], "flip_horizontal")
    >>> out["image"].tolist(), out["copies"]
    ([[2.0, 1.0]], [1, 10, 20])
    """
    picture = np.asarray(image, dtype=np.float64)  # (H, W)
    changed = transform(picture, operation, amount, np.random.default_rng(seed))
    copies = copies_to_balance(class_counts, max_copies)
    after = [n * c for n, c in zip(class_counts, copies, strict=True)]
    return {
        "image": changed[:8, :8],
        "shape": list(changed.shape),
        "mean_before": picture.mean(),
        "mean_after": changed.mean(),
        "copies": copies,
        "images_after": after,
        "imbalance_before": max(class_counts) / min(class_counts),
        "imbalance_after": max(after) / min(after),
    }
