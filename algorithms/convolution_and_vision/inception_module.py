r"""An Inception module runs convolutions of several kernel sizes and a pooling side by side and concatenates their
feature maps.

$$y = [\,1{\times}1(x),\; 3{\times}3(1{\times}1(x)),\; 5{\times}5(1{\times}1(x)),\; 1{\times}1(\text{maxpool}(x))\,], \qquad C_{out} = \sum_b C_b$$

**Intuition.** Objects come in different sizes, and the right kernel is not known beforehand. So the module takes all,
and lets the next layer choose. The $1 \times 1$ convolutions in front of the large kernels first squeeze the channels,
which makes the expensive ones affordable.

**When to use it.** In GoogLeNet and its successors; the idea of parallel branches lives on in many designs.

**Cost.** With the reduction, the $5 \times 5$ branch of GoogLeNet's first module takes $192 \cdot 16 + 25 \cdot 16
\cdot 32$ weights instead of $25 \cdot 192 \cdot 32$: a tenth.

**Pitfalls.** All branches must return the same height and width: pad by $(k - 1)/2$ and keep stride 1, also in the
pooling branch. The channels *add up*; they are not averaged. Without the $1 \times 1$ after pooling the width would
grow at every module. Counting the large kernels without the reduction overstates the cost tenfold. Later versions
factorise $5 \times 5$ into two $3 \times 3$ and add batch normalization.

**References.** Szegedy et al., *Going deeper with convolutions*, arXiv:1409.4842. Szegedy et al., *Rethinking the
Inception architecture*, arXiv:1512.00567.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.convolution_and_vision.conv2d import convolve
from algorithms.convolution_and_vision.pooling import pool
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Channels = Annotated[int, Field(ge=1, le=256)]


def random_filters(out: int, channels: int, k: int, rng: np.random.Generator) -> Floats:
    """He-initialised filters (out, channels, k, k).

    Examples
    --------
    >>> random_filters(2, 3, 1, np.random.default_rng(0)).shape
    (2, 3, 1, 1)
    """
    return np.asarray(np.sqrt(2 / (channels * k * k)) * rng.standard_normal((out, channels, k, k)))


def same_conv(x: Floats, w: Floats) -> Floats:
    """Convolution with ReLU that keeps height and width.

    Examples
    --------
    >>> same_conv(np.ones((1, 1, 4, 4)), np.ones((2, 1, 3, 3))).shape
    (1, 2, 4, 4)
    """
    return np.maximum(convolve(x, w, None, w.shape[2] // 2), 0)


def branches(x: Floats, filters: list[list[Floats]]) -> list[Floats]:
    """The four branches' maps (1, C_b, H, W): 1 × 1; 1 × 1 then 3 × 3; 1 × 1 then 5 × 5; pooling then 1 × 1.

    Examples
    --------
    >>> one, three = np.ones((1, 1, 1, 1)), np.ones((1, 1, 3, 3))
    >>> [b.shape[1] for b in branches(np.ones((1, 1, 4, 4)), [[one], [one, three], [one, three], [one]])]
    [1, 1, 1, 1]
    """
    padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)), constant_values=-np.inf)  # the border never wins the maximum
    starts = [x, x, x, pool(padded, "max", 3, 1)]
    outputs = []
    for y, stack in zip(starts, filters, strict=True):
        for w in stack:
            y = same_conv(y, w)
        outputs.append(y)
    return outputs


@algorithm(
    id="inception-module",
    name="Inception module (parallel kernel sizes)",
    aliases=("GoogLeNet", "multi-scale convolution", "inception block", "parallel convolutions"),
    example={
        "in_channels": 192,
        "conv1": 64,
        "reduce3": 96,
        "conv3": 128,
        "reduce5": 16,
        "conv5": 32,
        "pool_projection": 32,
    },
    cost="seconds",
)
def inception_module(
    in_channels: Channels = 192,
    conv1: Channels = 64,
    reduce3: Channels = 96,
    conv3: Channels = 128,
    reduce5: Channels = 16,
    conv5: Channels = 32,
    pool_projection: Channels = 32,
    size: Annotated[int, Field(ge=1, le=14)] = 8,
    seed: Seed = 0,
) -> Output:
    """Run an Inception module with random weights and count its parameters; the defaults are GoogLeNet's first module.

    Parameters
    ----------
    in_channels : int
        Channels of the input.
    conv1 : int
        Maps of the 1 × 1 branch.
    reduce3 : int
        Maps of the 1 × 1 before the 3 × 3.
    conv3 : int
        Maps of the 3 × 3 branch.
    reduce5 : int
        Maps of the 1 × 1 before the 5 × 5.
    conv5 : int
        Maps of the 5 × 5 branch.
    pool_projection : int
        Maps of the 1 × 1 after the pooling.
    size : int
        Side of the input map.
    seed : int
        Seed of input and weights.

    Returns
    -------
    dict
        ``output_shape`` [C_out, H, W]; ``branch_channels``, whose sum is C_out; ``parameters`` with biases,
        ``branch_parameters``; ``parameters_without_reduction``, if the large kernels read the input directly;
        ``branch_means``, the mean activation of each.

    Examples
    --------
    >>> out = inception_module(size=2)
    >>> out["output_shape"], out["parameters"]
    ([256, 2, 2], 163696)
    """
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((1, in_channels, size, size))
    plan = [
        [(conv1, in_channels, 1)],
        [(reduce3, in_channels, 1), (conv3, reduce3, 3)],
        [(reduce5, in_channels, 1), (conv5, reduce5, 5)],
        [(pool_projection, in_channels, 1)],
    ]
    filters = [[random_filters(out, channels, k, rng) for out, channels, k in branch] for branch in plan]
    maps = branches(x, filters)
    y = np.concatenate(maps, axis=1)  # (1, C_out, H, W)
    counts = [sum(out * channels * k * k + out for out, channels, k in branch) for branch in plan]
    direct = sum(out * (in_channels * k * k + 1) for out, k in [(conv1, 1), (conv3, 3), (conv5, 5)]) + counts[3]
    return {
        "output_shape": list(y.shape[1:]),
        "branch_channels": [m.shape[1] for m in maps],
        "parameters": sum(counts),
        "branch_parameters": counts,
        "parameters_without_reduction": direct,
        "branch_means": [float(m.mean()) for m in maps],
    }
