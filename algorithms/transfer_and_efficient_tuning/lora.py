r"""LoRA (low-rank adaptation) fine-tunes a model by adding a trained product of two thin matrices to frozen weights.

$$h = W_0 x + \frac{\alpha}{r} B A x, \qquad B \in \mathbb{R}^{d \times r},\ A \in \mathbb{R}^{r \times k}$$

**Intuition.** The change of the weights that a task needs has low rank, so it is learnt as $\Delta W =
\tfrac{\alpha}{r} BA$ with $r \ll \min(d, k)$. $B$ starts at zero and $A$ random: at the start nothing changes, yet $B$
gets a gradient.

**When to use it.** To adapt large models with little memory: no gradients and no optimizer state for $W_0$. Several
tasks share one base; switching subtracts one $BA$ and adds another.

**Cost.** $r(d + k)$ trained numbers a matrix instead of $dk$. After merging $BA$ into $W_0$ there is no extra latency.

**Pitfalls.** The order is $BA$ added to $W_0$, with $B$ of size $d \times r$ and $A$ of $r \times k$; $AB$ or $W +
AB^\top$ is a frequent slip whose shapes do not fit these sizes. Leaving out the scale $\alpha / r$ or the zero start of
$B$ is another. Both zero would never learn. Merging into a quantized base rounds. Batches that mix tasks cannot use
merged weights. Too small a rank cannot reach a change of higher rank.

**References.** Hu et al., *LoRA: low-rank adaptation of large language models* (2021), arXiv:2106.09685.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_networks import Adam

Floats = NDArray[np.float64]
Dimension = Annotated[int, Field(ge=2, le=64)]


def adapter_gradients(
    W0: Floats, B: Floats, A: Floats, x: Floats, y: Floats, scale: float
) -> tuple[float, list[Floats]]:
    """Mean squared error of x (W0 + scale B A)^T against y and its gradients with respect to B and A."""
    low = x @ A.T  # (n, r)
    residual = x @ W0.T + scale * low @ B.T - y  # (n, d)
    g = 2 * residual / residual.size  # (n, d)
    return float((residual**2).mean()), [scale * g.T @ low, scale * (g @ B).T @ x]


def fit_adapter(
    W0: Floats,
    x: Floats,
    y: Floats,
    rank: int,
    scale: float,
    steps: int,
    learning_rate: float,
    rng: np.random.Generator,
) -> tuple[Floats, Floats, list[float]]:
    """Train B and A with Adam from B = 0 and random A; returns both and the losses."""
    B, A = np.zeros((W0.shape[0], rank)), rng.standard_normal((rank, W0.shape[1])) / np.sqrt(W0.shape[1])
    optimizer, losses = Adam(learning_rate), []
    for _ in range(steps):
        loss, grads = adapter_gradients(W0, B, A, x, y, scale)
        losses.append(loss)
        optimizer.step([B, A], grads)
    losses.append(adapter_gradients(W0, B, A, x, y, scale)[0])
    return B, A, losses


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Loss over the steps."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.semilogy(np.linspace(0, inputs["steps"], len(output["loss_curve"])), output["loss_curve"])
    axes.set(xlabel="step", ylabel="mean squared error", title=f"LoRA, r = {inputs['rank']}")
    return figure


@algorithm(
    id="lora",
    name="LoRA: low-rank adaptation",
    aliases=("low-rank adaptation", "PEFT", "parameter-efficient fine-tuning", "LoRA fine-tuning", "merge LoRA"),
    example={"rank": 2, "task_rank": 2},
    cost="trains",
    figure=draw,
)
def lora(
    rank: Annotated[int, Field(ge=1, le=32)] = 2,
    alpha: Annotated[float, Field(gt=0, le=1000)] = 4.0,
    d: Dimension = 16,
    k: Dimension = 12,
    task_rank: Annotated[int, Field(ge=1, le=32)] = 2,
    steps: Annotated[int, Field(ge=1, le=2000)] = 400,
    learning_rate: Annotated[float, Field(gt=0, le=1)] = 0.02,
    seed: Seed = 0,
) -> Output:
    """Adapt a frozen linear layer to a task whose right change of the weights has a known rank.

    Parameters
    ----------
    rank : int
        Rank r of the adapter, at most min(d, k).
    alpha : float
        The adapter is scaled by alpha / r.
    d : int
        Output width.
    k : int
        Input width.
    task_rank : int
        Rank of the change that the task needs, at most min(d, k).
    steps : int
        Training steps of Adam.
    learning_rate : float
        Step size.
    seed : int
        Seed of base, task and start.

    Returns
    -------
    dict
        ``loss_before``, ``loss_after``; ``loss_curve`` at most 50 values; ``change_at_start`` of the output (0); ``merge_gap`` largest difference
        between merged and unmerged output; ``switch_gap`` error of the base after adding and subtracting the adapter;
        ``scale`` = alpha / r;
        ``trainable_parameters`` and ``full_parameters``; ``rank_of_update``.

    Examples
    --------
    >>> result = lora(rank=2)
    >>> result["trainable_parameters"], result["change_at_start"], result["loss_after"] < 0.01 * result["loss_before"]
    (56, 0.0, True)
    """
    if max(rank, task_rank) > min(d, k):
        raise ValueError(f"rank and task_rank may be at most min(d, k) = {min(d, k)}")
    rng = np.random.default_rng(seed)
    W0 = rng.standard_normal((d, k)) / np.sqrt(k)
    needed = rng.standard_normal((d, task_rank)) @ rng.standard_normal((task_rank, k)) / np.sqrt(k * task_rank)
    x = rng.standard_normal((128, k))  # (n, k)
    y = x @ (W0 + needed).T  # (n, d)
    frozen, scale = W0.copy(), alpha / rank
    B, A, losses = fit_adapter(W0, x, y, rank, scale, steps, learning_rate, rng)
    start = np.zeros_like(B) @ A
    merged = W0 + scale * B @ A  # (d, k)
    return {
        "loss_before": losses[0],
        "loss_after": losses[-1],
        "loss_curve": [losses[i] for i in np.linspace(0, steps, min(steps + 1, 50)).astype(int)],
        "change_at_start": float(np.abs(x @ start.T).max()),
        "merge_gap": float(np.abs(x @ merged.T - (x @ W0.T + scale * (x @ A.T) @ B.T)).max()),
        "switch_gap": float(np.abs(merged - scale * B @ A - frozen).max()),
        "scale": scale,
        "trainable_parameters": rank * (d + k),
        "full_parameters": d * k,
        "rank_of_update": int(np.linalg.matrix_rank(B @ A)),
    }
