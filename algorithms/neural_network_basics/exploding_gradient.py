r"""The exploding gradient problem is the exponential growth of gradients on their way back through many layers or time
steps.

$$\left\lVert \prod_{t=1}^{T} J_t \right\rVert \sim \rho^{\,T}, \qquad 1.5^{50} = 6.4 \cdot 10^{8}$$

**Intuition.** A recurrent network multiplies by nearly the same matrix at every step. If that matrix stretches some
direction by more than one, the gradient along it grows exponentially. One such step throws the weights far away, and
the loss becomes NaN or jumps.

**When to use it.** When the loss spikes: log the global gradient norm, then clip it, lower the scale of the
initialisation, normalise, or use gates.

**Cost.** One norm a step.

**Pitfalls.** Leaky ReLU and ELU do *not* keep activations in a controlled range: above zero they are as unbounded as
ReLU. With a weight variance of $6/n$, thirty layers blow all three up to a second moment near $10^{14}$, while tanh
stays below 1. Yet a bounded activation does not bound the *gradient*. ReLU helps against vanishing, not against
explosion. A lower learning rate limits the update, not the gradient. Skip connections alone do not help either: without
scaled or normalised branches the variance doubles at each block. The cure for recurrent networks is clipping, and gates
for vanishing.

**References.** Pascanu, Mikolov and Bengio, *On the difficulty of training recurrent neural networks*, arXiv:1211.5063.
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 10.11.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.activations.elu import exponential_linear
from algorithms.activations.leaky_relu import leaky
from algorithms.activations.relu import rectify
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

FUNCTIONS: dict[str, Callable[[Floats], Floats]] = {
    "relu": rectify,
    "leaky_relu": lambda z: leaky(z, 0.01),
    "elu": exponential_linear,
    "tanh": np.tanh,
}


def recurrent_gradient(spectral_norm: float, steps: int, width: int, seed: int) -> Floats:
    """Norm of a gradient after 1 … steps backward steps through h ← Q h times the spectral norm, Q orthogonal.

    Examples
    --------
    >>> recurrent_gradient(2.0, 3, 4, 0).round(6).tolist()
    [2.0, 4.0, 8.0]
    """
    rng = np.random.default_rng(seed)
    W = spectral_norm * np.linalg.qr(rng.standard_normal((width, width)))[0]  # (d, d), all singular values equal
    g = rng.standard_normal(width)
    g = g / np.linalg.norm(g)
    norms = np.empty(steps)
    for t in range(steps):
        g = W.T @ g
        norms[t] = np.linalg.norm(g)
    return norms


def second_moments(depth: int, width: int, variance: float, seed: int) -> dict[str, float]:
    """Mean square of the activations after a deep stack, for each activation.

    Examples
    --------
    >>> sorted(second_moments(1, 8, 2.0, 0))
    ['elu', 'leaky_relu', 'relu', 'tanh']
    """
    moments = {}
    for name, function in FUNCTIONS.items():
        rng = np.random.default_rng(seed)  # the same weights for all
        h = rng.standard_normal((16, width))  # (n, d)
        for _ in range(depth):
            h = function(h @ (rng.standard_normal((width, width)) * np.sqrt(variance / width)))
        moments[name] = float((h**2).mean())
    return moments


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Gradient norm over the backward steps."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.semilogy(output["gradient_norms"], ".-")
    axes.set(xlabel="step backwards", ylabel="gradient norm", title=f"spectral norm {inputs['spectral_norm']:g}")
    return figure


@algorithm(
    id="exploding-gradient",
    name="Exploding gradient",
    aliases=(
        "exploding gradients",
        "Bounded vs unbounded activations against explosion",
        "tanh vs ReLU signal growth",
        "exploding gradients problem",
    ),
    example={"spectral_norm": 1.5, "steps": 50, "depth": 30, "weight_variance": 6.0, "seed": 0},
    figure=draw,
)
def exploding_gradient(
    spectral_norm: Annotated[float, Field(gt=0, le=10)] = 1.5,
    steps: Annotated[int, Field(ge=1, le=50)] = 50,
    depth: Annotated[int, Field(ge=1, le=40)] = 30,
    weight_variance: Annotated[float, Field(gt=0, le=100)] = 6.0,
    width: Annotated[int, Field(ge=2, le=256)] = 128,
    seed: Seed = 0,
) -> Output:
    """Growth of a gradient through time, and of activations through depth for four activation functions.

    Parameters
    ----------
    spectral_norm : float
        Factor by which the recurrent matrix stretches every direction.
    steps : int
        Steps back in time.
    depth : int
        Layers of the feed-forward stack.
    weight_variance : float
        Variance of its weights times the width.
    width : int
        Units a layer.
    seed : int
        Seed of the weights.

    Returns
    -------
    dict
        ``gradient_norms`` (steps,), starting from 1; ``final_norm``, spectral norm to the power of the steps;
        ``clipped_norm``, the final norm after clipping to 1; ``second_moments`` of the activations after the stack for
        relu, leaky_relu, elu and tanh.

    Examples
    --------
    >>> float(f"{exploding_gradient(1.5, 50, depth=1)['final_norm']:.2g}")
    640000000.0
    """
    norms = recurrent_gradient(spectral_norm, steps, 16, seed)
    return {
        "gradient_norms": norms,
        "final_norm": norms[-1],
        "clipped_norm": norms[-1] * min(1.0, 1 / max(float(norms[-1]), 1e-300)),
        "second_moments": second_moments(depth, width, weight_variance, seed),
    }
