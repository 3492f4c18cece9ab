r"""Multi-head attention runs several attentions in parallel, each on its own projections of the input, and projects their concatenated outputs.

$$\mathrm{MHA}(X) = [O_1; \dots; O_h]\, W_O, \qquad O_j = \mathrm{Attention}(X W_Q^j, X W_K^j, X W_V^j)$$

**Intuition.** One softmax can put its weight on few positions at a time. Several heads look in several ways at once, for
example at the previous token and at the matching bracket. Each head works in a subspace of dimension
$d_{head} = d_{model} / h$.

**When to use it.** In every Transformer layer. Small models use 4 to 8 heads, large ones 16 to 96; GPT-3 has 96 heads of
dimension 128.

**Cost.** $4 d_{model}^2$ parameters (without biases) and $O(n^2 d_{model} + n d_{model}^2)$ time, both independent of the
number of heads.

**Pitfalls.** Believing that more heads cost more: with $d_{head} = d_{model}/h$ neither parameters nor multiplications
grow; the heads only get narrower (the stored score matrices do grow, $h\,n^2$). The scale is $\sqrt{d_{head}}$, not
$\sqrt{d_{model}}$. Projections are shared across positions, not across heads. Splitting heads by reshaping needs a
transpose, or tokens get mixed. $d_{model}$ must be divisible by $h$.

**References.** Vaswani et al., *Attention Is All You Need*, arXiv:1706.03762, section 3.2.2. Michel, Levy and Neubig,
*Are Sixteen Heads Really Better than One?*, arXiv:1905.10650.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.attention.scaled_dot_product_attention import attend
from algorithms.figures import heatmap
from algorithms.inputs import Seed, TokenVectors
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


@dataclass(frozen=True)
class HeadWeights:
    """Square projections (d, d) of multi-head attention; head j owns columns j d/h to (j + 1) d/h of the first three."""

    Q: Floats
    K: Floats
    V: Floats
    O: Floats

    @classmethod
    def random(cls, d: int, rng: np.random.Generator) -> HeadWeights:
        """Normal weights of standard deviation 1/sqrt(d)."""
        return cls(*(rng.standard_normal((d, d)) / np.sqrt(d) for _ in range(4)))


def multi_head(
    X: Floats, memory: Floats, W: HeadWeights, heads: int, mask: NDArray[np.bool_] | None = None
) -> tuple[Floats, Floats]:
    """Outputs (n, d) and weights (h, n, m) of queries from `X` (n, d) over `memory` (m, d).

    Examples
    --------
    >>> W = HeadWeights(*(np.eye(4) for _ in range(4)))
    >>> output, weights = multi_head(np.ones((3, 4)), np.ones((2, 4)), W, heads=2)
    >>> output.shape, weights.shape
    ((3, 4), (2, 3, 2))
    """

    def split(Y: Floats) -> Floats:
        return Y.reshape(len(Y), heads, -1).transpose(1, 0, 2)  # (h, n, d / h)

    O, P = attend(split(X @ W.Q), split(memory @ W.K), split(memory @ W.V), mask)  # (h, n, d / h), (h, n, m)
    return O.transpose(1, 0, 2).reshape(len(X), -1) @ W.O, P


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Weights of all heads side by side."""
    weights = np.asarray(output["weights"])
    return heatmap(np.concatenate(list(weights), axis=1), f"weights of {len(weights)} heads, side by side")


@algorithm(
    id="multi-head-attention",
    name="Multi-head attention",
    aliases=("MHA", "attention heads", "multihead attention", "number of heads", "head dimension"),
    example={
        "embeddings": [[1, 0, 1, 0, 1, 0, 1, 0], [0, 2, 0, 2, 0, 2, 0, 2], [1, 1, 1, 1, 1, 1, 1, 1]],
        "heads": 2,
    },
    figure=draw,
)
def multi_head_attention(
    embeddings: TokenVectors, heads: Annotated[int, Field(ge=1, le=8)] = 2, causal: bool = False, seed: Seed = 0
) -> Output:
    """Multi-head self-attention with random projections.

    Parameters
    ----------
    embeddings : list of list of float, (n, d_model)
        Token vectors.
    heads : int
        Number of heads h; must divide d_model.
    causal : bool
        Hide later tokens from earlier ones.
    seed : int
        Seed of the projections.

    Returns
    -------
    dict
        ``output`` (n, d_model); ``weights`` (h, n, n), rows summing to one; ``d_head``; ``parameters``, 4 d_model².

    Raises
    ------
    ValueError
        If `heads` does not divide the dimension.

    Examples
    --------
    >>> output = multi_head_attention([[1.0, 0.0, 0.0, 1.0], [0.0, 1.0, 1.0, 0.0]], heads=2)
    >>> output["d_head"], output["parameters"], output["weights"].shape
    (2, 64, (2, 2, 2))
    """
    X = np.asarray(embeddings, dtype=np.float64)  # (n, d)
    n, d = X.shape
    if d % heads:
        raise ValueError(f"{heads} heads do not divide the dimension {d}; choose a divisor of {d}")
    mask = np.tril(np.ones((n, n), dtype=bool)) if causal else None
    output, P = multi_head(X, X, HeadWeights.random(d, np.random.default_rng(seed)), heads, mask)
    return {"output": output, "weights": P, "d_head": d // heads, "parameters": 4 * d * d}
