r"""Parameter sharing means that a convolution uses the same filter at every position, so its size does not depend on
the image.

$$\text{conv: } k^2 C_{in} C_{out}, \qquad \text{locally connected: } H'W'\,k^2 C_{in} C_{out}, \qquad \text{dense: } (H W C_{in})(H' W' C_{out})$$

**Intuition.** Two ideas save weights. *Locality*: an output looks at a small patch only. *Sharing*: all outputs of a
map look with the same eyes. A locally connected layer has the first without the second; with all its filters tied it
*is* the convolution. A dense layer has neither.

**When to use it.** Share wherever a feature may occur anywhere. Locally connected layers pay for centred images, such
as aligned faces, where the eyes are always in the same place.

**Cost.** For a $224 \times 224 \times 3$ image and 64 maps of $3 \times 3$: 1,728 weights by convolution, 87 million
locally connected, $4.8 \cdot 10^{11}$ dense.

**Pitfalls.** Raw pixel space is *not* low-dimensional: $224 \cdot 224 \cdot 3 = 150{,}528$ numbers. CNNs cope through
locality and sharing. Sharing within a map is one thing; tying whole layers, or the twins of a Siamese network, is
another, and the two are easily mixed up. Fewer parameters do not mean less computation: the convolution does as many
multiply-adds as the locally connected layer. The gradient of a shared weight is the *sum* over positions.

**References.** LeCun et al. (1998). Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 9.2. Taigman et
al., *DeepFace* (2014).
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.convolution_and_vision.conv2d import convolve, output_size, patches
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Side = Annotated[int, Field(ge=1, le=100_000)]
Channels = Annotated[int, Field(ge=1, le=100_000)]


def locally_connected(x: Floats, w: Floats) -> Floats:
    """Unshared convolution (N, C_out, H', W') of a batch with filters (H', W', C_out, C_in, k, k) of their own.

    Examples
    --------
    >>> locally_connected(np.ones((1, 1, 2, 2)), np.arange(4.0).reshape(2, 2, 1, 1, 1, 1))[0, 0].tolist()
    [[0.0, 1.0], [2.0, 3.0]]
    """
    windows = patches(x, (w.shape[4], w.shape[5]), 0, 1)  # (N, H', W', C, k, k)
    return np.asarray(np.einsum("nijckl,ijockl->noij", windows, w))


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Parameters of the three layers on a logarithmic scale."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    names = ["convolution", "locally connected", "dense"]
    counts = [output["conv_parameters"], output["locally_connected_parameters"], output["dense_parameters"]]
    axes.bar(names, [float(count) for count in counts])
    axes.set(ylabel="weights", yscale="log")
    return figure


@algorithm(
    id="convolution-parameter-sharing",
    name="Parameter sharing of convolution vs dense layers",
    aliases=(
        "weight sharing",
        "parameter reduction",
        "conv + pool instead of FC",
        "Locally connected layer",
        "unshared convolution",
        "parameter sharing",
    ),
    example={"height": 224, "width": 224, "in_channels": 3, "out_channels": 64, "kernel_size": 3, "padding": 1},
    figure=draw,
)
def convolution_parameter_sharing(
    height: Side = 224,
    width: Side = 224,
    in_channels: Channels = 3,
    out_channels: Channels = 64,
    kernel_size: Annotated[int, Field(ge=1, le=1000)] = 3,
    padding: Annotated[int, Field(ge=0, le=1000)] = 1,
) -> Output:
    """Weights of a convolution, a locally connected and a dense layer between the same shapes (biases left out).

    Parameters
    ----------
    height : int
        Rows of the image.
    width : int
        Columns of the image.
    in_channels : int
        Input channels.
    out_channels : int
        Output maps.
    kernel_size : int
        Side k of the filter.
    padding : int
        Zeros on each side; the stride is 1.

    Returns
    -------
    dict
        ``output_shape`` [C_out, H', W']; ``input_numbers``; ``conv_parameters``, ``locally_connected_parameters`` and
        ``dense_parameters``; ``conv_multiply_adds``, the same as the locally connected layer's; ``tied_difference``,
        the largest difference between a locally connected layer with equal filters and a convolution on a small random
        image, 0 up to rounding; ``gradient_difference``, that between the convolution's weight gradient and the sum of
        the locally connected gradients over positions.

    Raises
    ------
    ValueError
        If the kernel is larger than the padded image.

    Examples
    --------
    >>> out = convolution_parameter_sharing(224, 224, 3, 64, 3, 1)
    >>> out["conv_parameters"], out["input_numbers"]
    (1728, 150528)
    """
    rows, columns = output_size(height, kernel_size, padding), output_size(width, kernel_size, padding)
    if min(rows, columns) < 1:
        raise ValueError("the kernel is larger than the padded image")
    conv = kernel_size**2 * in_channels * out_channels
    rng = np.random.default_rng(0)
    x, w = rng.standard_normal((2, 2, 6, 6)), rng.standard_normal((3, 2, 3, 3))  # a small demonstration
    shared = convolve(x, w)  # (2, 3, 4, 4)
    tied = locally_connected(x, np.broadcast_to(w, (4, 4, *w.shape)))
    upstream = rng.standard_normal(shared.shape)
    each = np.einsum("noij,nijckl->ijockl", upstream, patches(x, (3, 3), 0, 1))  # gradient of each position's filter
    h = 1e-6
    probe = rng.standard_normal(w.shape)
    numeric = ((convolve(x, w + h * probe) - convolve(x, w - h * probe)) * upstream).sum() / (2 * h)
    return {
        "output_shape": [out_channels, rows, columns],
        "input_numbers": height * width * in_channels,
        "conv_parameters": conv,
        "locally_connected_parameters": rows * columns * conv,
        "dense_parameters": height * width * in_channels * rows * columns * out_channels,
        "conv_multiply_adds": rows * columns * conv,
        "tied_difference": np.abs(shared - tied).max(),
        "gradient_difference": abs(numeric - (each.sum(axis=(0, 1)) * probe).sum()),
    }
