r"""Periodic batch retraining replaces a model every hour or day by one that is trained anew on recent data.

$$\text{error}(t) \approx \text{noise} + c\,(t - t_{\text{last}})^{\alpha}, \qquad
\text{trainings} = \Big\lfloor \frac{T}{\Delta} \Big\rfloor$$

**Intuition.** A frozen model describes the world of its training day. As the world drifts its error grows with age; retraining
resets the age. The mean error therefore grows with the interval $\Delta$, the cost falls with it.

**When to use it.** For models that are trained in batches, such as gradient-boosted trees, under slow drift.

**Cost.** One training each interval.

**Pitfalls.** It is often said that boosted trees cannot take new data without retraining from scratch. XGBoost can continue a model
or refresh its leaves, and LightGBM has init_model and refit; what they cannot do cheaply is revise old splits. GBDTs are
thus batch learners by habit rather than by necessity. A long training window averages over outdated data, a short one is
noisy. A schedule ignores when drift happens: add a detector. Compare the new model with the old one on the newest data
before it goes live. Labels often arrive later than features.

**References.** Gama et al., *A Survey on Concept Drift Adaptation* (2014). XGBoost documentation (xgb_model, refresh) and LightGBM
documentation (refit).
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


def drifting_stream(steps: int, drift: float, noise: float, seed: int) -> tuple[Floats, Floats]:
    """Inputs (steps, 2) and targets (steps,); the weights turn by `drift` radians in each step."""
    rng = np.random.default_rng(seed)
    angle = drift * np.arange(steps)  # (steps,)
    X = rng.standard_normal((steps, 2))
    w = np.stack([np.cos(angle), np.sin(angle)], axis=1)  # (steps, 2)
    return X, (X * w).sum(axis=1) + noise * rng.standard_normal(steps)


def replay(X: Floats, y: Floats, interval: int, window: int) -> Floats:
    """Squared errors (steps - window,) of a linear model fitted to the last `window` examples every `interval` steps."""
    errors = np.empty(len(y) - window)
    w: Floats = np.zeros(X.shape[1])
    for t in range(window, len(y)):
        if (t - window) % interval == 0:
            w = np.asarray(np.linalg.lstsq(X[t - window : t], y[t - window : t], rcond=None)[0], dtype=np.float64)
        errors[t - window] = (y[t] - X[t] @ w) ** 2
    return errors


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Mean squared error by retraining interval."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.plot(output["intervals"], output["mse_by_interval"], "o-")
    axes.axhline(inputs["noise"] ** 2, linestyle="--", color="grey", label="noise")
    axes.set(
        xscale="log",
        yscale="log",
        xlabel="retraining interval",
        ylabel="mean squared error",
        title="periodic retraining",
    )
    axes.legend()
    return figure


@algorithm(
    id="periodic-retraining",
    name="Periodic batch retraining",
    aliases=("hourly/daily retraining", "GBDT batch retraining", "scheduled retraining", "model refresh"),
    example={"interval": 100, "steps": 2000, "drift": 0.002},
    figure=draw,
)
def periodic_retraining(
    interval: Annotated[int, Field(ge=1, le=5_000)] = 100,
    steps: Annotated[int, Field(ge=200, le=3_000)] = 2_000,
    drift: Annotated[float, Field(ge=0, le=0.1)] = 0.002,
    window: Annotated[int, Field(ge=5, le=150)] = 50,
    noise: Annotated[float, Field(ge=0, le=10)] = 0.1,
    seed: Seed = 0,
) -> Output:
    """Replay a drifting stream with retraining at several intervals.

    Parameters
    ----------
    interval : int
        Steps between two trainings.
    steps : int
        Length of the stream.
    drift : float
        Angle in radians by which the true weights turn in each step.
    window : int
        Recent examples that a training uses.
    noise : float
        Standard deviation of the noise.
    seed : int
        Seed of the stream.

    Returns
    -------
    dict
        ``mse`` and ``trainings`` at the given interval; ``mse_never_retrained``; ``intervals`` with ``mse_by_interval`` and
        ``trainings_by_interval``; ``mse_by_age``, error in four quarters of the interval.

    Examples
    --------
    >>> r = periodic_retraining(interval=50, steps=1000)
    >>> bool(r["mse"] < r["mse_never_retrained"]), r["trainings"]
    (True, 19)
    """
    X, y = drifting_stream(steps, drift, noise, seed)
    errors = replay(X, y, interval, window)
    sweep = [s for s in (10, 30, 100, 300, 1_000) if s < steps - window]
    runs = [replay(X, y, s, window).mean() for s in sweep]
    age = np.arange(len(errors)) % interval * 4 // interval  # quarter of the interval each step falls in
    return {
        "mse": errors.mean(),
        "trainings": -(-len(errors) // interval),
        "mse_never_retrained": replay(X, y, steps, window).mean(),
        "intervals": sweep,
        "mse_by_interval": runs,
        "trainings_by_interval": [-(-len(errors) // s) for s in sweep],
        "mse_by_age": [errors[age == quarter].mean() for quarter in np.unique(age)],
    }
