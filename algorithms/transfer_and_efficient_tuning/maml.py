r"""MAML (model-agnostic meta-learning) trains a start from which one gradient step on a new task gives a good model.

$$\theta_i' = \theta - \alpha \nabla L_i(\theta), \qquad \min_\theta \sum_i L_i(\theta_i'), \qquad
\nabla_\theta L_i(\theta_i') = \big(I - \alpha \nabla^2 L_i(\theta)\big)\, \nabla L_i(\theta_i')$$

**Intuition.** Ordinary joint training minimises the loss *before* adaptation, so it leans to tasks with steep losses.
MAML minimises the loss *after* one step. A steep task is easily reached by a step anyway, so the start may move towards
flat tasks, which adapt slowly. The tasks here are one-weight regressions $y = w_i x$ with inputs of scale $s_i$: the
loss is $L_i = s_i^2 (\theta - w_i)^2$ with curvature $2 s_i^2$, and all optima have closed forms.

**When to use it.** For few-shot problems with many related small tasks.

**Cost.** The exact gradient needs Hessian-vector products: about a third more time than the first-order version, and
memory for the unrolled steps.

**Pitfalls.** First-order MAML drops the factor $I - \alpha \nabla^2 L$: cheaper and often as good, but it is another
objective. The inner step size is part of the model: use the same at test time. Support and query examples of a task
must differ, or one meta-learns memorising. Too large $\alpha$ overshoots steep tasks.

**References.** Finn, Abbeel and Levine, *Model-agnostic meta-learning for fast adaptation of deep networks* (2017),
arXiv:1703.03400.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.inputs import Positive
from algorithms.registry import Output, algorithm

Slope = Annotated[float, Field(ge=-100, le=100)]
Scale = Annotated[float, Field(gt=0, le=10)]


@algorithm(
    id="maml",
    name="MAML meta-learning",
    aliases=("model-agnostic meta-learning", "meta-learning", "learning to learn", "FOMAML", "first-order MAML"),
    example={"slopes": [-1.0, 2.0], "scales": [0.5, 1.2], "inner_rate": 0.3},
    cost="seconds",
)
def maml(
    slopes: Annotated[list[Slope], Field(min_length=1, max_length=20)],
    scales: Annotated[list[Scale], Field(min_length=1, max_length=20)],
    inner_rate: Annotated[float, Field(ge=0, le=1)] = 0.3,
    meta_rate: Positive = 0.05,
    steps: Annotated[int, Field(ge=1, le=5000)] = 2000,
    first_order: bool = False,
) -> Output:
    """Meta-train the start of one-weight regressions y = w x.

    Parameters
    ----------
    slopes : list of float, length n
        Right weight w of each task.
    scales : list of float, length n
        Root mean square s of each task's inputs; the curvature of its loss is 2 s².
    inner_rate : float
        Step size α of the adaptation.
    meta_rate : float
        Step size of the meta-training, divided by the largest possible curvature.
    steps : int
        Meta-steps.
    first_order : bool
        Leave out the second derivative.

    Returns
    -------
    dict
        ``maml_start`` and ``joint_start``; ``maml_loss_after_step`` and ``joint_loss_after_step`` mean over tasks after one inner step;
        ``maml_loss_before`` and ``joint_loss_before`` the step.

    Raises
    ------
    ValueError
        If the lists differ in length.

    Examples
    --------
    >>> result = maml([-1.0, 2.0], [0.5, 1.2], inner_rate=0.3)
    >>> result["maml_loss_after_step"] < result["joint_loss_after_step"]
    True
    """
    w, s = np.asarray(slopes, dtype=np.float64), np.asarray(scales, dtype=np.float64)  # (n,), (n,)
    if w.shape != s.shape:
        raise ValueError("slopes and scales need the same length")
    curvature = 2 * s**2  # (n,)
    keep = 1 - inner_rate * curvature  # (n,), what one step leaves of the distance to w

    def loss(theta: float, adapt: bool) -> float:
        distance = (theta - w) * (keep if adapt else 1.0)
        return float((s**2 * distance**2).mean())

    factor = np.ones_like(keep) if first_order else keep
    rate = min(meta_rate, 1.0) / max(1e-12, float(np.abs(curvature * keep * factor).max()))
    theta = 0.0
    for _ in range(steps):
        adapted = theta - inner_rate * curvature * (theta - w)  # (n,)
        theta -= rate * float((factor * curvature * (adapted - w)).mean())
    joint = float((curvature * w).sum() / curvature.sum())
    return {
        "maml_start": theta,
        "joint_start": joint,
        "maml_loss_after_step": loss(theta, True),
        "joint_loss_after_step": loss(joint, True),
        "maml_loss_before": loss(theta, False),
        "joint_loss_before": loss(joint, False),
    }
