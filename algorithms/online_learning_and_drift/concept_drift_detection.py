r"""Concept-drift detection watches a model's errors and raises an alarm when they rise more than chance explains (DDM, Page-Hinkley).

$$\text{DDM: } p_t + s_t \ge p_{\min} + 3 s_{\min}, \quad s_t = \sqrt{\tfrac{p_t (1 - p_t)}{t}}, \qquad
\text{Page-Hinkley: } m_t - \min_{i \le t} m_i > \lambda, \quad m_t = \sum_{i \le t} (x_i - \bar x_i - \delta)$$

**Intuition.** On stable data the error rate $p_t$ of a model falls or stays. DDM remembers its best level and compares; two standard
deviations above are a warning, three an alarm. Page-Hinkley accumulates how far each value lies above the running mean and
reacts when the sum has climbed by $\lambda$ from its lowest point.

**When to use it.** Monitoring of deployed models whose labels arrive in time; an alarm triggers retraining.

**Cost.** Constant for each example.

**Pitfalls.** Labels are needed; without them only changes of the inputs can be watched. Threshold and delay trade off: a smaller
$\lambda$ reacts sooner and alarms falsely more often. DDM is slow for gradual drift (EDDM, ADWIN are better) and becomes
sluggish after long stable periods. Skip the first examples: with a warm-up of 30 a third of the stable
streams simulated here raises a false alarm, with 100 an eighth. After an alarm reset the statistics. Watch segments: a
drift in a small group vanishes in the average.

**References.** Gama et al., *Learning with Drift Detection* (2004). Page, *Continuous Inspection Schemes* (1954).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Errors = Annotated[list[Annotated[float, Field(ge=0, le=1e6)]], Field(max_length=4_096)]


def ddm(errors: Floats, warm_up: int) -> tuple[int | None, int | None, Floats]:
    """Index of the first warning and of the alarm, and p + s after each error (0 or 1).

    Examples
    --------
    >>> warning, alarm, _ = ddm(np.array([0.0, 1.0] * 20 + [1.0] * 30), warm_up=30)
    >>> warning, alarm
    (47, 59)
    """
    p, best, best_p, best_s = 0.0, np.inf, 0.0, 0.0
    level = np.empty(len(errors))
    warning: int | None = None
    for i, error in enumerate(errors):
        p += (error - p) / (i + 1)
        s = float(np.sqrt(p * (1 - p) / (i + 1)))
        level[i] = p + s
        if i + 1 < warm_up:
            continue
        if p + s < best:
            best, best_p, best_s = p + s, p, s
        if p + s > best_p + 3 * best_s:
            return warning, i, level[: i + 1]
        if warning is None and p + s > best_p + 2 * best_s:
            warning = i
    return warning, None, level


def page_hinkley(values: Floats, delta: float, threshold: float, warm_up: int) -> tuple[int | None, Floats]:
    """Index of the alarm, and the climb m - min m after each value.

    Examples
    --------
    >>> page_hinkley(np.array([0.0] * 50 + [1.0] * 10), delta=0.0, threshold=2.5, warm_up=30)[0]
    52
    """
    mean = total = lowest = 0.0
    climb = np.empty(len(values))
    for i, x in enumerate(values):
        mean += (x - mean) / (i + 1)
        total += x - mean - delta
        lowest = min(lowest, total)
        climb[i] = total - lowest
        if climb[i] > threshold and i + 1 >= warm_up:
            return i, climb[: i + 1]
    return None, climb


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Test statistic along the stream with the change and the alarm."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.plot(output["statistic_index"], output["statistic"])
    axes.axvline(inputs["change_at"], linestyle="--", color="grey", label="change")
    if output["alarm"] is not None:
        axes.axvline(output["alarm"], color="red", label="alarm")
    axes.set(xlabel="example", ylabel="statistic", title=inputs["method"])
    axes.legend()
    return figure


@algorithm(
    id="concept-drift-detection",
    name="Concept-drift detection (DDM / Page-Hinkley)",
    aliases=("DDM", "Page-Hinkley", "performance monitoring", "drift detection", "change point detection"),
    example={"method": "DDM", "change_at": 500, "error_before": 0.1, "error_after": 0.4},
    figure=draw,
)
def concept_drift_detection(
    method: Literal["DDM", "Page-Hinkley"] = "DDM",
    errors: Errors = [],  # noqa: B006 (never changed)
    change_at: Annotated[int, Field(ge=30, le=3_000)] = 500,
    error_before: Annotated[float, Field(ge=0, le=1)] = 0.1,
    error_after: Annotated[float, Field(ge=0, le=1)] = 0.4,
    delta: Annotated[float, Field(ge=0, le=10)] = 0.05,
    threshold: Annotated[float, Field(gt=0, le=1_000)] = 15.0,
    warm_up: Annotated[int, Field(ge=1, le=1_000)] = 100,
    seed: Seed = 0,
) -> Output:
    """Watch a stream of errors, given or simulated.

    Parameters
    ----------
    method : {"DDM", "Page-Hinkley"}
        Detector; DDM needs errors of 0 and 1.
    errors : list of float
        Error of each prediction in order; empty for a simulated stream.
    change_at : int
        Example at which the simulated error rate changes; the stream ends 500 examples later.
    error_before : float
        Simulated error rate before.
    error_after : float
        And after.
    delta : float
        Page-Hinkley: rise that is tolerated.
    threshold : float
        Page-Hinkley: λ.
    warm_up : int
        Examples before the first alarm is possible.
    seed : int
        Seed of the simulated stream and of the false-alarm runs.

    Returns
    -------
    dict
        ``alarm`` index or null; ``warning`` index or null (DDM); ``delay`` after the change (null without an alarm, negative
        for a false one) for a simulated stream; ``statistic`` at ``statistic_index`` (50 points); ``false_alarm_rate``, share
        of 40 simulated streams of ``change_at`` examples without a change that raise an alarm.

    Raises
    ------
    ValueError
        If DDM gets errors other than 0 and 1.

    Examples
    --------
    >>> r = concept_drift_detection("DDM", change_at=500, error_before=0.1, error_after=0.4)
    >>> 0 <= r["delay"] < 100
    True
    """
    rng = np.random.default_rng(seed)
    rates = np.repeat([error_before, error_after], [change_at, 500])
    stream = np.asarray(errors, dtype=float) if errors else (rng.random(len(rates)) < rates).astype(float)
    if method == "DDM" and not np.isin(stream, (0, 1)).all():
        raise ValueError("DDM needs errors of 0 and 1; use Page-Hinkley for other values")

    def detect(values: Floats) -> tuple[int | None, int | None, Floats]:
        if method == "DDM":
            return ddm(values, warm_up)
        return (None, *page_hinkley(values, delta, threshold, warm_up))

    warning, alarm, statistic = detect(stream)
    shown = np.unique(np.linspace(0, len(statistic) - 1, 50).astype(int))
    quiet = rng.random((40, change_at)) < error_before
    return {
        "alarm": alarm,
        "warning": warning,
        "delay": None if errors or alarm is None else alarm - change_at,
        "statistic_index": shown,
        "statistic": statistic[shown],
        "false_alarm_rate": float(np.mean([detect(run.astype(float))[1] is not None for run in quiet])),
    }
