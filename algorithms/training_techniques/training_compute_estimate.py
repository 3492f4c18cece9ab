r"""The training compute of a dense Transformer is estimated as six floating-point operations for each parameter and
each token.

$$C \approx 6\, N D, \qquad t = \frac{C}{n \cdot F \cdot u}$$

for $N$ parameters, $D$ tokens, and $n$ devices of $F$ operations a second used to the share $u$.

**Intuition.** Each weight takes part in one multiplication and one addition a token in the forward pass (2), and in
twice as many in the backward pass (4): gradients with respect to inputs and to weights. GPT-3 has $N = 175 \cdot 10^9$
and $D = 300 \cdot 10^9$, so $C = 3.15 \cdot 10^{23}$.

**When to use it.** To plan a run, to compare runs, and with scaling laws. Inference takes about $2N$ a token.

**Cost.** Arithmetic only.

**Pitfalls.** Training time does not grow exponentially with model size, as is often said: it is linear in $N$ at a
fixed number of tokens, and about quadratic when tokens grow with the model, as in the rule $D \approx 20 N$. The
formula leaves out attention scores, which matter when the context is long against the width, and embeddings. For
mixtures of experts take the active parameters. Recomputing activations adds a third. Utilisation is 30 to 50% in
practice, so peak figures promise too much.

**References.** Kaplan et al., *Scaling laws for neural language models* (2020), arXiv:2001.08361. Hoffmann et al.,
*Training compute-optimal large language models* (2022), arXiv:2203.15556. Brown et al. (2020), arXiv:2005.14165.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from algorithms.registry import Output, algorithm

TOKENS_PER_PARAMETER = 20  # the rule of thumb of Hoffmann et al.


@algorithm(
    id="training-compute-estimate",
    name="Training compute C = 6ND",
    aliases=("FLOPs", "compute scaling", "training time", "6ND", "training FLOPs of GPT-3", "Chinchilla tokens"),
    example={"parameters": 175e9, "tokens": 300e9},
)
def training_compute_estimate(
    parameters: Annotated[float, Field(ge=1, le=1e16)],
    tokens: Annotated[float, Field(ge=1, le=1e18)],
    devices: Annotated[int, Field(ge=1, le=10_000_000)] = 1024,
    device_flops: Annotated[float, Field(gt=0, le=1e18)] = 312e12,
    utilization: Annotated[float, Field(gt=0, le=1)] = 0.4,
) -> Output:
    """Operations and time of a training run, and how they grow with the model.

    Parameters
    ----------
    parameters : float
        Parameters N.
    tokens : float
        Training tokens D.
    devices : int
        Number of devices.
    device_flops : float
        Peak operations a second of one device; the default is that of an A100 in BF16.
    utilization : float
        Share of the peak that is reached.

    Returns
    -------
    dict
        ``flops`` = 6 N D; ``days`` and ``device_days``; ``petaflop_s_days``; ``compute_optimal_tokens`` = 20 N; ``factor_for_twice_the_model``
        at the same tokens (2) and with tokens growing along (4).

    Examples
    --------
    >>> training_compute_estimate(175e9, 300e9)["flops"]
    3.15e+23
    """
    flops = 6 * parameters * tokens
    seconds = flops / (devices * device_flops * utilization)
    return {
        "flops": flops,
        "days": seconds / 86_400,
        "device_days": devices * seconds / 86_400,
        "petaflop_s_days": flops / (1e15 * 86_400),
        "compute_optimal_tokens": TOKENS_PER_PARAMETER * parameters,
        "factor_for_twice_the_model": {
            "same tokens": 6 * (2 * parameters) * tokens / flops,
            "tokens in proportion": 6 * (2 * parameters) * (2 * tokens) / flops,
        },
    }
