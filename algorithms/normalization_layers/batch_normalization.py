r"""Batch normalization standardises each feature over the mini-batch, then scales and shifts it by two learned numbers.

$$y = \gamma\,\frac{x - \mu_B}{\sqrt{\sigma_B^2 + \epsilon}} + \beta, \qquad \text{inference: } \mu_B, \sigma_B^2 \to \text{running averages}$$

**Intuition.** Each unit's pre-activation keeps mean near 0 and deviation near 1 during training, whatever the layers
before it do. So higher learning rates work, and the scale of the weights before it stops to matter: $\mathrm{BN}(aWx) =
\mathrm{BN}(Wx)$ for $a > 0$. The noise of the batch statistics regularises a little.

**When to use it.** In convolutional networks (statistics over batch and positions) with batches of at least 16 or so;
with small batches or sequences use layer or group normalization.

**Cost.** $O(nd)$; two learned and two running numbers a feature.

**Pitfalls.** It normalises the inputs of *each* such layer over the batch, not just the network's input. In inference
the running averages are used: forgetting `model.eval()` makes a prediction depend on its neighbours in the batch. Why
it helps is contested: "less internal covariate shift" is the original story, a smoother loss surface is better
supported. The running variance is the unbiased one in PyTorch, the batch one is not. A bias before it is useless.

**References.** Ioffe and Szegedy, arXiv:1502.03167. Santurkar et al., *How does batch normalization help
optimization?*, arXiv:1805.11604.
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from algorithms.normalization_layers.layer_normalization import Epsilon, Features, Rows, gain_and_bias
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


def batch_statistics(x: Floats) -> tuple[Floats, Floats]:
    """Mean and biased variance (d,) of each feature over the batch.

    Examples
    --------
    >>> batch_statistics(np.array([[0.0, 1.0], [2.0, 1.0]]))
    (array([1., 1.]), array([1., 0.]))
    """
    mean = x.mean(axis=0)
    return mean, ((x - mean) ** 2).mean(axis=0)


@algorithm(
    id="batch-normalization",
    name="Batch normalization",
    aliases=("BatchNorm", "BN", "batch norm"),
    example={"x": [[1.0, 50.0], [2.0, 60.0], [3.0, 70.0], [6.0, 20.0]], "mode": "train"},
)
def batch_normalization(
    x: Rows,
    mode: Literal["train", "inference"] = "train",
    gamma: Features | None = None,
    beta: Features | None = None,
    running_mean: Features | None = None,
    running_variance: Features | None = None,
    momentum: Annotated[float, Field(ge=0, le=1)] = 0.1,
    epsilon: Epsilon = 1e-5,
) -> Output:
    """Batch normalization of a batch, in training or inference mode.

    Parameters
    ----------
    x : list of rows, (n, d)
        Batch, one sample a row; training needs at least two.
    mode : {"train", "inference"}
        Normalise by the batch's statistics, or by the running ones.
    gamma : list of float, length d, or null
        Gain; ones if null.
    beta : list of float, length d, or null
        Bias; zeros if null.
    running_mean : list of float, length d, or null
        Running mean before this batch; zeros if null.
    running_variance : list of float, length d, or null
        Running variance before this batch; ones if null.
    momentum : float
        Weight of this batch in the running statistics.
    epsilon : float
        Added to the variance.

    Returns
    -------
    dict
        ``output`` (n, d), at most its first 8 rows and 16 columns; ``batch_mean`` and ``batch_variance`` (d,), at most
        50; ``running_mean`` and ``running_variance`` after the call; ``output_means`` and ``output_variances`` (d,)
        before gain and bias, 0 and 1 in training.

    Raises
    ------
    ValueError
        If lengths don't fit, a running variance is negative, or a training batch has one row.

    Examples
    --------
    >>> batch_normalization([[1.0], [3.0]], epsilon=1e-12)["output"].round(6).tolist()
    [[-1.0], [1.0]]
    """
    rows = np.asarray(x, dtype=np.float64)  # (n, d)
    n, width = rows.shape
    gain, bias = gain_and_bias(gamma, beta, width)
    old_variance, old_mean = gain_and_bias(running_variance, running_mean, width)  # the same defaults: ones and zeros
    if old_variance.min() < 0:
        raise ValueError("running_variance must not be negative")
    if mode == "train" and n < 2:
        raise ValueError("a training batch needs at least two rows: the variance of one is zero")
    mean, variance = batch_statistics(rows)
    new_mean, new_variance = old_mean, old_variance
    if mode == "train":
        new_mean = (1 - momentum) * old_mean + momentum * mean
        new_variance = (1 - momentum) * old_variance + momentum * variance * n / (n - 1)  # unbiased, for the population
        normalised = (rows - mean) / np.sqrt(variance + epsilon)
    else:
        normalised = (rows - old_mean) / np.sqrt(old_variance + epsilon)
    return {
        "output": (gain * normalised + bias)[:8, :16],
        "batch_mean": mean[:50],
        "batch_variance": variance[:50],
        "running_mean": new_mean[:50],
        "running_variance": new_variance[:50],
        "output_means": normalised.mean(axis=0)[:50],
        "output_variances": normalised.var(axis=0)[:50],
    }
