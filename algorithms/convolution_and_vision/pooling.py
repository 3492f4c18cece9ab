r"""Pooling replaces each window of a feature map by its maximum or its average, which makes the map smaller.

$$y_{i,j} = \max_{u,v < k} x_{is+u,\,js+v} \qquad\text{or}\qquad y_{i,j} = \frac{1}{k^2} \sum_{u,v<k} x_{is+u,\,js+v}$$

**Intuition.** Max pooling asks whether a feature occurs somewhere in the window, not exactly where. A shift of a pixel
often changes nothing. With windows of $2 \times 2$ and stride 2, height and width halve, and what comes after sees
twice as far.

**When to use it.** Between the blocks of a CNN; global average pooling before the classifier, which makes the network
independent of the image's size. Strided convolutions are the learned alternative.

**Cost.** One pass; no parameters.

**Pitfalls.** Pooling gives approximate invariance to *small translations* only, not to scale or orientation: those are
often named wrongly. It has 0 parameters and removes none by itself; what it shrinks is a fully connected layer that
follows. The position is lost, which hurts segmentation and detection. In the backward pass max pooling hands the
gradient to the winner only, average pooling an equal share to all. Average pooling with non-overlapping windows keeps
the mean of the map; the maximum does not.

**References.** LeCun et al. (1998). Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 9.3. Zhang,
*Making convolutional networks shift-invariant again*, arXiv:1904.11486.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from algorithms.convolution_and_vision.conv2d import Image, patches
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Kind = Literal["max", "average"]


def pool(x: Floats, kind: Kind, k: int, stride: int) -> Floats:
    """Pooled batch (N, C, H', W') of a batch (N, C, H, W).

    Examples
    --------
    >>> pool(np.arange(16.0).reshape(1, 1, 4, 4), "max", 2, 2)[0, 0].tolist()
    [[5.0, 7.0], [13.0, 15.0]]
    """
    windows = patches(x, (k, k), 0, stride).transpose(0, 3, 1, 2, 4, 5)  # (N, C, H', W', k, k)
    return np.asarray(windows.max(axis=(4, 5)) if kind == "max" else windows.mean(axis=(4, 5)))


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """The map before and after pooling."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 2.6), layout="constrained")
    for axes, picture, title in zip(
        figure.subplots(1, 2), (inputs["image"], output["pooled"]), ("before", f"{inputs['kind']} pooled"), strict=True
    ):
        axes.imshow(np.asarray(picture), cmap="gray")
        axes.set(title=title, xticks=[], yticks=[])
    return figure


@algorithm(
    id="pooling",
    name="Max and average pooling",
    aliases=("max pooling", "average pooling", "downsampling", "mean pooling of feature maps", "pooling layer"),
    example={
        "image": [[1.0, 3.0, 2.0, 0.0], [4.0, 2.0, 1.0, 1.0], [0.0, 0.0, 5.0, 6.0], [1.0, 2.0, 7.0, 8.0]],
        "kind": "max",
        "size": 2,
        "stride": 2,
    },
    figure=draw,
)
def pooling(
    image: Image,
    kind: Kind = "max",
    size: Annotated[int, Field(ge=1, le=16)] = 2,
    stride: Annotated[int, Field(ge=1, le=16)] | None = None,
) -> Output:
    """Pooling of one feature map.

    Parameters
    ----------
    image : list of rows, (H, W)
        Feature map.
    kind : {"max", "average"}
        Maximum or mean of each window.
    size : int
        Side k of the window.
    stride : int or null
        Step of the window; its side if null.

    Returns
    -------
    dict
        ``pooled`` (H', W'), at most 12 × 12 of it, and ``output_shape``; ``parameters``, 0; ``mean_before`` and
        ``mean_after``; ``changed_by_shift``, the share of pooled values that change when the map moves right by one
        pixel (zeros come in), and ``pixels_changed_by_shift``, that share before pooling.

    Raises
    ------
    ValueError
        If the window is larger than the map.

    Examples
    --------
    >>> pooling([[1.0, 2.0], [3.0, 4.0]])["pooled"].tolist(), pooling([[1.0, 2.0], [3.0, 4.0]], "average")["pooled"].tolist()
    ([[4.0]], [[2.5]])
    """
    x = np.asarray(image, dtype=np.float64)  # (H, W)
    step = stride or size
    shifted = np.pad(x, ((0, 0), (1, 0)))[:, :-1]  # (H, W)
    y, moved = (pool(v[None, None], kind, size, step)[0, 0] for v in (x, shifted))  # (H', W') each
    return {
        "pooled": y[:12, :12],
        "output_shape": list(y.shape),
        "parameters": 0,
        "mean_before": x.mean(),
        "mean_after": y.mean(),
        "changed_by_shift": (y != moved).mean(),
        "pixels_changed_by_shift": (x != shifted).mean(),
    }
