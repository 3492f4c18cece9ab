r"""Transposed convolution runs a convolution's connections backwards: each input value is spread over a window of the
output.

$$y_{is+u-p,\,js+v-p} \mathrel{+}= x_{i,j}\,w_{u,v}, \qquad n_{out} = (n - 1)\,s - 2p + k$$

**Intuition.** A convolution of stride 2 gathers a patch into one number. Its transpose stamps one number, times the
kernel, into a patch, and moves on by two; overlapping stamps are added. So it is a learned up-sampling. As matrices the
two are each other's transpose: $\langle \mathrm{conv}(x), y \rangle = \langle x, \mathrm{conv}^\top(y) \rangle$.

**When to use it.** In decoders, U-Nets and generators, and as the backward pass of a convolution with respect to its
input.

**Cost.** As the convolution with the roles of input and output exchanged.

**Pitfalls.** It is often called deconvolution, but it does *not* invert a convolution: it restores the shape, not the
values. If the kernel size is not a multiple of the stride, the stamps overlap unevenly and leave a checkerboard; choose
$k$ divisible by $s$, or resize and convolve. Several input sizes map to one output size under a strided convolution,
hence the extra `output_padding` of libraries. In PyTorch the weights' first two axes are (in, out), for a convolution
(out, in).

**References.** Dumoulin and Visin, *A guide to convolution arithmetic for deep learning*, arXiv:1603.07285. Odena,
Dumoulin and Olah, *Deconvolution and checkerboard artifacts*, Distill (2016).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from algorithms.convolution_and_vision.conv2d import Image, Kernel, Padding, Stride, convolve
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


def transpose_convolve(x: Floats, w: Floats, stride: int, padding: int) -> Floats:
    """Transposed convolution of one map (H, W) with one kernel (k, l).

    Examples
    --------
    >>> transpose_convolve(np.array([[1.0, 2.0]]), np.array([[1.0, 10.0]]), 2, 0).tolist()
    [[1.0, 10.0, 2.0, 20.0]]
    """
    k, l = w.shape
    full = np.zeros(((x.shape[0] - 1) * stride + k, (x.shape[1] - 1) * stride + l))
    for u in range(k):  # each tap of the kernel at all places at once
        for v in range(l):
            full[u : u + x.shape[0] * stride : stride, v : v + x.shape[1] * stride : stride] += x * w[u, v]
    return full[padding : full.shape[0] - padding or None, padding : full.shape[1] - padding or None]


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Input and up-sampled map."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 2.6), layout="constrained")
    for axes, picture, title in zip(
        figure.subplots(1, 2), (inputs["image"], output["output"]), ("input", "output"), strict=True
    ):
        axes.imshow(np.asarray(picture), cmap="gray")
        axes.set(title=title, xticks=[], yticks=[])
    return figure


@algorithm(
    id="transposed-convolution",
    name="Transposed convolution",
    aliases=("deconvolution", "learnable upsampling", "fractionally strided convolution", "conv transpose"),
    example={"image": [[1.0, 2.0], [3.0, 4.0]], "kernel": [[1.0, 1.0], [1.0, 1.0]], "stride": 2, "padding": 0},
    figure=draw,
)
def transposed_convolution(image: Image, kernel: Kernel, stride: Stride = 2, padding: Padding = 0) -> Output:
    """Transposed convolution of one map, with a check against the convolution that it transposes.

    Parameters
    ----------
    image : list of rows, (H, W)
        Input map.
    kernel : list of rows, (k, l)
        Weights of the stamp.
    stride : int
        Distance of the stamps.
    padding : int
        Rows and columns that are cut off at each side.

    Returns
    -------
    dict
        ``output`` (H', W'), at most 12 × 12 of it, and ``output_shape``; ``adjoint_gap``, the difference of the two
        inner products for random maps, 0 up to rounding; ``coverage``, the smallest and largest number of stamps that
        reach an output pixel away from the border, unequal where a checkerboard threatens.

    Raises
    ------
    ValueError
        If the padding cuts everything off.

    Examples
    --------
    >>> transposed_convolution([[1.0, 2.0]], [[1.0, 1.0]], stride=2)["output"].tolist()
    [[1.0, 1.0, 2.0, 2.0]]
    """
    x, w = np.asarray(image, dtype=np.float64), np.asarray(kernel, dtype=np.float64)
    shape = [(n - 1) * stride - 2 * padding + k for n, k in zip(x.shape, w.shape, strict=True)]
    if min(shape) < 1:
        raise ValueError("the padding cuts the whole output off; lower it")
    y = transpose_convolve(x, w, stride, padding)  # (H', W')
    probe = np.random.default_rng(0).standard_normal(y.shape)
    forward = convolve(probe[None, None], w[None, None], None, padding, stride)[0, 0]  # (H, W)
    scale = float(np.abs(x).sum() * np.abs(w).sum()) + 1e-300
    k = max(w.shape)
    counts = transpose_convolve(np.ones((1, 4 * k)), np.ones((1, k)), stride, 0)[0, k * stride : 2 * k * stride]
    return {
        "output": y[:12, :12],
        "output_shape": shape,
        "adjoint_gap": abs(float((forward * x).sum() - (probe * y).sum())) / scale,
        "coverage": [int(counts.min()), int(counts.max())],
    }
