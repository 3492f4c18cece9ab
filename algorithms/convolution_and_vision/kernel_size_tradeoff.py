r"""The kernel size trades reach against cost: a large kernel sees more, but a stack of small ones sees as much with
fewer weights.

$$R = 1 + \sum_{l=1}^{L} (k_l - 1) \prod_{i<l} s_i, \qquad \text{two } 3 \times 3\text{: } 18\,C^2 \;\text{ vs one } 5 \times 5\text{: } 25\,C^2$$

**Intuition.** An output of the second $3 \times 3$ layer depends on $3 \times 3$ outputs of the first, hence on $5
\times 5$ pixels. Three such layers see $7 \times 7$ for $27\,C^2$ weights instead of $49\,C^2$, with three
non-linearities in place of one: the idea of VGG. A $1 \times 1$ convolution looks at one pixel and mixes its channels;
it is a dense layer applied at every pixel, with $C_{in} C_{out}$ weights.

**When to use it.** To compare designs, and to check that the receptive field covers the objects.

**Cost.** $k^2$ weights for each pair of channels.

**Pitfalls.** The receptive field grows linearly with depth at stride 1, and only strides, pooling or dilation make it
grow faster. What counts is smaller: influence falls off like a bell from the centre (effective receptive field). A
stack of $3 \times 3$ is not *equal* to a $5 \times 5$ kernel: it can't express all of them, and has non-linearities
between. Small kernels need more memory for activations. Large kernels have come back as depthwise ones.

**References.** Simonyan and Zisserman, *Very deep convolutional networks (VGG)*, arXiv:1409.1556. Lin, Chen and Yan,
*Network in network*, arXiv:1312.4400. Luo et al., arXiv:1701.04128.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.convolution_and_vision.conv2d import convolve
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Kernels = Annotated[list[Annotated[int, Field(ge=1, le=15)]], Field(min_length=1, max_length=12)]
Strides = Annotated[list[Annotated[int, Field(ge=1, le=4)]], Field(min_length=1, max_length=12)]


def receptive_field(kernels: list[int], strides: list[int]) -> int:
    """Pixels along one axis on which one output depends.

    Examples
    --------
    >>> receptive_field([3, 3], [1, 1]), receptive_field([3, 3], [2, 1])
    (5, 7)
    """
    field, jump = 1, 1
    for k, s in zip(kernels, strides, strict=True):
        field += (k - 1) * jump
        jump *= s
    return field


def influence(kernels: list[int], strides: list[int]) -> Floats:
    """Gradient of one output by each pixel of a line, for kernels of ones: nonzero exactly on the receptive field.

    Examples
    --------
    >>> influence([3, 3], [1, 1]).tolist()
    [1.0, 2.0, 3.0, 2.0, 1.0]
    """
    weights = np.ones(1)
    for k, s in zip(kernels[::-1], strides[::-1], strict=True):
        spread = np.zeros((len(weights) - 1) * s + 1)
        spread[::s] = weights
        weights = np.convolve(spread, np.ones(k))
    return weights


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Influence of each pixel on one output."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.plot(output["influence"], "o-")
    axes.set(xlabel="pixel of the receptive field", ylabel="share of the influence", ylim=(0, None))
    return figure


@algorithm(
    id="kernel-size-tradeoff",
    name="Kernel size, receptive field and stacked small kernels",
    aliases=(
        "Kernel size trade-off and stacks of small kernels",
        "3x3 vs 5x5",
        "VGG stacks",
        "filter size",
        "1x1 convolution",
        "1x1 conv",
        "channel mixing",
        "network in network",
        "Receptive field of stacked convolutions",
        "effective field of view",
        "receptive field",
        "kernel size",
        "pointwise convolution",
    ),
    example={"kernel_sizes": [3, 3], "channels": 64},
    figure=draw,
)
def kernel_size_tradeoff(
    kernel_sizes: Kernels = [3, 3],  # noqa: B006
    strides: Strides | None = None,
    channels: Annotated[int, Field(ge=1, le=100_000)] = 64,
) -> Output:
    """Receptive field and weights of a stack of convolutions, beside one layer of the same reach.

    Parameters
    ----------
    kernel_sizes : list of int
        Side of each layer's kernel, first layer first.
    strides : list of int or null
        Stride of each layer; all 1 if null.
    channels : int
        Channels C of the input and of each layer.

    Returns
    -------
    dict
        ``receptive_field``; ``stack_parameters``, the sum of k² C², and ``single_parameters`` of one kernel that large;
        ``stack_factor`` and ``single_factor``, the same in units of C²; ``saving``, 1 - stack / single;
        ``nonlinearities``; ``influence``, the share of each pixel of the field (for equal weights), at most 50;
        ``pointwise_difference``, that between a 1 × 1 convolution and a dense layer at every pixel on random data, 0 up
        to rounding.

    Raises
    ------
    ValueError
        If the numbers of strides and kernels differ.

    Examples
    --------
    >>> out = kernel_size_tradeoff([3, 3])
    >>> out["receptive_field"], out["stack_factor"], out["single_factor"]
    (5, 18, 25)
    """
    steps = strides or [1] * len(kernel_sizes)
    if len(steps) != len(kernel_sizes):
        raise ValueError("give one stride for each kernel")
    field = receptive_field(kernel_sizes, steps)
    squares = sum(k * k for k in kernel_sizes)
    weights = influence(kernel_sizes, steps)
    rng = np.random.default_rng(0)
    x, w = rng.standard_normal((1, 4, 5, 5)), rng.standard_normal((3, 4))
    pointwise = convolve(x, w[:, :, None, None])[0]  # (3, 5, 5)
    dense = (x[0].transpose(1, 2, 0) @ w.T).transpose(2, 0, 1)  # (3, 5, 5)
    return {
        "receptive_field": field,
        "stack_parameters": squares * channels**2,
        "single_parameters": field**2 * channels**2,
        "stack_factor": squares,
        "single_factor": field**2,
        "saving": 1 - squares / field**2,
        "nonlinearities": len(kernel_sizes),
        "influence": (weights / weights.sum())[:50],
        "pointwise_difference": np.abs(pointwise - dense).max(),
    }
