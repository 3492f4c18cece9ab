r"""A learning-rate schedule changes the learning rate over training: most warm up, then decay.

$$\text{exponential: } \eta_0 \gamma^t \qquad \text{step: } \eta_0 \gamma^{\lfloor t / s \rfloor} \qquad
\text{linear: } \eta_0\left(1 - \frac{t - T_w}{T - T_w}\right) \qquad \text{cosine: } \tfrac{\eta_0}{2}\left(1 + \cos \pi \tfrac{t - T_w}{T - T_w}\right)$$

**Intuition.** Large steps find the region, small steps settle in it. Noise keeps the iterates of SGD at a distance
proportional to the rate; lowering the rate lets them close in.

**When to use it.** Linear or cosine decay after a warm-up for Transformers; step decay in older vision recipes;
warm-up, hold, decay (WSD, the trapezoid), where a run may be extended, since only the final decay depends on the end.

**Cost.** None.

**Pitfalls.** Decay mainly aids convergence; it is not there to prevent overfitting. "Starts high and decays" leaves out
the warm-up. The hold phase of WSD can be followed by a linear, exponential or cosine decay: exponential and cosine are
different curves, not one. `total_steps` is epochs times batches an epoch (divided by the accumulation); a schedule made
for another number of steps ends too early or never. Call the scheduler after the optimiser. Resume both their states.

**References.** Loshchilov and Hutter, arXiv:1608.03983. Hu et al., *MiniCPM*, arXiv:2404.06395 (WSD). Goodfellow,
Bengio and Courville, *Deep Learning* (2016), section 8.3.1.
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from algorithms.lr_schedules.cosine_annealing import cosine_factor
from algorithms.lr_schedules.learning_rate_warmup import Rate, Share, TotalSteps, draw_schedule, warmup_factor
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Kind = Literal["constant", "linear", "cosine", "exponential", "step", "warmup_hold_decay"]


def decay_factor(
    t: Floats, kind: Kind, total: int, warmup: int, gamma: float, step_size: int, hold_until: int
) -> Floats:
    """Factor on the full rate after the warm-up.

    Examples
    --------
    >>> decay_factor(np.array([0.0, 50.0, 100.0]), "linear", 100, 0, 0.9, 10, 0).tolist()
    [1.0, 0.5, 0.0]
    """
    after = np.maximum(t - warmup, 0)  # steps since the end of the ramp
    progress = np.clip(after / max(total - warmup, 1), 0, 1)
    if kind == "linear":
        return 1 - progress
    if kind == "cosine":
        return cosine_factor(progress)
    if kind == "exponential":
        return np.asarray(gamma**after)
    if kind == "step":
        return np.asarray(gamma ** np.floor(after / step_size))
    if kind == "warmup_hold_decay":
        return 1 - np.clip((t - hold_until) / max(total - hold_until, 1), 0, 1)
    return np.ones_like(t)


@algorithm(
    id="learning-rate-schedule",
    name="Learning-rate schedule",
    aliases=(
        "LR scheduler",
        "learning-rate decay",
        "annealing",
        "step decay",
        "Exponential learning-rate decay",
        "exponential schedule",
        "Linear decay schedule with warm-up",
        'get_scheduler("linear")',
        "linear schedule",
        "Warm-up, hold, decay schedule",
        "trapezoidal schedule",
        "WSD",
        "learning rate schedule",
    ),
    example={"kind": "linear", "learning_rate": 5e-5, "total_steps": 1000, "warmup_steps": 0, "step": 500},
    figure=draw_schedule,
)
def learning_rate_schedule(
    kind: Kind = "linear",
    learning_rate: Rate = 5e-5,
    total_steps: TotalSteps = 1000,
    warmup_steps: Annotated[int, Field(ge=0, le=1_000_000)] = 0,
    gamma: Annotated[float, Field(gt=0, le=1)] = 0.99,
    step_size: Annotated[int, Field(ge=1, le=1_000_000)] = 30,
    hold_share: Share = 0.8,
    step: Annotated[int, Field(ge=0, le=1_000_000)] | None = None,
) -> Output:
    """Learning rates of a schedule with a linear warm-up.

    Parameters
    ----------
    kind : {"constant", "linear", "cosine", "exponential", "step", "warmup_hold_decay"}
        What follows the warm-up.
    learning_rate : float
        Full rate.
    total_steps : int
        Steps of the run, warm-up included.
    warmup_steps : int
        Length of the linear ramp; 0 for none.
    gamma : float
        Factor of exponential decay a step, or of step decay a stage.
    step_size : int
        Length of a stage of step decay.
    hold_share : float
        Share of all steps after which ``warmup_hold_decay`` begins to fall linearly.
    step : int or null
        A step, counted from 0, whose rate is wanted.

    Returns
    -------
    dict
        ``steps`` and ``learning_rates``, at most 50 points; ``at_step``, null without a step; ``start``, ``half`` and
        ``end``, the rates at 0, 50 and 100 % of the run; ``peak_step``, the first step with the highest of the listed
        rates.

    Raises
    ------
    ValueError
        If the warm-up is longer than the run, or reaches beyond the hold phase.

    Examples
    --------
    >>> out = learning_rate_schedule("linear", 5e-5, 1000)
    >>> float(out["half"]), float(out["end"])
    (2.5e-05, 0.0)
    """
    if warmup_steps > total_steps:
        raise ValueError("warmup_steps must not exceed total_steps")
    hold_until = round(hold_share * total_steps)
    if kind == "warmup_hold_decay" and warmup_steps > hold_until:
        raise ValueError("the hold phase ends before the warm-up; raise hold_share or lower warmup_steps")

    def rate(t: Floats) -> Floats:
        ramp = warmup_factor(t, warmup_steps)
        return learning_rate * ramp * decay_factor(t, kind, total_steps, warmup_steps, gamma, step_size, hold_until)

    steps = np.unique(np.linspace(0, total_steps, 50).astype(int))
    rates = rate(steps.astype(np.float64))
    start, half, end = rate(np.array([0.0, total_steps / 2, float(total_steps)]))
    return {
        "steps": steps,
        "learning_rates": rates,
        "at_step": None if step is None else rate(np.array([float(step)]))[0],
        "start": start,
        "half": half,
        "end": end,
        "peak_step": steps[rates.argmax()],
    }
