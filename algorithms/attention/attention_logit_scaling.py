r"""Attention logit scaling divides the dot products of queries and keys by $\sqrt{d_k}$, so that the softmax does not saturate as the dimension grows.

$$\operatorname{Var}(q^\top k) = d_k \quad\Rightarrow\quad \operatorname{Var}\!\left(\frac{q^\top k}{\sqrt{d_k}}\right) = 1$$

**Intuition.** For components with mean zero and variance one, a dot product is a sum of $d_k$ terms of variance one. At
$d_k = 512$ the logits spread over $\pm 22$ and the softmax is practically one-hot. Its Jacobian,
$\operatorname{diag}(p) - p p^\top$, is then almost zero and nothing is learned. Dividing by $\sqrt{d_k}$ keeps the
variance at one for every dimension.

**When to use it.** In all dot-product attention. Additive attention passes its scores through tanh and needs no scaling.

**Cost.** One multiplication a score.

**Pitfalls.** The trouble is *vanishing* gradients through a saturated softmax; saying that scaling prevents exploding
gradients is a common error. Dot products grow with the key dimension $d_k$, not with the length of the input, and it is
the factor, not the projections, that tames them. What is compared here is unscaled dot-product attention, often loosely
called "traditional" attention. The factor is the root of the dimension of one *head*, not of the model. Scaling assumes roughly unit variance; trained
logits can still grow, which is why some models also normalise queries and keys.

**References.** Vaswani et al., *Attention Is All You Need*, arXiv:1706.03762, section 3.2.1.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.activations.softmax import softmax_along
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Dimensions = Annotated[list[Annotated[int, Field(ge=1, le=1024)]], Field(min_length=1, max_length=8)]


def jacobian_norm(p: Floats) -> float:
    """Frobenius norm of the softmax Jacobian at probabilities `p` (m,).

    Examples
    --------
    >>> jacobian_norm(np.array([0.5, 0.5])), jacobian_norm(np.array([1.0, 0.0]))
    (0.5, 0.0)
    """
    return float(np.linalg.norm(np.diag(p) - np.outer(p, p)))


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Largest attention weight by dimension, with and without scaling."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.semilogx(inputs["dimensions"], output["largest_weight_unscaled"], "o-", base=2, label="unscaled")
    axes.semilogx(inputs["dimensions"], output["largest_weight_scaled"], "s--", base=2, label="scaled")
    axes.set(xlabel="$d_k$", ylabel="largest weight", ylim=(0, 1.05), title="softmax saturation")
    axes.legend()
    return figure


@algorithm(
    id="attention-logit-scaling",
    name="Why attention logits are divided by sqrt(d_k)",
    aliases=("sqrt(d_k) scaling", "attention scaling factor", "softmax saturation", "why divide by sqrt(d_k)"),
    example={"dimensions": [16, 64, 256, 1024]},
    figure=draw,
)
def attention_logit_scaling(
    dimensions: Dimensions, keys: Annotated[int, Field(ge=2, le=64)] = 16, seed: Seed = 0
) -> Output:
    """Statistics of attention logits for standard normal queries and keys of each dimension.

    Parameters
    ----------
    dimensions : list of int
        Key dimensions d_k to compare.
    keys : int
        Keys a query attends to.
    seed : int
        Seed of the random queries and keys.

    Returns
    -------
    dict
        One number a dimension: ``variance_unscaled`` and ``variance_scaled`` of q·k;
        ``largest_weight_unscaled`` and ``_scaled`` and ``jacobian_norm_unscaled`` and ``_scaled``,
        medians over 200 queries.

    Examples
    --------
    >>> output = attention_logit_scaling([64])
    >>> 50 < output["variance_unscaled"][0] < 80, 0.8 < output["variance_scaled"][0] < 1.25
    (True, True)
    """
    rng = np.random.default_rng(seed)
    rows: dict[str, list[float]] = {}
    for d_k in dimensions:
        q = rng.standard_normal((200, d_k))
        k = rng.standard_normal((200, keys, d_k))
        logits = np.einsum("qd,qmd->qm", q, k)  # (200, m)
        for name, z in (("unscaled", logits), ("scaled", logits / np.sqrt(d_k))):
            P = softmax_along(z)  # (200, m)
            rows.setdefault(f"variance_{name}", []).append(float(z.var()))
            rows.setdefault(f"largest_weight_{name}", []).append(float(np.median(P.max(axis=1))))
            norm = float(np.median([jacobian_norm(p) for p in P]))
            rows.setdefault(f"jacobian_norm_{name}", []).append(norm)
    return dict(rows)
