r"""Pre-LN and post-LN are the two places of layer normalization in a residual block: inside the branch, or after the
addition.

$$\text{post-LN: } x_{l+1} = \mathrm{LN}(x_l + F(x_l)) \qquad \text{pre-LN: } x_{l+1} = x_l + F(\mathrm{LN}(x_l))$$

**Intuition.** In pre-LN the identity path runs from the last layer to the first with nothing on it, so that part of the
gradient arrives whole. In post-LN every block normalises the sum; at the start that divides the gradient on the
identity path by about $\sqrt 2$, over $L$ blocks by $2^{L/2}$, and early layers depend on paths through many branches.
The weights near the output see gradients of constant size in post-LN, but $1/\sqrt L$ smaller ones in pre-LN: large
first steps hurt the former, hence the warm-up.

**When to use it.** Pre-LN for deep models and for training without a delicate warm-up; it is the standard of today's
language models. Post-LN, as in the original Transformer, with warm-up; where it trains, it can end a little better.

**Cost.** The same; pre-LN needs one more normalization at the end.

**Pitfalls.** The original Transformer is *post-LN*; texts that put it "before the attention" describe pre-LN. Post-LN
is the less stable one, not the stabiliser. Pre-LN does not normalise "before the residual connection": the
normalization sits in the branch, and the residual stream stays as it is. In pre-LN the stream grows with depth, as
$\sqrt l$, and late layers change it less and less. Skip connections alone do not bound that growth.

**References.** Xiong et al., *On layer normalization in the Transformer architecture*, arXiv:2002.04745. Vaswani et
al., arXiv:1706.03762.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.normalization_layers.layer_normalization import standardise
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


def standardise_backward(x: Floats, upstream: Floats) -> Floats:
    """Gradient by the input of `standardise` over the last axis.

    Examples
    --------
    >>> bool(np.allclose(standardise_backward(np.array([1.0, 2.0, 4.0]), np.ones(3)), 0))
    True
    """
    y = standardise(x, 1e-5)
    deviation = np.sqrt(x.var(axis=-1, keepdims=True) + 1e-5)
    centred = upstream - upstream.mean(axis=-1, keepdims=True) - y * (upstream * y).mean(axis=-1, keepdims=True)
    return np.asarray(centred / deviation)


def passes(placement: str, weights: Floats, x: Floats, upstream: Floats) -> tuple[Floats, Floats, float]:
    """Sizes of the residual stream after each block (L,), norms of each block's weight gradient (L,), and the identity
    gain.

    Each branch is linear, F(h) = W h; pre-LN ends with one more normalization. The weights are (L, d, d); x and the
    gradient of the output are (n, d). The identity gain is the mean factor on the gradient along the path that takes no
    branch.

    Examples
    --------
    >>> x = standardise(np.array([[1.0, 2.0, 4.0]]), 1e-5)
    >>> passes("pre", np.zeros((2, 3, 3)), x, np.ones((1, 3)))[2]
    1.0
    """
    inputs, streams, gain, h = [], [], np.ones(len(x)), x
    for W in weights:
        inputs.append(h)
        if placement == "pre":
            h = h + standardise(h, 1e-5) @ W.T
        else:
            total = h + h @ W.T  # (n, d)
            gain = gain / np.sqrt(total.var(axis=1) + 1e-5)
            h = standardise(total, 1e-5)
        streams.append(float(np.sqrt((h**2).mean())))
    gradient = standardise_backward(h, upstream) if placement == "pre" else upstream  # (n, d)
    norms = []
    for W, h in zip(weights[::-1], inputs[::-1], strict=True):
        if placement == "pre":
            norms.append(float(np.linalg.norm(gradient.T @ standardise(h, 1e-5))))
            gradient = gradient + standardise_backward(h, gradient @ W)
        else:
            inner = standardise_backward(h + h @ W.T, gradient)  # (n, d)
            norms.append(float(np.linalg.norm(inner.T @ h)))
            gradient = inner + inner @ W
    return np.array(streams), np.array(norms[::-1]), float(gain.mean())


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Size of the residual stream and of the weight gradients for both placements."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 3), layout="constrained")
    for axes, key, title in zip(
        figure.subplots(1, 2),
        ("stream_sizes", "weight_gradient_norms"),
        ("residual stream", "weight gradients"),
        strict=True,
    ):
        for placement in ("pre", "post"):
            axes.plot(output[f"{placement}_{key}"], ".-", label=f"{placement}-LN")
        axes.set(xlabel="block", title=title, ylim=(0, None))
        axes.legend()
    return figure


@algorithm(
    id="pre-ln-vs-post-ln",
    name="Pre-LN vs Post-LN placement",
    aliases=("pre-norm", "post-norm", "LN placement", "pre-layer normalization", "post-layer normalization"),
    example={"layers": 24, "width": 64, "seed": 0},
    figure=draw,
)
def pre_ln_vs_post_ln(
    layers: Annotated[int, Field(ge=1, le=48)] = 24,
    width: Annotated[int, Field(ge=4, le=128)] = 64,
    seed: Seed = 0,
) -> Output:
    """Forward and backward pass at initialisation through residual blocks with either placement.

    Parameters
    ----------
    layers : int
        Blocks L; each branch is a linear layer with weights of variance 1/width.
    width : int
        Features d.
    seed : int
        Seed of the weights, of 16 inputs and of the gradient at the output.

    Returns
    -------
    dict
        For ``pre`` and ``post`` each: ``…_stream_sizes`` (L,), root mean squares of the residual stream after each
        block; ``…_weight_gradient_norms`` (L,) of each block's weights; ``…_last_weight_gradient``, the last of them;
        ``…_identity_gain``, the factor on the gradient along the path that takes no branch, 1 for pre-LN.

    Examples
    --------
    >>> out = pre_ln_vs_post_ln(layers=20)
    >>> out["pre_identity_gain"], bool(out["post_identity_gain"] < 0.01)
    (1.0, True)
    """
    rng = np.random.default_rng(seed)
    W = rng.standard_normal((layers, width, width)) / np.sqrt(width)  # (L, d, d)
    x = standardise(rng.standard_normal((16, width)), 1e-5)  # (n, d)
    upstream = rng.standard_normal((16, width))  # (n, d)
    output: Output = {}
    for placement in ("pre", "post"):
        streams, norms, gain = passes(placement, W, x, upstream)
        output[f"{placement}_stream_sizes"] = streams
        output[f"{placement}_weight_gradient_norms"] = norms
        output[f"{placement}_last_weight_gradient"] = norms[-1]
        output[f"{placement}_identity_gain"] = gain
    return output
