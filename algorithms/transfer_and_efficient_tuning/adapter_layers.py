r"""Bottleneck adapter layers are small trainable networks with a residual connection that are inserted into a frozen
model.

$$\mathrm{adapter}(h) = h + W_{\text{up}}\, \sigma(W_{\text{down}} h + b_{\text{down}}) + b_{\text{up}}, \qquad
W_{\text{down}} \in \mathbb{R}^{m \times d},\ W_{\text{up}} \in \mathbb{R}^{d \times m}$$

**Intuition.** The hidden state is pressed through a bottleneck of width $m \ll d$, which may compute a non-linear
correction of it. With $W_{\text{up}}$ and $b_{\text{up}}$ zero at the start, the adapter is the identity and the model
behaves as before. Only adapters (and often layer norms) are trained.

**When to use it.** For many tasks on one base when adapters of single tasks must be stored and swapped, or combined.

**Cost.** $2dm + m + d$ parameters an adapter. Two more matrix products in sequence at each place: the latency of online
inference grows, most at small batch size, where the hardware waits for depth and not for arithmetic.

**Pitfalls.** Unlike LoRA, an adapter is non-linear and cannot be merged into the weights, so the latency stays. A
random start of the up-projection breaks the pretrained features at the first step. Forgetting the residual connection
makes a bottleneck of the whole model. Two adapters a layer in Houlsby's design, one in Pfeiffer's: state which, when
counting.

**References.** Houlsby et al., *Parameter-efficient transfer learning for NLP* (2019), arXiv:1902.00751. Pfeiffer et
al., *AdapterFusion* (2020), arXiv:2005.00247.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats
from algorithms.toy_networks import Adam, backward, forward


def new_adapter(d: int, m: int, rng: np.random.Generator) -> list[Floats]:
    """[W_down (d, m), b_down (m,), W_up (m, d), b_up (d,)] with a zero up-projection."""
    return [rng.standard_normal((d, m)) / np.sqrt(d), np.zeros(m), np.zeros((m, d)), np.zeros(d)]


def apply_adapter(adapter: list[Floats], h: Floats) -> Floats:
    """h + up(tanh(down(h))) for rows h (n, d)."""
    return np.asarray(h + forward(adapter, h)[-1])


@algorithm(
    id="adapter-layers",
    name="Bottleneck adapter layers",
    aliases=("adapters", "Houlsby adapters", "adapter tuning", "bottleneck adapter"),
    example={"d": 16, "m": 4},
    cost="trains",
)
def adapter_layers(
    d: Annotated[int, Field(ge=1, le=64)] = 16,
    m: Annotated[int, Field(ge=1, le=64)] = 4,
    layers: Annotated[int, Field(ge=1, le=1000)] = 12,
    adapters_per_layer: Annotated[int, Field(ge=1, le=4)] = 2,
    steps: Annotated[int, Field(ge=1, le=1000)] = 300,
    seed: Seed = 0,
) -> Output:
    """Train one adapter behind a frozen layer and count the parameters of a whole model's adapters.

    Parameters
    ----------
    d : int
        Hidden width.
    m : int
        Bottleneck width.
    layers : int
        Layers of the model, for the count.
    adapters_per_layer : int
        2 after Houlsby, 1 after Pfeiffer.
    steps : int
        Training steps.
    seed : int
        Seed of the frozen layer, the task and the start.

    Returns
    -------
    dict
        ``parameters_per_adapter`` = 2dm + m + d; ``total_parameters``; ``identity_gap`` of the untrained adapter (0);
        ``loss_before``, ``loss_after``; ``base_change`` (0); ``extra_products`` in sequence in a forward pass.

    Examples
    --------
    >>> result = adapter_layers(d=16, m=4, steps=50)
    >>> result["parameters_per_adapter"], result["identity_gap"]
    (148, 0.0)
    """
    rng = np.random.default_rng(seed)
    base = rng.standard_normal((d, d)) / np.sqrt(d)
    frozen = base.copy()
    x = rng.standard_normal((128, d))  # (n, d)
    h = np.tanh(x @ base)  # (n, d), the frozen layer's output
    wanted = [rng.standard_normal((d, 2)), np.zeros(2), rng.standard_normal((2, d)), np.zeros(d)]
    y = apply_adapter(wanted, h)  # the task: a non-linear correction through two directions
    adapter, optimizer, losses = new_adapter(d, m, rng), Adam(0.02), []
    identity_gap = float(np.abs(apply_adapter(adapter, h) - h).max())
    for _ in range(steps):
        residual = apply_adapter(adapter, h) - y  # (n, d)
        losses.append(float((residual**2).mean()))
        optimizer.step(adapter, backward(adapter, forward(adapter, h), 2 * residual / residual.size)[0])
    losses.append(float(((apply_adapter(adapter, h) - y) ** 2).mean()))
    size = sum(p.size for p in adapter)
    return {
        "parameters_per_adapter": size,
        "total_parameters": size * layers * adapters_per_layer,
        "identity_gap": identity_gap,
        "loss_before": losses[0],
        "loss_after": losses[-1],
        "base_change": float(np.abs(base - frozen).max()),
        "extra_products": 2 * layers * adapters_per_layer,
    }
