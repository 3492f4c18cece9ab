r"""A Transformer encoder layer is multi-head self-attention followed by a position-wise feed-forward network, each with a residual connection and layer normalisation.

$$Y = \mathrm{LN}(X + \mathrm{MHA}(X)), \qquad Z = \mathrm{LN}(Y + \mathrm{FFN}(Y))$$

**Intuition.** Attention lets tokens exchange information, the feed-forward network processes each token. The residual sums give
gradients a straight path through many layers; layer normalisation keeps the scale of each token fixed. The layer maps $n \times d$ to
$n \times d$, so layers can be stacked, and all positions are computed in parallel.

**When to use it.** As the unit of encoders such as BERT, and of the encoder half of translation models.

**Cost.** About $12 d^2$ parameters; $O(n^2 d + n d^2)$ time.

**Pitfalls.** Two placements of the normalisation exist: after the sum (post-norm, the original) and before each sublayer (pre-norm,
easier to train deep, needs one more norm at the end); weights are not interchangeable. Layer normalisation works over the
features of one token, not over the batch, with the biased variance. Without positional encodings the layer does not know the
order. Padding must be masked in attention.

**References.** Vaswani et al., *Attention Is All You Need*, arXiv:1706.03762. Ba, Kiros and Hinton, *Layer Normalization*,
arXiv:1607.06450. Xiong et al., *On Layer Normalization in the Transformer Architecture*, arXiv:2002.04745.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.attention.multi_head_attention import HeadWeights, multi_head
from algorithms.figures import heatmap
from algorithms.inputs import Seed, TokenVectors
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats
from algorithms.transformers.position_wise_feed_forward import FeedForward, feed_forward


@dataclass(frozen=True)
class LayerWeights:
    """Weights of one encoder layer."""

    attention: HeadWeights
    ffn: FeedForward

    @classmethod
    def random(cls, d: int, rng: np.random.Generator) -> LayerWeights:
        """Random attention and a feed-forward network of width 4 d."""
        return cls(HeadWeights.random(d, rng), FeedForward.random(d, 4 * d, rng))


def layer_norm(X: Floats, epsilon: float = 1e-5) -> Floats:
    """Rows of `X` (n, d) with mean 0 and variance 1 (gain 1, bias 0).

    Examples
    --------
    >>> layer_norm(np.array([[1.0, 3.0]]), epsilon=0).tolist()
    [[-1.0, 1.0]]
    """
    centred = X - X.mean(axis=-1, keepdims=True)
    return np.asarray(centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + epsilon))


def encoder_layer(
    X: Floats,
    W: LayerWeights,
    heads: int,
    mask: NDArray[np.bool_] | None = None,
    norm: str = "post",
    activation: str = "relu",
) -> tuple[Floats, Floats]:
    """Output (n, d) and attention weights (h, n, n) of one layer; `norm` is post or pre."""
    if norm == "post":
        attended, P = multi_head(X, X, W.attention, heads, mask)  # (n, d), (h, n, n)
        Y = layer_norm(X + attended)
        return layer_norm(Y + feed_forward(Y, W.ffn, activation)), P
    normed = layer_norm(X)
    attended, P = multi_head(normed, normed, W.attention, heads, mask)
    Y = X + attended
    return Y + feed_forward(layer_norm(Y), W.ffn, activation), P


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Mean attention weights of the heads."""
    return heatmap(np.asarray(output["weights"]).mean(axis=0), "encoder layer, mean of the heads")


@algorithm(
    id="transformer-encoder-layer",
    name="Transformer encoder layer",
    aliases=("encoder block", "Transformer architecture", "add and norm", "transformer block"),
    example={"embeddings": [[1.0, 0.0, 0.5, -1.0], [0.0, 2.0, 0.3, 0.1], [1.0, 1.0, -0.7, 0.4]], "heads": 2},
    figure=draw,
)
def transformer_encoder_layer(
    embeddings: TokenVectors,
    heads: Annotated[int, Field(ge=1, le=4)] = 2,
    norm: Literal["post", "pre"] = "post",
    seed: Seed = 0,
) -> Output:
    """One encoder layer with random weights.

    Parameters
    ----------
    embeddings : list of list of float, (n, d)
        Token vectors; d at least 2.
    heads : int
        Attention heads; must divide d.
    norm : {"post", "pre"}
        Normalise after each residual sum or before each sublayer.
    seed : int
        Seed of the weights.

    Returns
    -------
    dict
        ``output`` (n, d); ``weights`` (h, n, n) of attention; ``means`` and ``deviations`` (n,) of the output rows, 0 and
        1 with post-norm; ``parameters``, all weights, biases and norms of the layer.

    Raises
    ------
    ValueError
        If `heads` does not divide d or d is 1.

    Examples
    --------
    >>> output = transformer_encoder_layer([[1.0, 0.0], [0.0, 1.0], [2.0, 1.0]], heads=1)
    >>> output["output"].shape, output["parameters"]
    ((3, 2), 74)
    """
    X = np.asarray(embeddings, dtype=np.float64)  # (n, d)
    d = X.shape[1]
    if d == 1 or d % heads:
        raise ValueError(f"{heads} heads do not fit the dimension {d}; choose d >= 2 and a divisor of it")
    output, P = encoder_layer(X, LayerWeights.random(d, np.random.default_rng(seed)), heads, norm=norm)
    attention, ffn, norms = 4 * d * d + 4 * d, 8 * d * d + 5 * d, 4 * d
    return {
        "output": output,
        "weights": P,
        "means": output.mean(axis=1),
        "deviations": output.std(axis=1),
        "parameters": attention + ffn + norms,
    }
