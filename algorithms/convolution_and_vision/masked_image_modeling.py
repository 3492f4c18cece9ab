r"""Masked image modeling hides a part of an image's patches and trains a network to predict them from the rest.

$$L = \frac{1}{|M|} \sum_{i \in M} \lVert \hat x_i - x_i \rVert^2, \qquad M = \text{masked patches}$$

**Intuition.** To fill in a missing patch one has to understand what surrounds it. Images are redundant, so a small gap
could be filled by copying a neighbour; with 75 % hidden, as in MAE, that no longer works. The masked autoencoder
encodes only the visible patches, which makes it fast, and a light decoder fills in the rest. BEiT predicts discrete
tokens instead of pixels.

**When to use it.** To pre-train vision Transformers without labels.

**Cost.** MAE's encoder sees a quarter of the patches.

**Pitfalls.** The loss is taken on the *masked patches only*; with the visible ones included, the network is rewarded
for copying. Masks are drawn anew for each image and step. Too low a ratio makes the task trivial; text models hide 15
%, images take 40 to 75 %. Predicting normalised pixels of each patch works better than raw ones. A low reconstruction
error is not the aim; judge by the transfer. Linear probes lag behind contrastive methods, fine-tuning does not.

**References.** He et al., *Masked autoencoders are scalable vision learners*, arXiv:2111.06377. Bao et al., *BEiT*,
arXiv:2106.08254. Xie et al., *SimMIM*, arXiv:2111.09886.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.convolution_and_vision.vit_patch_embedding import patchify, unpatchify
from algorithms.inputs import Seed
from algorithms.neural_network_basics.backpropagation import backward, forward, initial_layers
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

PATCHES, PIXELS = 16, 4  # 8 × 8 pixels in patches of 2 × 2


def wave_images(n: int, rng: np.random.Generator) -> Floats:
    """Images (n, 8, 8) of plane waves of random direction, length and phase, in [-1, 1].

    Examples
    --------
    >>> wave_images(2, np.random.default_rng(0)).shape
    (2, 8, 8)
    """
    rows, columns = np.mgrid[:8, :8]
    u, v = rng.uniform(-0.8, 0.8, (2, n, 1, 1))  # (n, 1, 1) each
    phase = rng.uniform(0, 2 * np.pi, (n, 1, 1))
    return np.asarray(np.sin(u * rows + v * columns + phase))


def masked_loss(predicted: Floats, target: Floats, masked: Any) -> tuple[float, Floats]:
    """Mean squared error over masked patches, and its gradient; predictions and targets are (n, patches, pixels).

    Examples
    --------
    >>> loss, gradient = masked_loss(np.ones((1, 2, 1)), np.zeros((1, 2, 1)), np.array([[True, False]]))
    >>> loss, gradient.ravel().tolist()
    (1.0, [2.0, 0.0])
    """
    difference = (predicted - target) * masked[:, :, None]
    count = masked.sum() * target.shape[2]
    return float((difference**2).sum() / count), 2 * difference / count


def random_masks(n: int, ratio: float, rng: np.random.Generator) -> Any:
    """Masks (n, 16) that hide the same number of patches in each image, at least one and not all.

    Examples
    --------
    >>> random_masks(3, 0.75, np.random.default_rng(0)).sum(axis=1).tolist()
    [12, 12, 12]
    """
    hidden = int(np.clip(round(ratio * PATCHES), 1, PATCHES - 1))
    return rng.permuted(np.tile(np.arange(PATCHES), (n, 1)), axis=1) < hidden


def network_input(tokens: Floats, masked: Any) -> Floats:
    """Visible pixels, zeros for hidden ones, and the mask itself, flattened (n, 16 · 4 + 16).

    Examples
    --------
    >>> float(network_input(np.ones((1, 16, 4)), np.ones((1, 16), dtype=bool))[0].sum())
    16.0
    """
    visible = (tokens * ~masked[:, :, None]).reshape(len(tokens), -1)
    return np.concatenate([visible, masked.astype(np.float64)], axis=1)


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """A test image, what is visible of it, and the reconstruction."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 2.6), layout="constrained")
    for axes, key in zip(figure.subplots(1, 3), ("original", "visible", "reconstruction"), strict=True):
        axes.imshow(np.asarray(output[key]), cmap="gray", vmin=-1, vmax=1)
        axes.set(title=key, xticks=[], yticks=[])
    return figure


@algorithm(
    id="masked-image-modeling",
    name="Masked image modeling",
    aliases=("MAE", "BEiT", "MIM", "masked autoencoder", "masked image modelling"),
    example={"mask_ratio": 0.5, "steps": 600, "hidden": 96, "seed": 0},
    cost="trains",
    figure=draw,
)
def masked_image_modeling(
    mask_ratio: Annotated[float, Field(gt=0, lt=1)] = 0.5,
    steps: Annotated[int, Field(ge=1, le=1500)] = 600,
    hidden: Annotated[int, Field(ge=4, le=128)] = 96,
    learning_rate: Annotated[float, Field(gt=0, le=0.02)] = 0.003,
    seed: Seed = 0,
) -> Output:
    """Train a small network to fill in hidden patches of wave images, with the loss on masked patches only.

    Parameters
    ----------
    mask_ratio : float
        Share of the 16 patches that is hidden.
    steps : int
        Steps of Adam, each on 64 new images and masks.
    hidden : int
        Hidden units.
    learning_rate : float
        Step size of Adam.
    seed : int
        Seed of images, masks and weights.

    Returns
    -------
    dict
        Mean squared errors on 300 new images: ``masked_error_before``, ``masked_error_after``, ``visible_error_after``
        (not trained), ``mean_fill_error`` of filling gaps with the mean of the visible pixels; ``hidden_patches`` of
        16; ``original``, ``visible`` (gaps zero) and ``reconstruction``, one test image (8, 8), visible patches copied
        from the original.

    Examples
    --------
    >>> out = masked_image_modeling(mask_ratio=0.75, steps=1)
    >>> out["hidden_patches"]
    12
    """
    rng = np.random.default_rng(seed)
    layers = initial_layers([PATCHES * PIXELS + PATCHES, hidden, PATCHES * PIXELS], rng)

    def cut(images: Floats) -> Floats:
        return np.stack([patchify(image[None, :, :, None], 2) for image in images])  # (n, 16, 4)

    def predict(tokens: Floats, masked: Any) -> Floats:
        return forward(network_input(tokens, masked), layers, "tanh")[0].reshape(tokens.shape)

    test, test_masks = cut(wave_images(300, rng)), random_masks(300, mask_ratio, rng)
    before = masked_loss(predict(test, test_masks), test, test_masks)[0]
    flat = [part for layer in layers for part in layer]
    m, v = [np.zeros_like(p) for p in flat], [np.zeros_like(p) for p in flat]
    for t in range(1, steps + 1):
        tokens, masked = cut(wave_images(64, rng)), random_masks(64, mask_ratio, rng)
        output, cache = forward(network_input(tokens, masked), layers, "tanh")
        delta = masked_loss(output.reshape(tokens.shape), tokens, masked)[1].reshape(len(tokens), -1)
        gradients = [part for layer in backward(delta, layers, cache) for part in layer]
        for p, a, b, g in zip(flat, m, v, gradients, strict=True):
            a += 0.1 * (g - a)
            b += 0.001 * (g * g - b)
            p -= learning_rate * (a / (1 - 0.9**t)) / (np.sqrt(b / (1 - 0.999**t)) + 1e-8)
    predicted = predict(test, test_masks)
    shown = ~test_masks[:, :, None]
    means = (test * shown).sum(axis=(1, 2), keepdims=True) / (shown.sum(axis=(1, 2), keepdims=True) * PIXELS)
    filled = np.broadcast_to(means, test.shape)
    first = [test[0], test[0] * shown[0], np.where(shown[0], test[0], predicted[0])]
    pictures = [unpatchify(p, (1, 8, 8, 1), 2)[0, :, :, 0] for p in first]
    return {
        "masked_error_before": before,
        "masked_error_after": masked_loss(predicted, test, test_masks)[0],
        "visible_error_after": masked_loss(predicted, test, ~test_masks)[0],
        "mean_fill_error": masked_loss(filled, test, test_masks)[0],
        "hidden_patches": int(test_masks[0].sum()),
        "original": pictures[0],
        "visible": pictures[1],
        "reconstruction": pictures[2],
    }
