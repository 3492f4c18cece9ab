r"""A residual or skip connection adds the input of a block to its output, so that the block only has to learn the
difference.

$$y = x + F(x), \qquad \frac{\partial y}{\partial x} = I + \frac{\partial F}{\partial x}$$

**Intuition.** If a block has nothing to add, it can set $F$ to zero, and deeper is then never worse in principle. In
the backward pass the identity hands the gradient on unchanged, next to whatever comes through $F$. Unrolled, $n$ blocks
are $2^n$ paths of different length; deleting one block removes half of them and leaves the rest working.

**When to use it.** In nearly every deep network: ResNets (152 layers at the end of 2015), Transformers, U-Nets.

**Cost.** One addition; the shapes must match, or a $1 \times 1$ projection has to make them.

**Pitfalls.** Skip connections do *not* cure explosion: each variance-preserving branch doubles the variance, $2^{20}
\approx 10^6$ after twenty blocks, against about 1 without skip. Scale the branches by $1/\sqrt L$ or normalise.
Gradients flow unchanged in the *backward* pass, not in the forward one. They are meant to ease optimisation, not to
escape local minima. The ResNet authors thought vanishing gradients an *unlikely* reason for the degradation of plain
nets, which had batch normalization. More layers mean more capacity, not better generalisation as such.

**References.** He et al., *Deep residual learning for image recognition*, arXiv:1512.03385. Veit, Wilber and Belongie,
*Residual networks behave like ensembles of relatively shallow networks*, arXiv:1605.06431.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Variant = Literal["plain", "identity", "scaled"]


def stack(depth: int, width: int, variant: Variant, skip_block: int | None, seed: int) -> tuple[Floats, float]:
    """Variance after each block (depth,) of a stack of linear branches, and the gain of the gradient back to the input.

    Examples
    --------
    >>> stack(3, 8, "plain", None, 0)[0].shape
    (3,)
    """
    rng = np.random.default_rng(seed)
    scale = 1 / np.sqrt(depth) if variant == "scaled" else 1.0
    Ws = rng.standard_normal((depth, width, width)) / np.sqrt(width)  # (L, d, d), each keeps the variance
    h = rng.standard_normal((64, width))  # (n, d)
    g = rng.standard_normal((64, width))  # (n, d)
    size, variances = np.linalg.norm(g), np.empty(depth)
    for l, W in enumerate(Ws):
        branch = h @ W.T if l != skip_block else np.zeros_like(h)
        h = branch if variant == "plain" else h + scale * branch
        variances[l] = h.var()
    for W in Ws[::-1]:
        through = g @ W
        g = through if variant == "plain" else g + scale * through
    return variances, float(np.linalg.norm(g) / size)


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Variance of the signal against the block."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    for variant in ("plain", "identity", "scaled"):
        axes.semilogy(output[f"{variant}_variances"], ".-", label=variant)
    axes.set(xlabel="block", ylabel="variance of the signal")
    axes.legend()
    return figure


@algorithm(
    id="residual-connection",
    name="Residual (skip) connection",
    aliases=(
        "skip connection",
        "ResNet block",
        "shortcut",
        "ResNet as an ensemble of paths",
        "unrolled ResNet",
        "Veit et al.",
        "residual block",
    ),
    example={"depth": 20, "width": 128, "branch_norm": 0.9, "seed": 0},
    figure=draw,
)
def residual_connection(
    depth: Annotated[int, Field(ge=1, le=50)] = 20,
    width: Annotated[int, Field(ge=2, le=128)] = 128,
    branch_norm: Annotated[float, Field(ge=0, le=2)] = 0.9,
    seed: Seed = 0,
) -> Output:
    """Signal variance with and without skip connections, the gradient through them, and the paths of the unrolled
    network.

    Parameters
    ----------
    depth : int
        Blocks L, each with a linear branch that keeps the variance.
    width : int
        Features d.
    branch_norm : float
        Derivative of each branch in the scalar gradient comparison.
    seed : int
        Seed of the weights.

    Returns
    -------
    dict
        ``plain_variances``, ``identity_variances`` and ``scaled_variances`` (L,), without skip, with it, and with
        branches scaled by 1/√L; their last entries ``plain_variance``, ``identity_variance``, ``scaled_variance``;
        ``plain_gradient_gain``, ``identity_gradient_gain``, ``scaled_gradient_gain`` back to the input;
        ``plain_scalar_gradient`` r^L and ``residual_scalar_gradient`` (1 + r)^L of scalar branches; ``paths`` 2^L and
        ``paths_after_deleting_a_block``; ``deletion_error``, the relative change of the scaled network's output
        variance when the middle block is deleted.

    Examples
    --------
    >>> out = residual_connection(depth=20)
    >>> out["paths"], out["paths_after_deleting_a_block"]
    (1048576, 524288)
    """
    output: Output = {}
    variants: tuple[Variant, ...] = ("plain", "identity", "scaled")
    for variant in variants:
        variances, gain = stack(depth, width, variant, None, seed)
        output[f"{variant}_variances"] = variances
        output[f"{variant}_variance"] = variances[-1]
        output[f"{variant}_gradient_gain"] = gain
    without = stack(depth, width, "scaled", depth // 2, seed)[0][-1]
    return {
        **output,
        "plain_scalar_gradient": branch_norm**depth,
        "residual_scalar_gradient": (1 + branch_norm) ** depth,
        "paths": 2**depth,
        "paths_after_deleting_a_block": 2 ** (depth - 1),
        "deletion_error": abs(without - output["scaled_variance"]) / output["scaled_variance"],
    }
