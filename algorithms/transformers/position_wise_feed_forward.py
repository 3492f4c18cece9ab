r"""The position-wise feed-forward network of a Transformer is a small two-layer perceptron applied to each token by itself.

$$\mathrm{FFN}(x) = W_2\, \phi(W_1 x + b_1) + b_2, \qquad W_1 \in \mathbb{R}^{4d \times d},\; W_2 \in \mathbb{R}^{d \times 4d}$$

**Intuition.** Attention moves information between tokens; this network processes it within each token. The first layer widens the
vector, usually fourfold, a nonlinearity selects features, the second layer writes the result back. The same weights serve
every position, like a convolution of width one.

**When to use it.** After attention in every Transformer layer. The original uses ReLU, BERT and GPT use GELU; many newer models use
gated variants.

**Cost.** $8 d^2 + 5 d$ parameters with biases at the usual factor of four, twice those of attention, and $O(n d^2)$ time. For
$d = 1024$ the hidden layer has 4096 units.

**Pitfalls.** Output $i$ depends on token $i$ alone: a test that changes one token must leave all other outputs exactly as they were.
GELU exists as an exact formula and as a tanh approximation (GPT-2); they differ in the fourth digit, enough to fail a strict
comparison. Two linear layers without the nonlinearity would collapse into one.

**References.** Vaswani et al., *Attention Is All You Need*, arXiv:1706.03762, section 3.3. Hendrycks and Gimpel, *GELU*,
arXiv:1606.08415.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed, TokenVectors
from algorithms.registry import Output, algorithm
from algorithms.toy_data import WORDS, Floats

_erf = np.vectorize(math.erf, otypes=[np.float64])


@dataclass(frozen=True)
class FeedForward:
    """Weights W1 (d, h), b1 (h,), W2 (h, d), b2 (d,) for row vectors."""

    W1: Floats
    b1: Floats
    W2: Floats
    b2: Floats

    @classmethod
    def random(cls, d: int, hidden: int, rng: np.random.Generator) -> FeedForward:
        """Normal weights scaled by the root of their input size, zero biases."""
        W1 = rng.standard_normal((d, hidden)) / np.sqrt(d)
        W2 = rng.standard_normal((hidden, d)) / np.sqrt(hidden)
        return cls(W1, np.zeros(hidden), W2, np.zeros(d))


def gelu(x: Floats) -> Floats:
    """Exact GELU: x times the standard normal distribution function.

    Examples
    --------
    >>> gelu(np.array([-1.0, 0.0, 1.0])).round(4).tolist()
    [-0.1587, 0.0, 0.8413]
    """
    return np.asarray(x * (1 + _erf(x / np.sqrt(2))) / 2)


def feed_forward(X: Floats, W: FeedForward, activation: str = "relu") -> Floats:
    """Outputs (n, d) of rows `X` (n, d); `activation` is relu or gelu.

    Examples
    --------
    >>> W = FeedForward(np.array([[1.0, -1.0]]), np.zeros(2), np.array([[1.0], [10.0]]), np.zeros(1))
    >>> feed_forward(np.array([[2.0], [-2.0]]), W).tolist()
    [[2.0], [20.0]]
    """
    H = X @ W.W1 + W.b1  # (n, h)
    return np.asarray((np.maximum(H, 0) if activation == "relu" else gelu(H)) @ W.W2 + W.b2)


@algorithm(
    id="position-wise-feed-forward",
    name="Position-wise feed-forward network",
    aliases=("FFN", "MLP block", "feed-forward layer", "transformer MLP"),
    example={"d_model": 1024, "expansion": 4, "embeddings": WORDS},
)
def position_wise_feed_forward(
    embeddings: TokenVectors,
    d_model: Annotated[int, Field(ge=1, le=1_000_000)] = 1024,
    expansion: Annotated[int, Field(ge=1, le=16)] = 4,
    activation: Literal["relu", "gelu"] = "relu",
    seed: Seed = 0,
) -> Output:
    """Count the parameters at `d_model`, and run a random network over `embeddings`.

    Parameters
    ----------
    embeddings : list of list of float, (n, d)
        Token vectors of the small run.
    d_model : int
        Dimension of the count.
    expansion : int
        Hidden size divided by dimension.
    activation : {"relu", "gelu"}
        Nonlinearity.
    seed : int
        Seed of the weights.

    Returns
    -------
    dict
        ``hidden_size`` and ``parameters`` at `d_model`; ``output`` (n, d) of the small run; ``leak``, how much the other
        tokens' outputs change when the first token is doubled: 0; ``active_share`` of hidden units above zero.

    Examples
    --------
    >>> output = position_wise_feed_forward(WORDS, d_model=1024)
    >>> output["hidden_size"], output["parameters"], float(output["leak"])
    (4096, 8393728, 0.0)
    """
    X = np.asarray(embeddings, dtype=np.float64)  # (n, d)
    W = FeedForward.random(X.shape[1], expansion * X.shape[1], np.random.default_rng(seed))
    output = feed_forward(X, W, activation)  # (n, d)
    changed = X.copy()
    changed[0] *= 2
    hidden = expansion * d_model
    return {
        "hidden_size": hidden,
        "parameters": 2 * d_model * hidden + hidden + d_model,
        "output": output,
        "leak": np.abs(feed_forward(changed, W, activation) - output)[1:].max(initial=0.0),
        "active_share": (X @ W.W1 + W.b1 > 0).mean(),
    }
