r"""A mixture of experts replaces one feed-forward network by many and sends each token, in Switch Transformers, to the single expert its router prefers.

$$p(x) = \mathrm{softmax}(W_r x), \qquad y = p_{i^*}(x)\, E_{i^*}(x), \quad i^* = \arg\max_i p_i(x), \qquad \ell_{balance} = N \sum_{i=1}^{N} f_i P_i$$

**Intuition.** Parameters grow with the number of experts $N$, while each token still passes through one network, so operations a token stay the same.
The gate probability multiplies the output, which is how the router gets a gradient. Left alone the router collapses onto few
experts; the balance loss, with $f_i$ the share of tokens and $P_i$ the mean probability of expert $i$, is smallest (1) when both are
uniform.

**When to use it.** For very large models whose training compute is limited but memory is not.

**Cost.** Parameters $N \cdot 8 d^2$; operations a token $\approx 16 d^2 + 2 N d$, nearly independent of $N$.

**Pitfalls.** "Sparsity reduces computation" holds only against a dense model with as many parameters; against the original dense layer, operations a token
stay constant while parameters grow. All experts must be in memory. An expert takes at most its capacity of tokens; the overflow skips
the layer and passes through the residual only. Dividing tokens by batches makes results depend on what else is in the batch.

**References.** Fedus, Zoph and Shazeer, *Switch Transformers*, arXiv:2101.03961. Shazeer et al., arXiv:1701.06538.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.activations.softmax import softmax_along
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats
from algorithms.transformers.position_wise_feed_forward import FeedForward, feed_forward


def balance_loss(P: Floats, chosen: NDArray[np.int64]) -> float:
    """Switch balance loss of router probabilities `P` (n, N) and choices (n,); 1 when uniform.

    Examples
    --------
    >>> balance_loss(np.full((4, 2), 0.5), np.array([0, 1, 0, 1]))
    1.0
    """
    f = np.bincount(chosen, minlength=P.shape[1]) / len(P)  # (N,)
    return float(P.shape[1] * (f * P.mean(axis=0)).sum())


def switch_layer(
    X: Floats, W_r: Floats, experts: list[FeedForward], capacity: int
) -> tuple[Floats, Floats, NDArray[np.int64], NDArray[np.bool_]]:
    """Outputs (n, d), router probabilities (n, N), choices (n,) and which tokens were processed (n,)."""
    P = softmax_along(X @ W_r)  # (n, N)
    chosen = np.argmax(P, axis=1)  # (n,)
    output, processed = np.zeros_like(X), np.zeros(len(X), dtype=bool)
    for i, expert in enumerate(experts):
        mine = np.flatnonzero(chosen == i)[:capacity]  # first come, first served
        if len(mine):
            output[mine] = P[mine, i, None] * feed_forward(X[mine], expert)
            processed[mine] = True
    return output, P, chosen, processed


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Tokens an expert, and the capacity."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.bar(range(len(output["tokens_per_expert"])), output["tokens_per_expert"])
    axes.axhline(output["capacity"], color="grey", linestyle="--", label="capacity")
    axes.set(xlabel="expert", ylabel="tokens", title="top-1 routing")
    axes.legend()
    return figure


@algorithm(
    id="mixture-of-experts",
    name="Switch-Transformer mixture of experts",
    aliases=("MoE", "Switch Transformer", "top-1 routing", "sparse mixture of experts"),
    example={"tokens": 32, "experts": 4, "d_model": 8},
    figure=draw,
)
def mixture_of_experts(
    tokens: Annotated[int, Field(ge=1, le=256)] = 32,
    experts: Annotated[int, Field(ge=1, le=32)] = 4,
    d_model: Annotated[int, Field(ge=1, le=32)] = 8,
    capacity_factor: Annotated[float, Field(gt=0, le=32)] = 1.25,
    seed: Seed = 0,
) -> Output:
    """Route random tokens through random experts.

    Parameters
    ----------
    tokens : int
        Tokens n.
    experts : int
        Experts N.
    d_model : int
        Dimension d; experts have 4 d hidden units.
    capacity_factor : float
        Capacity of an expert divided by n / N.
    seed : int
        Seed of tokens and weights.

    Returns
    -------
    dict
        ``tokens_per_expert`` (N,), before the capacity cuts; ``capacity``; ``dropped`` tokens; ``balance_loss``;
        ``parameters`` of the experts; ``operations_per_token`` of expert and router; ``operations_dense``, those of a dense
        network with as many parameters.

    Examples
    --------
    >>> a, b = mixture_of_experts(experts=2), mixture_of_experts(experts=4)
    >>> b["parameters"] / a["parameters"], b["operations_per_token"] - a["operations_per_token"]
    (2.0, 32)
    """
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((tokens, d_model))  # (n, d)
    W_r = rng.standard_normal((d_model, experts)) / np.sqrt(d_model)  # (d, N)
    networks = [FeedForward.random(d_model, 4 * d_model, rng) for _ in range(experts)]
    capacity = int(np.ceil(capacity_factor * tokens / experts))
    _, P, chosen, processed = switch_layer(X, W_r, networks, capacity)
    matrices = 8 * d_model * d_model
    return {
        "tokens_per_expert": np.bincount(chosen, minlength=experts),
        "capacity": capacity,
        "dropped": int((~processed).sum()),
        "balance_loss": balance_loss(P, chosen),
        "parameters": experts * matrices,
        "operations_per_token": 2 * matrices + 2 * experts * d_model,
        "operations_dense": 2 * experts * matrices,
    }
