r"""Stochastic depth drops whole residual blocks at random during training and keeps all of them, scaled, at evaluation.

$$h_{l+1} = h_l + b_l\,F_l(h_l), \quad b_l \sim \mathrm{Bernoulli}(p_l); \qquad \text{evaluation: } h_{l+1} = h_l + p_l\,F_l(h_l)$$

Often the survival probability falls linearly with depth: $p_l = 1 - \frac{l}{L}(1 - p_L)$.

**Intuition.** A residual block that is dropped is the identity, so the signal goes through unharmed. Training sees
networks of many depths, shorter on average: gradients travel less far and each step costs less. At evaluation the full
network acts as their average.

**When to use it.** In deep residual networks and vision Transformers ("drop path"), and as LayerDrop in language
models, where layers can then be pruned without fine-tuning.

**Cost.** Less than without: the expected depth is $\sum_l p_l$.

**Pitfalls.** It needs a skip connection; dropping a layer without one breaks the network. Scale once: either by $p_l$
at evaluation (as in the paper) or by $1/p_l$ in training (as most libraries do), not both. The scaled evaluation
matches the expectation of a *linear* branch exactly, of a stack of non-linear ones only approximately. Libraries'
`drop_path` rate is the probability to *drop*. Masks should be drawn for each sample.

**References.** Huang et al., *Deep networks with stochastic depth*, arXiv:1603.09382. Fan, Grave and Joulin, *Reducing
Transformer depth on demand with structured dropout*, arXiv:1909.11556.
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


def survival_probabilities(layers: int, last: float, rule: str) -> Floats:
    """Survival probability of each block.

    Examples
    --------
    >>> survival_probabilities(4, 0.5, "linear").tolist()
    [0.875, 0.75, 0.625, 0.5]
    """
    if rule == "uniform":
        return np.full(layers, last)
    return 1 - np.arange(1, layers + 1) / layers * (1 - last)


def forward(x: Floats, weights: Floats, gates: Floats) -> Floats:
    """Residual blocks h + gate · W h, one gate a block and sample.

    Parameters
    ----------
    x : (d,) array
        Input.
    weights : (L, d, d) array
        One linear branch a block.
    gates : (n, L) array
        Gates of n passes.

    Returns
    -------
    array
        Outputs (n, d).

    Examples
    --------
    >>> forward(np.array([2.0]), np.array([[[0.5]]]), np.array([[0.0], [1.0]])).tolist()
    [[2.0], [3.0]]
    """
    h = np.tile(x, (len(gates), 1))  # (n, d)
    for l, W in enumerate(weights):
        h = h + gates[:, l, None] * (h @ W.T)
    return h


@algorithm(
    id="stochastic-depth",
    name="Stochastic depth (LayerDrop)",
    aliases=("LayerDrop", "drop path", "DropPath", "dropping residual blocks"),
    example={"layers": 10, "last_survival": 0.5, "rule": "linear", "draws": 5000, "seed": 0},
    cost="seconds",
)
def stochastic_depth(
    layers: Annotated[int, Field(ge=1, le=100)] = 10,
    last_survival: Annotated[float, Field(gt=0, le=1)] = 0.5,
    rule: Literal["linear", "uniform"] = "linear",
    draws: Annotated[int, Field(ge=1, le=5000)] = 5000,
    seed: Seed = 0,
) -> Output:
    """Training and evaluation passes through a stack of linear residual blocks of width 4.

    Parameters
    ----------
    layers : int
        Number L of blocks.
    last_survival : float
        Survival probability of the last block, or of every block with ``uniform``.
    rule : {"linear", "uniform"}
        How the probability depends on depth.
    draws : int
        Training passes, each with its own dropped blocks.
    seed : int
        Seed of the weights and the drops.

    Returns
    -------
    dict
        ``survival_probabilities``, at most 50; ``expected_depth``, their sum, and ``measured_depth``;
        ``evaluation_output`` (4,) and ``mean_training_output`` (4,), equal in expectation; ``standard_errors`` (4,) of
        that mean; ``all_dropped_output`` (4,), the input itself.

    Examples
    --------
    >>> out = stochastic_depth(layers=4, last_survival=0.5, draws=100)
    >>> out["survival_probabilities"].tolist(), float(out["expected_depth"])
    ([0.875, 0.75, 0.625, 0.5], 2.75)
    """
    rng = np.random.default_rng(seed)
    W = (
        rng.standard_normal((layers, 4, 4)) * 0.5 / np.sqrt(4 * layers)
    )  # (L, d, d), scaled with the depth against explosion
    x = rng.standard_normal(4)  # (d,)
    p = survival_probabilities(layers, last_survival, rule)  # (L,)
    gates = (rng.random((draws, layers)) < p).astype(np.float64)  # (draws, L)
    passes = forward(x, W, gates)  # (draws, d)
    return {
        "survival_probabilities": p[:50],
        "expected_depth": p.sum(),
        "measured_depth": gates.sum(axis=1).mean(),
        "evaluation_output": forward(x, W, p[None])[0],
        "mean_training_output": passes.mean(axis=0),
        "standard_errors": passes.std(axis=0) / np.sqrt(draws),
        "all_dropped_output": forward(x, W, np.zeros((1, layers)))[0],
    }
