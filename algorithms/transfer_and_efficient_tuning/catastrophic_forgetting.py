r"""Catastrophic forgetting is the loss of an earlier skill when a network is trained on new data without the old.

$$\text{forgetting} = \mathrm{acc}_A(\theta_A) - \mathrm{acc}_A(\theta_{A \to B}), \qquad
\theta_{A \to B} = \arg\min_\theta L_B(\theta) \text{ started at } \theta_A$$

**Intuition.** Nothing in the loss of task $B$ protects what $A$ needs; shared weights are free to move. Rehearsal keeps
a buffer of old examples and trains on both, so the old loss stays in the objective. With a frozen base and a head of
its own for each task, the old task cannot change at all, but $B$ must do with the features of $A$.

**When to use it.** As a test whenever a model is fine-tuned again and again: always measure the old tasks too.

**Cost.** Rehearsal adds the buffer to each step; a few per cent of the old data often suffice.

**Pitfalls.** Forgetting is invisible if only the new task is evaluated. It is not overfitting: performance on new data
of $B$ may be excellent. A lower learning rate slows it and does not prevent it. Poor generalisation and failure of
transfer are problems of their own. An unbalanced buffer forgets the classes it lacks. Old data may be gone for legal
reasons; then use a penalty such as EWC, or adapters.

**References.** McCloskey and Cohen, *Catastrophic interference in connectionist networks* (1989). French (1999),
*Catastrophic forgetting in connectionist networks*. Robins (1995), on rehearsal.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats, Ints
from algorithms.toy_networks import accuracy, new_network, train_classifier


def task_data(task: Literal["A", "B"], n: int, seed: int) -> tuple[Floats, Ints]:
    """Two classes in eight dimensions, by the sign of coordinate 0 in task A and of coordinate 1 in task B.

    Coordinate 1 is nearly silent in A, so A leaves room for B; in B coordinate 0 is noise, so B unlearns it.
    """
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((n, 8))  # (n, 8)
    x[:, :2] += 0.5 * np.sign(x[:, :2])  # a margin
    y = (x[:, 0 if task == "A" else 1] > 0).astype(np.int64)
    if task == "A":
        x[:, 1] *= 0.05
    return x, y


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Accuracies before and after the second task."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    keys = ("accuracy_a_before", "accuracy_a_after", "accuracy_b_after")
    axes.bar(["A, before B", "A, after B", "B, after B"], [output[key] for key in keys])
    axes.set(ylabel="accuracy", ylim=(0, 1), title=inputs["method"])
    return figure


@algorithm(
    id="catastrophic-forgetting",
    name="Catastrophic forgetting and rehearsal",
    aliases=("continual learning", "replay", "rehearsal", "catastrophic interference", "experience replay buffer"),
    example={"method": "full fine-tuning"},
    cost="trains",
    figure=draw,
)
def catastrophic_forgetting(
    method: Literal["full fine-tuning", "frozen base", "rehearsal"] = "full fine-tuning",
    buffer: Annotated[int, Field(ge=2, le=500)] = 50,
    steps: Annotated[int, Field(ge=1, le=500)] = 100,
    seed: Seed = 0,
) -> Output:
    """Train on task A, then on task B, and measure both.

    Parameters
    ----------
    method : {"full fine-tuning", "frozen base", "rehearsal"}
        Train all layers on B alone; a second head for B on the frozen layers of A; or all layers on B and a buffer of A.
    buffer : int
        Kept examples of A, for rehearsal.
    steps : int
        Steps on B.
    seed : int
        Seed of data and weights.

    Returns
    -------
    dict
        ``accuracy_a_before`` and ``accuracy_a_after`` training on B; ``accuracy_b_after``; ``forgetting`` their difference on A;
        ``weight_change`` norm over all weights.

    Examples
    --------
    >>> result = catastrophic_forgetting("full fine-tuning")
    >>> result["accuracy_a_before"] > 0.95, result["accuracy_a_after"] < 0.6
    (True, True)
    """
    xa, ya = task_data("A", 500, seed)
    xb, yb = task_data("B", 500, seed + 1)
    test_a, test_b = task_data("A", 1000, seed + 2), task_data("B", 1000, seed + 3)
    params = new_network((8, 32, 2), np.random.default_rng(seed))
    train_classifier(params, xa, ya, 100, 0.02)
    before, start = accuracy(params, *test_a), [p.copy() for p in params]
    if method == "rehearsal":
        repeat = max(1, len(xb) // buffer)  # gives both tasks about equal weight
        xb = np.concatenate([xb, np.tile(xa[:buffer], (repeat, 1))])
        yb = np.concatenate([yb, np.tile(ya[:buffer], repeat)])
    model_b = [*params[:2], *(p.copy() for p in params[2:])] if method == "frozen base" else params
    train_classifier(model_b, xb, yb, steps, 0.02, (2, 3) if method == "frozen base" else None)
    after = accuracy(params, *test_a)
    return {
        "accuracy_a_before": before,
        "accuracy_a_after": after,
        "accuracy_b_after": accuracy(model_b, *test_b),
        "forgetting": before - after,
        "weight_change": float(np.sqrt(sum(((p - q) ** 2).sum() for p, q in zip(model_b, start, strict=True)))),
    }
