r"""A fully convolutional network (FCN) has no fully connected layer, so it accepts inputs of any size and answers with
a map.

$$\text{dense head on } C \times k \times k \;\equiv\; \text{convolution with a } k \times k \text{ kernel}, \qquad H_{out} = f(H_{in})$$

**Intuition.** A dense layer that reads a $k \times k$ map is a convolution with a $k \times k$ kernel applied at one
position. Written as a convolution, it slides over a larger image and gives one prediction for each place: a map of
class scores, at a cost far below that of cutting out every window.

**When to use it.** For segmentation, depth and other dense predictions, for detection by sliding, and for images of
varying size. With up-sampling and skips the map regains the resolution of the input (U-Net).

**Cost.** Proportional to the number of pixels.

**Pitfalls.** The abbreviation FCNN is used both for fully *convolutional* and for fully *connected* networks, two
opposite things; write FCN and MLP. A network that pools globally accepts any size too, but gives one answer, no map.
Strides make the map coarse: the output has $1/s$ of the resolution. Padding affects predictions near the border, so
windows and full image agree only inside, or without padding. Batch several sizes by padding and masking.

**References.** Long, Shelhamer and Darrell, *Fully convolutional networks for semantic segmentation*, arXiv:1411.4038.
Ronneberger, Fischer and Brox, *U-Net*, arXiv:1505.04597.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.convolution_and_vision.conv2d import convolve
from algorithms.convolution_and_vision.pooling import pool
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

WINDOW = 10


def network(x: Floats, w: Floats, head: Floats) -> Floats:
    """Class scores (n, classes, H', W'): conv 3 × 3, ReLU, 2 × 2 max pooling, and a head of 4 × 4 kernels.

    Examples
    --------
    >>> network(np.ones((1, 1, 10, 10)), np.ones((2, 1, 3, 3)), np.ones((3, 2, 4, 4))).shape
    (1, 3, 1, 1)
    """
    return convolve(pool(np.maximum(convolve(x, w), 0), "max", 2, 2), head)


def dense_network(x: Floats, w: Floats, head: Floats) -> Floats:
    """The same network with its head as a dense layer: scores (n, classes) of 10 × 10 windows.

    Examples
    --------
    >>> dense_network(np.ones((1, 1, 10, 10)), np.ones((2, 1, 3, 3)), np.ones((3, 2, 4, 4))).shape
    (1, 3)
    """
    features = pool(np.maximum(convolve(x, w), 0), "max", 2, 2)
    return features.reshape(len(x), -1) @ head.reshape(len(head), -1).T


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """The map of predicted classes."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4, 3), layout="constrained")
    axes = figure.subplots()
    axes.imshow(np.asarray(output["class_map"]))
    axes.set(xlabel="column", ylabel="row", title="predicted class at each place")
    return figure


@algorithm(
    id="fully-convolutional-network",
    name="Fully convolutional network",
    aliases=("FCN", "FCNN", "dense prediction", "fully convolutional"),
    example={"height": 16, "width": 24, "classes": 3, "seed": 0},
    figure=draw,
)
def fully_convolutional_network(
    height: Annotated[int, Field(ge=10, le=48)] = 16,
    width: Annotated[int, Field(ge=10, le=48)] = 24,
    classes: Annotated[int, Field(ge=2, le=10)] = 3,
    seed: Seed = 0,
) -> Output:
    """A random network applied to a whole image and, with a dense head, to each of its 10 × 10 windows.

    Parameters
    ----------
    height : int
        Rows of the image.
    width : int
        Columns of the image.
    classes : int
        Number of scores at each place.
    seed : int
        Seed of image and weights.

    Returns
    -------
    dict
        ``output_shape`` [classes, H', W']; ``class_map`` (H', W'), at most 20 × 20 of it; ``largest_difference``
        between the map and the dense network run on every window, 0 up to rounding; ``windows``, their number;
        ``stride``, pixels between neighbouring predictions; ``parameters``; ``multiply_adds`` of the full pass and
        ``window_multiply_adds`` of all windows.

    Examples
    --------
    >>> out = fully_convolutional_network(16, 24)
    >>> out["output_shape"], bool(out["largest_difference"] < 1e-12)
    ([3, 4, 8], True)
    """
    rng = np.random.default_rng(seed)
    w, head = rng.standard_normal((4, 1, 3, 3)), rng.standard_normal((classes, 4, 4, 4))
    image = rng.standard_normal((1, 1, height, width))
    scores = network(image, w, head)[0]  # (classes, H', W')
    rows, columns = scores.shape[1:]
    places = [(i, j) for i in range(rows) for j in range(columns)]
    windows = np.stack(
        [image[0, :, 2 * i : 2 * i + WINDOW, 2 * j : 2 * j + WINDOW] for i, j in places]
    )  # (n, 1, 10, 10)
    separate = dense_network(windows, w, head)  # (n, classes)
    together = np.stack([scores[:, i, j] for i, j in places])  # (n, classes)
    return {
        "output_shape": list(scores.shape),
        "class_map": scores.argmax(axis=0)[:20, :20],
        "largest_difference": np.abs(together - separate).max(),
        "windows": len(places),
        "stride": 2,
        "parameters": w.size + head.size,
        "multiply_adds": w.size * (height - 2) * (width - 2) + head.size * len(places),
        "window_multiply_adds": len(places) * (w.size * (WINDOW - 2) ** 2 + head.size),
    }
