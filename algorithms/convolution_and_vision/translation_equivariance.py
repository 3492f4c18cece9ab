r"""Translation equivariance of convolution means that a shifted input gives the same feature map, shifted by as much.

$$\mathrm{conv}(T x) = T\,\mathrm{conv}(x), \qquad \text{invariance would be } f(T x) = f(x)$$

**Intuition.** The same filter looks at every place, so a feature is detected wherever it lies, and the response moves
along with it. Invariance is more: the response would not change at all. That comes, approximately, from pooling, and
fully from a global maximum or mean.

**When to use it.** To see why a convolutional network need not learn each object at each position, and why it needs
less data than a dense one.

**Cost.** None; it is a property of shared weights.

**Pitfalls.** Equivariance is often called *spatial invariance*, a different property. It is exact only for shifts by
whole pixels, away from the border (or with circular padding), and for stride 1. With stride $s$ it holds for shifts by
multiples of $s$, so strides and pooling break it in between. Zero padding tells the network where the border is.
Convolution is not equivariant to rotation or scaling; augment for those. A flattened dense head throws the property
away.

**References.** Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 9.2. Cohen and Welling, *Group
equivariant convolutional networks*, arXiv:1602.07576. Zhang, arXiv:1904.11486.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.convolution_and_vision.conv2d import convolve
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


def circular_convolve(x: Floats, w: Floats, stride: int = 1) -> Floats:
    """Convolution (H', W') of a map (H, W) on a torus, so that no border disturbs.

    Examples
    --------
    >>> circular_convolve(np.array([[1.0, 2.0, 3.0]]), np.array([[1.0, 1.0]])).tolist()
    [[3.0, 5.0, 4.0]]
    """
    padded = np.pad(x, ((0, w.shape[0] - 1), (0, w.shape[1] - 1)), mode="wrap")
    return np.asarray(convolve(padded[None, None], w[None, None], None, 0, stride)[0, 0])


@algorithm(
    id="translation-equivariance",
    name="Translation equivariance of convolution",
    aliases=("spatial invariance", "shift equivariance", "translation invariance", "equivariance vs invariance"),
    example={"size": 12, "shift": 3, "stride": 1, "seed": 0},
)
def translation_equivariance(
    size: Annotated[int, Field(ge=4, le=48)] = 12,
    shift: Annotated[int, Field(ge=0, le=48)] = 3,
    stride: Annotated[int, Field(ge=1, le=4)] = 1,
    seed: Seed = 0,
) -> Output:
    """Convolve a random image and a shifted copy, and compare the maps, a dense layer and a global pool.

    Parameters
    ----------
    size : int
        Side of the square image, wrapped around; a multiple of the stride.
    shift : int
        Pixels to the right.
    stride : int
        Stride of the convolution.
    seed : int
        Seed of image and weights.

    Returns
    -------
    dict
        ``equivariance_error``, the largest difference between conv(shift(x)) and shift(conv(x)), null if the shift is
        no multiple of the stride; ``map_change``, the largest difference of the maps without shifting back (not
        invariant); ``global_max_change`` and ``global_mean_change`` of the maps, 0 for whole multiples;
        ``zero_padded_error``, that of zero-padded convolution, not 0 at the border; ``dense_error`` of a random dense
        layer in its place.

    Raises
    ------
    ValueError
        If the size is no multiple of the stride.

    Examples
    --------
    >>> out = translation_equivariance(shift=3)
    >>> float(out["equivariance_error"]), bool(out["map_change"] > 1)
    (0.0, True)
    """
    if size % stride:
        raise ValueError("size must be a multiple of stride, or the wrapped map has a seam")
    rng = np.random.default_rng(seed)
    x, w = rng.standard_normal((size, size)), rng.standard_normal((3, 3))
    moved = np.roll(x, shift, axis=1)  # (H, W)
    a, b = circular_convolve(x, w, stride), circular_convolve(moved, w, stride)  # (H', W') each
    whole = shift % stride == 0
    padded = [convolve(v[None, None], w[None, None], None, 1)[0, 0] for v in (x, moved)]  # (H, W) each
    dense = rng.standard_normal((size, size)) / np.sqrt(size)  # acts on each row
    return {
        "equivariance_error": np.abs(b - np.roll(a, shift // stride, axis=1)).max() if whole else None,
        "map_change": np.abs(b - a).max(),
        "global_max_change": abs(a.max() - b.max()),
        "global_mean_change": abs(a.mean() - b.mean()),
        "zero_padded_error": np.abs(padded[1] - np.roll(padded[0], shift, axis=1)).max(),
        "dense_error": np.abs(moved @ dense - np.roll(x @ dense, shift, axis=1)).max(),
    }
