r"""Logits are a classifier's raw scores, soft targets are a probability for each class, and hard targets are the
one-hot truth.

$$z \in \mathbb R^K \;\longrightarrow\; p = \mathrm{softmax}(z / T) \quad\text{(soft)}, \qquad y \in \{0, 1\}^K \quad\text{(hard)}$$

**Intuition.** Logits can be any numbers; only their differences matter. The softmax turns them into probabilities that
sum to one. A hard target says which class it is, and nothing else. A teacher's soft target also says which wrong
classes are nearly right: a picture of a cat is a little like a dog and not at all like a lorry.

**When to use it.** Hard targets for ordinary supervised training; soft targets in distillation, mostly at a temperature
above 1 that lifts the small probabilities.

**Cost.** $O(K)$.

**Pitfalls.** Soft targets sum to one: logits 10.1 (cat) and 5.6 (dog) give 0.989 and 0.011, so a pair such as 0.99 and
0.1 can't be right. Hard targets are *labels* given from outside. Taking the largest entry of the soft target gives the
predicted class, which may be wrong; it is not the hard target, though often called so. A softmax output is not a
calibrated probability by itself. Pass logits, not probabilities, to losses that apply the softmax themselves.

**References.** Hinton, Vinyals and Dean, *Distilling the knowledge in a neural network*, arXiv:1503.02531.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.activations.log_softmax import log_softmax_along
from algorithms.figures import whole_ticks
from algorithms.inputs import Number, Positive
from algorithms.registry import Output, algorithm


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Soft targets beside the hard one."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    place = np.arange(len(inputs["logits"]))
    axes.bar(place - 0.2, output["soft_targets"], 0.4, label="soft")
    axes.bar(place + 0.2, output["hard_target"], 0.4, label="hard")
    whole_ticks(axes.xaxis)
    axes.set(xlabel="class", ylabel="probability", ylim=(0, 1.05))
    axes.legend()
    return figure


@algorithm(
    id="logits-soft-hard-targets",
    name="Logits, soft targets and hard targets",
    aliases=("soft targets", "hard labels", "hard targets", "soft vs hard targets"),
    example={"logits": [10.1, 5.6], "label": 0, "temperature": 1.0},
    figure=draw,
)
def logits_soft_hard_targets(
    logits: Annotated[list[Number], Field(min_length=2, max_length=512)],
    label: Annotated[int, Field(ge=0, le=511)] = 0,
    temperature: Positive = 1.0,
) -> Output:
    """Soft targets of logits at a temperature, the hard target of a label, and the predicted class.

    Parameters
    ----------
    logits : list of float, length k
        Raw scores, one a class.
    label : int
        Index of the true class, counted from 0.
    temperature : float
        Softens the soft targets when above 1.

    Returns
    -------
    dict
        ``soft_targets`` (k,), summing to one; ``hard_target`` (k,), one-hot from the label; ``predicted_class``, the
        argmax; ``prediction_is_right``; ``log_odds_to_runner_up``, the gap of the two largest logits.

    Raises
    ------
    ValueError
        If `label` is not an index of `logits`.

    Examples
    --------
    >>> logits_soft_hard_targets([10.1, 5.6])["soft_targets"].round(5).tolist()
    [0.98901, 0.01099]
    """
    z = np.asarray(logits, dtype=np.float64)  # (k,)
    if label >= len(z):
        raise ValueError(f"label {label} is not an index of {len(z)} logits")
    predicted = int(z.argmax())
    top = np.sort(z)[-2:]
    return {
        "soft_targets": np.exp(log_softmax_along(z / temperature)),
        "hard_target": np.eye(len(z))[label],
        "predicted_class": predicted,
        "prediction_is_right": predicted == label,
        "log_odds_to_runner_up": top[1] - top[0],
    }
