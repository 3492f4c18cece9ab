r"""Gradient clipping limits the size of a gradient before the update, by its global norm or entry by entry.

$$\text{by norm: } g \leftarrow g \cdot \min\!\left(1, \frac{c}{\lVert g \rVert}\right) \qquad \text{by value: } g_i \leftarrow \max(-c, \min(c, g_i))$$

**Intuition.** On a cliff of the loss the gradient is huge, and one step would undo hours of training. Clipping by norm
keeps the direction and shortens the step. Clipping by value cuts each entry for itself, which turns the direction: $(3,
4)$ clipped to norm 1 is $(0.6, 0.8)$, clipped to $[-1, 1]$ it is $(1, 1)$.

**When to use it.** For recurrent networks and Transformers; a norm of 1.0 is usual for language models.

**Cost.** One norm over all parameters.

**Pitfalls.** "Clip at values between 1 and 10" leaves open which of the two is meant; the same number does very
different things. The norm is *global*, over all parameters together, not for each layer. With mixed precision, unscale
the gradients first; with accumulation, clip once before the step. Clipping treats the symptom: if nearly every step is
clipped, lower the learning rate or fix the initialisation. A lower learning rate by itself limits updates, not
gradients. Clipping hides NaN: $\min$ with NaN is no protection.

**References.** Pascanu, Mikolov and Bengio, *On the difficulty of training recurrent neural networks*, arXiv:1211.5063.
Zhang et al., *Why gradient clipping accelerates training*, arXiv:1905.11881.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from algorithms.inputs import Number, Positive
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Gradient = Annotated[list[Number], Field(min_length=1, max_length=512)]


def clip_by_norm(gradients: list[Floats], max_norm: float) -> tuple[list[Floats], float]:
    """Gradients of several tensors, rescaled together, and their global norm before.

    Examples
    --------
    >>> clip_by_norm([np.array([3.0]), np.array([4.0])], 1.0)
    ([array([0.6]), array([0.8])], 5.0)
    """
    norm = float(np.sqrt(sum(float((g**2).sum()) for g in gradients)))
    if norm <= max_norm:
        return [g.copy() for g in gradients], norm
    return [g * (max_norm / norm) for g in gradients], norm


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """The first two entries before and after."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4, 3.5), layout="constrained")
    axes = figure.subplots()
    for vector, label in ((inputs["gradient"], "before"), (output["clipped"], "after")):
        pair = [*vector, 0.0][:2]
        axes.plot([0, pair[0]], [0, pair[1]], "o-", label=label)
    axes.set(xlabel="first entry", ylabel="second entry", aspect="equal")
    axes.legend()
    return figure


@algorithm(
    id="gradient-clipping",
    name="Gradient clipping (by global norm, by value)",
    aliases=(
        "Gradient clipping by global norm",
        "clip_grad_norm",
        "Gradient clipping by value",
        "clip_grad_value",
        "clip gradients",
        "gradient norm clipping",
    ),
    example={"gradient": [3.0, 4.0], "max_norm": 1.0, "method": "norm"},
    figure=draw,
)
def gradient_clipping(
    gradient: Gradient, max_norm: Positive = 1.0, method: Literal["norm", "value"] = "norm"
) -> Output:
    """A gradient clipped by its norm or by value.

    Parameters
    ----------
    gradient : list of float
        All entries of the gradient.
    max_norm : float
        Largest norm, or largest absolute value of an entry for ``value``.
    method : {"norm", "value"}
        Rescale the whole gradient, or cut each entry.

    Returns
    -------
    dict
        ``clipped``, at most 50 entries; ``norm_before`` and ``norm_after``; ``was_clipped``; ``cosine`` between the
        gradient before and after, 1 if the direction is kept (null for a zero gradient).

    Examples
    --------
    >>> gradient_clipping([3.0, 4.0], 1.0)["clipped"].round(6).tolist()
    [0.6, 0.8]
    >>> gradient_clipping([3.0, 4.0], 1.0, "value")["clipped"].tolist()
    [1.0, 1.0]
    """
    g = np.asarray(gradient, dtype=np.float64)  # (n,)
    clipped = clip_by_norm([g], max_norm)[0][0] if method == "norm" else np.clip(g, -max_norm, max_norm)
    before, after = float(np.linalg.norm(g)), float(np.linalg.norm(clipped))
    return {
        "clipped": clipped[:50],
        "norm_before": before,
        "norm_after": after,
        "was_clipped": not np.array_equal(g, clipped),
        "cosine": float(g @ clipped) / (before * after) if before > 0 and after > 0 else None,
    }
