r"""Convolution slides a small filter over its input and takes the dot product with each local patch, which gives a
feature map.

$$y_{c,i,j} = b_c + \sum_{d,u,v} w_{c,d,u,v}\;x_{d,\,is+u-p,\,js+v-p}, \qquad n_{out} = \left\lfloor \frac{n + 2p - k}{s} \right\rfloor + 1$$

**Intuition.** The filter is a template. The map is large where the input looks like it: one filter finds edges, another
corners. The same weights are used at all positions. In one dimension the filter slides over time or over tokens and
sees a short window of neighbours.

**When to use it.** For images, audio and other signals in which near things belong together; in one dimension for
sequences (TCN, WaveNet, ConvS2S).

**Cost.** $k^2 C_{in} C_{out} + C_{out}$ parameters, and that many multiply-adds for each output position.

**Pitfalls.** What libraries call convolution is *cross-correlation*: the filter is not flipped. CNNs *are* suited to
sequences, and nothing in them is sequential: all positions are computed at once. Their limit is reach: two tokens $n$
apart meet after $O(n/k)$ layers, or $O(\log_k n)$ with dilation. Causal models pad on the left only. Watch the floor in
the output size: a stride may ignore the last columns.

**References.** LeCun et al., *Gradient-based learning applied to document recognition* (1998). Dumoulin and Visin, *A
guide to convolution arithmetic for deep learning*, arXiv:1603.07285. Gehring et al., arXiv:1705.03122.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import AfterValidator, Field

from algorithms.inputs import Number, rectangular
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Image = Annotated[
    list[Annotated[list[Number], Field(min_length=1, max_length=64)]],
    Field(min_length=1, max_length=64),
    AfterValidator(rectangular),
]
Kernel = Annotated[
    list[Annotated[list[Number], Field(min_length=1, max_length=11)]],
    Field(min_length=1, max_length=11),
    AfterValidator(rectangular),
]
Padding = Annotated[int, Field(ge=0, le=16)]
Stride = Annotated[int, Field(ge=1, le=16)]
Dilation = Annotated[int, Field(ge=1, le=8)]


def output_size(n: int, k: int, padding: int = 0, stride: int = 1, dilation: int = 1) -> int:
    """Output length of a convolution along one axis.

    Examples
    --------
    >>> output_size(227, 11, 0, 4), output_size(224, 3, 1)
    (55, 224)
    """
    return (n + 2 * padding - dilation * (k - 1) - 1) // stride + 1


def patches(x: Floats, k: tuple[int, int], padding: int, stride: int, dilation: int = 1) -> Floats:
    """Local patches (N, H', W', C, k, l) of a batch (N, C, H, W), zero-padded.

    Raises
    ------
    ValueError
        If the kernel is larger than the padded input.

    Examples
    --------
    >>> patches(np.arange(9.0).reshape(1, 1, 3, 3), (2, 2), 0, 1)[0, 0, 1, 0].tolist()
    [[1.0, 2.0], [4.0, 5.0]]
    """
    reach = [dilation * (size - 1) + 1 for size in k]
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    if reach[0] > padded.shape[2] or reach[1] > padded.shape[3]:
        raise ValueError("the kernel is larger than the padded input; add padding or take a smaller kernel")
    windows = np.lib.stride_tricks.sliding_window_view(padded, tuple(reach), axis=(2, 3))  # (N, C, …, …, r, r)
    windows = windows[:, :, ::stride, ::stride, ::dilation, ::dilation]  # (N, C, H', W', k, l)
    return windows.transpose(0, 2, 3, 1, 4, 5)


def convolve(
    x: Floats, w: Floats, b: Floats | None = None, padding: int = 0, stride: int = 1, dilation: int = 1
) -> Floats:
    """Convolution (N, C_out, H', W') of a batch (N, C_in, H, W) with filters (C_out, C_in, k, l).

    Examples
    --------
    >>> convolve(np.ones((1, 1, 3, 3)), np.ones((1, 1, 2, 2)))[0, 0].tolist()
    [[4.0, 4.0], [4.0, 4.0]]
    """
    columns = patches(x, (w.shape[2], w.shape[3]), padding, stride, dilation)  # (N, H', W', C, k, l)
    n, height, width = columns.shape[:3]
    flat = columns.reshape(n * height * width, -1) @ w.reshape(len(w), -1).T  # (N H' W', C_out)
    if b is not None:
        flat = flat + b
    return np.asarray(flat.reshape(n, height, width, -1).transpose(0, 3, 1, 2))


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Input, kernel and feature map."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 2.6), layout="constrained")
    pictures = (inputs["image"], inputs["kernel"], output["feature_map"])
    for axes, picture, title in zip(figure.subplots(1, 3), pictures, ("input", "kernel", "feature map"), strict=True):
        axes.imshow(np.asarray(picture), cmap="gray")
        axes.set(title=title, xticks=[], yticks=[])
    return figure


@algorithm(
    id="conv2d",
    name="Convolution (2-D, 1-D)",
    aliases=(
        "2-D convolution",
        "convolution",
        "cross-correlation",
        "filter",
        "kernel",
        "feature map",
        "1-D convolution over a token sequence",
        "temporal convolution",
        "TCN",
        "ConvS2S",
        "convolutional layer",
        "convolution output size",
    ),
    example={
        "image": [[0.0, 0.0, 1.0, 1.0, 1.0]] * 5,
        "kernel": [[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]],
        "padding": 0,
        "stride": 1,
    },
    figure=draw,
)
def conv2d(
    image: Image,
    kernel: Kernel,
    padding: Padding = 0,
    stride: Stride = 1,
    dilation: Dilation = 1,
    bias: Number = 0.0,
    in_channels: Annotated[int, Field(ge=1, le=100_000)] = 1,
    out_channels: Annotated[int, Field(ge=1, le=100_000)] = 1,
    input_size: Annotated[int, Field(ge=1, le=10_000_000)] | None = None,
) -> Output:
    """Convolution of one channel with one kernel, and the size and cost of a layer of such kernels.

    Parameters
    ----------
    image : list of rows, (H, W)
        Input; a sequence is one row (with a kernel of one row) and is then not padded above and below.
    kernel : list of rows, (k, l)
        Filter, not flipped.
    padding : int
        Zeros on each side.
    stride : int
        Step of the filter.
    dilation : int
        Distance of the filter's taps.
    bias : float
        Added to each output.
    in_channels : int
        Input channels for the parameter count.
    out_channels : int
        Output channels for the parameter count.
    input_size : int or null
        Another input length whose output length is wanted.

    Returns
    -------
    dict
        ``feature_map`` (H', W'), at most 12 × 12 of it, and ``output_shape``; ``parameters`` of a layer with these
        channels; ``output_length`` for `input_size`, null without one; ``layers_to_connect`` and
        ``layers_to_connect_dilated``, the layers until the two ends of the longer side see each other, plain (n/k) and
        with growing dilation (log n).

    Raises
    ------
    ValueError
        If the kernel is larger than the padded input.

    Examples
    --------
    >>> out = conv2d([[0.0, 0.0, 1.0, 1.0]], [[-1.0, 1.0]])
    >>> out["feature_map"].tolist(), out["output_shape"]
    ([[0.0, 1.0, 0.0]], [1, 3])
    """
    x, w = np.asarray(image, dtype=np.float64)[None, None], np.asarray(kernel, dtype=np.float64)[None, None]
    if x.shape[2] == 1 and w.shape[2] == 1:
        x = np.pad(x, ((0, 0), (0, 0), (0, 0), (padding, padding)))
        y = convolve(x, w, np.array([bias]), 0, stride, dilation)[0, 0]
    else:
        y = convolve(x, w, np.array([bias]), padding, stride, dilation)[0, 0]
    k = max(w.shape[2:])
    n = max(len(image), len(image[0]))
    plain = -(-(n - 1) // (k - 1)) if k > 1 else None
    dilated = int(np.ceil(np.log(n) / np.log(k) - 1e-9)) if k > 1 else None
    return {
        "feature_map": y[:12, :12],
        "output_shape": list(y.shape),
        "parameters": w.size * in_channels * out_channels + out_channels,
        "output_length": None if input_size is None else max(0, output_size(input_size, k, padding, stride, dilation)),
        "layers_to_connect": plain,
        "layers_to_connect_dilated": dilated,
    }
