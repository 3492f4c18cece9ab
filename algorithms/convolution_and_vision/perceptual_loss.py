r"""Perceptual loss compares two images by the feature maps of a fixed network instead of by their pixels.

$$L = \lVert \phi(x) - \phi(y) \rVert^2, \qquad G_{cd} = \frac{1}{HW} \sum_{i} \phi_{c,i}\,\phi_{d,i}, \qquad \mathrm{PSNR} = 10 \log_{10} \frac{\mathrm{MAX}^2}{\mathrm{MSE}}$$

**Intuition.** Shift a striped picture by one pixel, and nearly every pixel is wrong, although nobody sees a difference.
Pooled features hardly move. So a loss on features prefers sharp, plausible results where pixel losses prefer a blurred
average. Style is compared by Gram matrices: which features occur together, no matter where.

**When to use it.** For super-resolution, style transfer, image-to-image translation and as part of the loss of
autoencoders; PSNR and pixel losses to measure fidelity.

**Cost.** A forward pass of the feature network for each image.

**Pitfalls.** The feature network must be frozen, in evaluation mode, and fed with its own normalization. Perceptual
loss alone invites checkerboards; add a small pixel term. PSNR is a function of the mean squared error, so it favours
blur, and depends on the assumed maximum: 1 or 255. The Gram matrix ignores positions entirely. Values of different
layers are not comparable; weight them. Interpolation (bicubic) is the baseline to beat.

**References.** Johnson, Alahi and Fei-Fei, *Perceptual losses for real-time style transfer and super-resolution*,
arXiv:1603.08155. Gatys, Ecker and Bethge, arXiv:1508.06576. Zhang et al. (LPIPS), arXiv:1801.03924.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.convolution_and_vision.conv2d import Image, convolve
from algorithms.convolution_and_vision.pooling import pool
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


def filter_bank() -> Floats:
    """Eight fixed filters (8, 1, 3, 3): the mean, edges in four directions, and three second derivatives.

    Examples
    --------
    >>> filter_bank().shape
    (8, 1, 3, 3)
    """
    smooth, edge, ridge = np.array([1.0, 2.0, 1.0]), np.array([-1.0, 0.0, 1.0]), np.array([-1.0, 2.0, -1.0])
    bank = [np.outer(smooth, smooth) / 16, np.outer(smooth, edge) / 8, np.outer(edge, smooth) / 8]
    bank += [np.outer(-smooth, edge) / 8, np.outer(-edge, smooth) / 8]
    bank += [np.outer(smooth, ridge) / 8, np.outer(ridge, smooth) / 8, np.outer(ridge, ridge) / 8]
    return np.stack(bank)[:, None]


def features(image: Floats, block: int = 4) -> Floats:
    """Feature maps (8, H', W'): fixed filters, ReLU and average pooling over blocks.

    Examples
    --------
    >>> features(np.ones((10, 10))).shape
    (8, 2, 2)
    """
    maps = np.maximum(convolve(image[None, None], filter_bank()), 0)
    size = min(block, maps.shape[2], maps.shape[3])
    return np.asarray(pool(maps, "average", size, size)[0])


def gram(phi: Floats) -> Floats:
    """Gram matrix (C, C) of feature maps (C, H, W), divided by the number of places.

    Examples
    --------
    >>> gram(np.ones((2, 3, 3))).tolist()
    [[1.0, 1.0], [1.0, 1.0]]
    """
    flat = phi.reshape(len(phi), -1)  # (C, HW)
    return np.asarray(flat @ flat.T / flat.shape[1])


def psnr(x: Floats, y: Floats, maximum: float) -> float:
    """Peak signal-to-noise ratio in decibels; infinite for equal images.

    Examples
    --------
    >>> round(psnr(np.zeros((2, 2)), np.full((2, 2), 0.1), 1.0), 9)
    20.0
    """
    error = float(((x - y) ** 2).mean())
    return float("inf") if error == 0 else float(10 * np.log10(maximum**2 / error))


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Both images."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 2.8), layout="constrained")
    for axes, key in zip(figure.subplots(1, 2), ("image", "other"), strict=True):
        axes.imshow(np.asarray(inputs[key]), cmap="gray")
        axes.set(title=key, xticks=[], yticks=[])
    return figure


def stripes(shift: int) -> list[list[float]]:
    """A 14 × 14 picture of vertical stripes, moved to the right.

    Examples
    --------
    >>> stripes(0)[0][:4], stripes(1)[0][:4]
    ([1.0, 0.0, 1.0, 0.0], [0.0, 1.0, 0.0, 1.0])
    """
    return [[float((column - shift) % 2 == 0) for column in range(14)] for _ in range(14)]


@algorithm(
    id="perceptual-loss",
    name="Perceptual loss",
    aliases=(
        "feature loss",
        "VGG loss",
        "Pixel-wise loss",
        "pixel MSE",
        "L1 image loss",
        "Style transfer with Gram-matrix loss",
        "neural style transfer",
        "Gram matrix",
        "Super-resolution with PSNR",
        "SR",
        "upscaling",
        "PSNR",
        "peak signal-to-noise ratio",
    ),
    example={"image": stripes(0), "other": stripes(1), "maximum": 1.0},
    figure=draw,
)
def perceptual_loss(image: Image, other: Image, maximum: Annotated[float, Field(gt=0, le=1e6)] = 1.0) -> Output:
    """Pixel losses, PSNR, a perceptual loss from fixed filters and a Gram-matrix style loss of two images.

    Parameters
    ----------
    image : list of rows, (H, W)
        First picture, at least 3 × 3 grey values.
    other : list of rows, (H, W)
        Second picture of the same shape.
    maximum : float
        Largest possible grey value, for PSNR.

    Returns
    -------
    dict
        ``pixel_mse`` and ``pixel_l1``; ``psnr`` in dB; ``perceptual_loss``, the mean squared difference of the feature
        maps, and ``relative_perceptual_loss`` and ``relative_pixel_loss``, each divided by the mean square of the first
        image's features or pixels; ``style_loss``, the mean squared difference of Gram matrices; ``upscaled_psnr``,
        that of the first image halved and linearly enlarged again, the baseline for super-resolution.

    Raises
    ------
    ValueError
        If the shapes differ or are below 3 × 3.

    Examples
    --------
    >>> out = perceptual_loss(stripes(0), stripes(1))
    >>> float(out["pixel_mse"]), bool(out["perceptual_loss"] < 1e-6)
    (1.0, True)
    """
    x, y = np.asarray(image, dtype=np.float64), np.asarray(other, dtype=np.float64)  # (H, W) each
    if x.shape != y.shape or min(x.shape) < 3:
        raise ValueError("both images need the same shape, at least 3 × 3")
    phi, psi = features(x), features(y)  # (8, H', W') each
    half = x[::2, ::2]  # every second pixel
    rows, columns = np.arange(x.shape[0]) / 2, np.arange(x.shape[1]) / 2
    along = np.stack([np.interp(columns, np.arange(half.shape[1]), row) for row in half])  # (H/2, W)
    enlarged = np.stack([np.interp(rows, np.arange(half.shape[0]), column) for column in along.T], axis=1)  # (H, W)
    perceptual, pixel = ((phi - psi) ** 2).mean(), ((x - y) ** 2).mean()
    return {
        "pixel_mse": pixel,
        "pixel_l1": np.abs(x - y).mean(),
        "psnr": psnr(x, y, maximum),
        "perceptual_loss": perceptual,
        "relative_perceptual_loss": perceptual / max(float((phi**2).mean()), 1e-300),
        "relative_pixel_loss": pixel / max(float((x**2).mean()), 1e-300),
        "style_loss": ((gram(phi) - gram(psi)) ** 2).mean(),
        "upscaled_psnr": psnr(x, enlarged, maximum),
    }
