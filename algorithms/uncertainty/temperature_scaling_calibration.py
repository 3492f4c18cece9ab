r"""Temperature scaling calibrates a classifier by dividing its logits by one number T that is fitted on held-out data.

$$\hat p = \operatorname{softmax}(z / T), \qquad T^* = \arg\min_T \; -\frac1n \sum_i \log \operatorname{softmax}(z_i / T)_{y_i}$$

**Intuition.** Trained networks keep their logits too large. $T > 1$ shrinks them towards uniform and $T < 1$ sharpens them. One
parameter cannot overfit much, and the order of the classes, hence the accuracy, stays as it was.

**When to use it.** As the first calibration method for neural classifiers.

**Cost.** A search in one dimension. The loss is convex in $1 / T$, so Newton's method finds the minimum.

**Pitfalls.** Fit it on validation data: on training data the loss asks for sharper outputs. It corrects an average, not
confusions of single classes (use vector scaling) nor inputs from elsewhere. The argmax never changes, so it does not
repair accuracy. It is for classifiers; regression needs recalibrated quantiles. If the logits separate the validation set
perfectly, the best $T$ is 0. After retraining or a change of data it must be fitted anew.

**References.** Guo et al., *On Calibration of Modern Neural Networks*, arXiv:1706.04599.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import AfterValidator, Field

from algorithms.activations.softmax import softmax_along
from algorithms.inputs import Seed, rectangular
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats, Ints

Logits = Annotated[
    list[Annotated[list[Annotated[float, Field(ge=-1_000, le=1_000)]], Field(min_length=2, max_length=20)]],
    Field(max_length=1_000),
    AfterValidator(rectangular),
]


def negative_log_likelihood(z: Floats, y: Ints) -> float:
    """Mean cross-entropy in nats of logits (n, C) and classes (n,)."""
    top = z.max(axis=1, keepdims=True)  # (n, 1)
    log_sum = np.log(np.exp(z - top).sum(axis=1)) + top[:, 0]  # (n,)
    return float(np.mean(log_sum - z[np.arange(len(y)), y]))


def fit_temperature(z: Floats, y: Ints, rounds: int = 100) -> float:
    """Temperature in [0.01, 100] by Newton steps, halved where they overshoot, on the inverse temperature."""
    inverse = 1.0
    for _ in range(rounds):
        p = softmax_along(inverse * z)  # (n, C)
        mean = (p * z).sum(axis=1)  # (n,)
        slope = float(np.mean(mean - z[np.arange(len(y)), y]))
        curvature = float(np.mean((p * z**2).sum(axis=1) - mean**2))
        step = slope / max(curvature, 1e-12)
        value = negative_log_likelihood(inverse * z, y)
        new = float(np.clip(inverse - step, 0.01, 100))
        while abs(new - inverse) > 1e-10 and negative_log_likelihood(new * z, y) > value:
            new = (new + inverse) / 2
        if abs(new - inverse) < 1e-10:
            break
        inverse = new
    return 1 / inverse


def overconfident(n: int, scale: float, seed: int) -> tuple[Floats, Ints]:
    """Logits (n, 3) that are `scale` times those from which the classes were drawn."""
    rng = np.random.default_rng(seed)
    z = 1.5 * rng.standard_normal((n, 3))
    y = (softmax_along(z).cumsum(axis=1) < rng.random((n, 1))).sum(axis=1)
    return scale * z, np.minimum(y, 2)


@algorithm(
    id="temperature-scaling-calibration",
    name="Temperature scaling (calibration)",
    aliases=("temperature calibration", "temperature scaling", "calibrate softmax", "logit scaling"),
    example={"scale": 3.0, "n": 500},
)
def temperature_scaling_calibration(
    logits: Logits = [],  # noqa: B006 (never changed)
    labels: Annotated[list[Annotated[int, Field(ge=0, le=19)]], Field(max_length=1_000)] = [],  # noqa: B006 (never changed)
    scale: Annotated[float, Field(ge=0.05, le=20)] = 3.0,
    n: Annotated[int, Field(ge=20, le=2_000)] = 500,
    seed: Seed = 0,
) -> Output:
    """Fit the temperature of given logits, or of logits that are too large by a known factor.

    Parameters
    ----------
    logits : matrix (m, C)
        Validation logits; empty for simulated ones.
    labels : list of int
        Their classes, from 0.
    scale : float
        Factor on the simulated logits: the temperature to be found.
    n : int
        Simulated examples for fitting; as many again for testing.
    seed : int
        Seed of the simulation.

    Returns
    -------
    dict
        ``temperature``; ``nll_before`` and ``nll_after`` on the fitted data; ``test_nll_before`` and ``test_nll_after`` on new
        simulated data (null for given logits); ``confidence_before`` and ``confidence_after`` (mean of the largest
        probability) against the ``accuracy``, which stays.

    Raises
    ------
    ValueError
        If labels and logits do not fit together.

    Examples
    --------
    >>> r = temperature_scaling_calibration(scale=3.0, n=2000)
    >>> abs(r["temperature"] - 3) < 0.3, r["test_nll_after"] < r["test_nll_before"]
    (True, True)
    """
    given = len(logits) > 0
    if given and (len(logits) != len(labels) or max(labels) >= len(logits[0])):
        raise ValueError(f"{len(logits)} rows of logits need as many labels, each below the number of columns")
    z, y = (np.asarray(logits, dtype=float), np.asarray(labels)) if given else overconfident(n, scale, seed)
    T = fit_temperature(z, y)
    test_z, test_y = overconfident(n, scale, seed + 1)
    return {
        "temperature": T,
        "nll_before": negative_log_likelihood(z, y),
        "nll_after": negative_log_likelihood(z / T, y),
        "test_nll_before": None if given else negative_log_likelihood(test_z, test_y),
        "test_nll_after": None if given else negative_log_likelihood(test_z / T, test_y),
        "confidence_before": float(softmax_along(z).max(axis=1).mean()),
        "confidence_after": float(softmax_along(z / T).max(axis=1).mean()),
        "accuracy": float((z.argmax(axis=1) == y).mean()),
    }
