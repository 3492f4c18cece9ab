r"""Cosine annealing lowers the learning rate along half a cosine wave, from its maximum to its minimum.

$$\eta_t = \eta_{\min} + \tfrac12 (\eta_{\max} - \eta_{\min})\left(1 + \cos\frac{\pi\,T_{cur}}{T_i}\right)$$

**Intuition.** The rate stays high for a while, falls fastest in the middle, and lands gently: the factor is 1, 0.854,
0.5, 0.146 and 0 at 0, 25, 50, 75 and 100 % of the run. With warm restarts (SGDR) the clock $T_{cur}$ is set back to
zero after each cycle of length $T_i$, and the rate jumps up; cycles may grow by a factor.

**When to use it.** A common default for images and for pre-training language models, after a warm-up. Restarts suit
snapshot ensembles and runs of unknown length.

**Cost.** None.

**Pitfalls.** Annealing is the *decay*; setting the rate back up is a *warm restart*. Calling the reset annealing is a
common mix-up. Cosine and exponential decay are two schedules, not two names of one. The schedule has to know the number
of steps: stopped early, the run never sees its low rates, which is where much of the final gain comes from. If $T$ is
the number of epochs but the scheduler is called every batch, the rate runs through many waves.

**References.** Loshchilov and Hutter, *SGDR: stochastic gradient descent with warm restarts*, arXiv:1608.03983.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.lr_schedules.learning_rate_warmup import Rate, TotalSteps, draw_schedule
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


def cosine_factor(progress: Floats) -> Floats:
    """Factor of cosine decay at each progress in [0, 1].

    Examples
    --------
    >>> cosine_factor(np.array([0.0, 0.25, 0.5, 0.75, 1.0])).round(4).tolist()
    [1.0, 0.8536, 0.5, 0.1464, 0.0]
    """
    return np.asarray(0.5 * (1 + np.cos(np.pi * np.clip(progress, 0, 1))))


def restart_progress(t: Floats, cycle: int, growth: float) -> Floats:
    """Progress within the current cycle, the clock going back to zero at each restart.

    Examples
    --------
    >>> restart_progress(np.array([0.0, 5.0, 10.0, 20.0, 30.0]), 10, 2.0).tolist()
    [0.0, 0.5, 0.0, 0.5, 0.0]
    """
    progress = np.empty_like(t)
    for i, step in enumerate(t):
        start, length = 0.0, float(cycle)
        while step >= start + length:
            if growth == 1:
                start += length * np.floor((step - start) / length)
                break
            start, length = start + length, length * growth
        progress[i] = (step - start) / length
    return progress


@algorithm(
    id="cosine-annealing",
    name="Cosine annealing and warm restarts (SGDR)",
    aliases=(
        "cosine decay",
        "cosine schedule",
        "SGD with warm restarts",
        "SGDR",
        "cosine annealing with restarts",
        "cyclic schedule",
        "warm restart",
    ),
    example={"learning_rate": 0.1, "min_learning_rate": 0.0, "total_steps": 100, "step": 25},
    figure=draw_schedule,
)
def cosine_annealing(
    learning_rate: Rate = 0.1,
    min_learning_rate: Annotated[float, Field(ge=0, le=1000)] = 0.0,
    total_steps: TotalSteps = 100,
    cycle_steps: TotalSteps | None = None,
    cycle_growth: Annotated[float, Field(ge=1, le=10)] = 1.0,
    step: Annotated[int, Field(ge=0, le=1_000_000)] | None = None,
) -> Output:
    """Cosine annealing over a run, or over cycles with warm restarts.

    Parameters
    ----------
    learning_rate : float
        Highest rate.
    min_learning_rate : float
        Lowest rate.
    total_steps : int
        Steps of the run; the length T without restarts.
    cycle_steps : int or null
        Length of the first cycle; null for no restarts.
    cycle_growth : float
        Factor from each cycle's length to the next; 1, or at least 1.05.
    step : int or null
        A step, counted from 0, whose rate is wanted.

    Returns
    -------
    dict
        ``steps`` and ``learning_rates``, at most 50 points; ``at_step``, null without a step; ``quarters``, the rates
        at 0, 25, 50, 75 and 100 % of one cycle; ``restarts``, the number of jumps up within the run.

    Raises
    ------
    ValueError
        If `min_learning_rate` exceeds `learning_rate`, or `cycle_growth` lies between 1 and 1.05.

    Examples
    --------
    >>> cosine_annealing(1.0, total_steps=100)["quarters"].round(4).tolist()
    [1.0, 0.8536, 0.5, 0.1464, 0.0]
    """
    if min_learning_rate > learning_rate:
        raise ValueError("min_learning_rate must not exceed learning_rate")
    if 1 < cycle_growth < 1.05:  # the number of cycles, and with it the work, would have no useful bound
        raise ValueError("cycle_growth must be 1 or at least 1.05")

    def rate(t: Floats) -> Floats:
        progress = t / total_steps if cycle_steps is None else restart_progress(t, cycle_steps, cycle_growth)
        return min_learning_rate + (learning_rate - min_learning_rate) * cosine_factor(progress)

    steps = np.unique(np.linspace(0, total_steps, 50).astype(int))
    restarts, start, length = 0, 0.0, float(cycle_steps or total_steps + 1)
    if cycle_growth == 1:
        restarts = int(total_steps // length)
    else:
        while start + length <= total_steps:
            restarts, start, length = restarts + 1, start + length, length * cycle_growth
    quarters = min_learning_rate + (learning_rate - min_learning_rate) * cosine_factor(np.linspace(0, 1, 5))
    return {
        "steps": steps,
        "learning_rates": rate(steps.astype(np.float64)),
        "at_step": None if step is None else rate(np.array([float(step)]))[0],
        "quarters": quarters,
        "restarts": restarts,
    }
