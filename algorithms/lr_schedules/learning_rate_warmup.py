r"""Learning-rate warm-up raises the learning rate from near zero to its full value over the first steps of training.

$$\eta_t = \eta_{\max}\,\frac{t}{T_w} \quad (t < T_w), \qquad \eta_t = \eta_{\max} \quad (t \ge T_w)$$

**Intuition.** At the start everything is unsettled: the weights are random, gradients large, and Adam's second moments
rest on a handful of gradients. A full step then does damage that takes long to repair. A short ramp lets the statistics
settle first.

**When to use it.** For Transformers, especially with layer normalisation after the residual (post-LN), for large
batches, and when fine-tuning with a fresh head. Usually 5 to 10 % of the steps, or a fixed number such as 500 to 2000.

**Cost.** None.

**Pitfalls.** "The rate starts high and decays" describes only the part after the ramp: Transformers warm up first and
decay then. Count optimiser steps, not micro-batches, or accumulation makes the ramp too short. The first rate must not
be exactly zero for long; here step 0 has rate 0, the next one is $\eta_{\max}/T_w$, as in the `transformers` schedules.
Calling the scheduler before the optimiser shifts all by one. A ramp does not rescue a rate that is too high afterwards.

**References.** Goyal et al., *Accurate, large minibatch SGD*, arXiv:1706.02677. Vaswani et al., *Attention is all you
need*, arXiv:1706.03762. Xiong et al., *On layer normalization in the Transformer architecture*, arXiv:2002.04745.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Rate = Annotated[float, Field(allow_inf_nan=False, gt=0, le=1000)]
TotalSteps = Annotated[int, Field(ge=1, le=1_000_000)]
Share = Annotated[float, Field(ge=0, le=1)]


def warmup_factor(t: Floats, warmup_steps: int) -> Floats:
    """Factor on the full rate at each step: a linear ramp, then 1.

    Examples
    --------
    >>> warmup_factor(np.array([0.0, 5.0, 10.0, 99.0]), 10).tolist()
    [0.0, 0.5, 1.0, 1.0]
    """
    return np.minimum(1.0, t / max(warmup_steps, 1)) if warmup_steps else np.ones_like(t)


def draw_schedule(inputs: dict[str, Any], output: Output) -> Any:
    """The learning rate over the steps; all schedules draw with it.

    Examples
    --------
    >>> draw_schedule({}, {"steps": [0, 1], "learning_rates": [0.0, 1.0]}).axes[0].get_ylabel()
    'learning rate'
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.plot(output["steps"], output["learning_rates"])
    axes.set(xlabel="step", ylabel="learning rate")
    return figure


@algorithm(
    id="learning-rate-warmup",
    name="Learning-rate warm-up",
    aliases=("warmup steps", "linear warmup", "warm-up", "warmup ratio", "warm-up steps"),
    example={"learning_rate": 1e-3, "total_steps": 1000, "warmup_ratio": 0.1},
    figure=draw_schedule,
)
def learning_rate_warmup(
    learning_rate: Rate = 1e-3,
    total_steps: TotalSteps = 1000,
    warmup_ratio: Share = 0.1,
    warmup_steps: Annotated[int, Field(ge=0, le=1_000_000)] | None = None,
    step: Annotated[int, Field(ge=0, le=1_000_000)] | None = None,
) -> Output:
    """Linear warm-up to a constant rate.

    Parameters
    ----------
    learning_rate : float
        Full rate after the ramp.
    total_steps : int
        Steps of the whole run.
    warmup_ratio : float
        Share of the steps in the ramp.
    warmup_steps : int or null
        Length of the ramp, used instead of the ratio if given.
    step : int or null
        A step, counted from 0, whose rate is wanted.

    Returns
    -------
    dict
        ``warmup_steps``, rounded up from the ratio; ``steps`` and ``learning_rates``, at most 50 points over the run;
        ``at_step``, the rate at `step`, null without one.

    Examples
    --------
    >>> out = learning_rate_warmup(1e-3, 1000, 0.1, step=50)
    >>> out["warmup_steps"], float(out["at_step"])
    (100, 0.0005)
    """
    ramp = warmup_steps if warmup_steps is not None else int(np.ceil(warmup_ratio * total_steps))
    steps = np.unique(np.linspace(0, total_steps, 50).astype(int))
    return {
        "warmup_steps": ramp,
        "steps": steps,
        "learning_rates": learning_rate * warmup_factor(steps.astype(np.float64), ramp),
        "at_step": None if step is None else learning_rate * float(warmup_factor(np.array(float(step)), ramp)),
    }
