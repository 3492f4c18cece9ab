r"""Layer normalization standardises the features of each sample or token to mean 0 and variance 1, then scales and
shifts them.

$$y = \gamma\,\frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} + \beta, \qquad \mu = \frac1d \sum_i x_i, \quad \sigma^2 = \frac1d \sum_i (x_i - \mu)^2$$

**Intuition.** Each token is judged by itself: what counts is the pattern across its features, not its overall level or
size. The statistics come from the sample alone, so the result does not depend on what else is in the batch, and
training and inference are the same computation.

**When to use it.** In Transformers and recurrent networks, and wherever batches are small or sequences differ in
length. In an RNN it is applied to the hidden state at each step, whose norm is then at most $\sqrt d$ before gain and
bias.

**Cost.** $O(d)$ a token, $2d$ parameters.

**Pitfalls.** The mean and the variance run over the *feature* axis of each token, not over the batch, the sequence or
"the layer". The variance is the biased one (divided by $d$). Rescaling a token's features changes nothing, up to
$\epsilon$, so their size is lost to later layers. $\epsilon$ differs between checkpoints ($10^{-12}$ in BERT, $10^{-5}$
in GPT-2). Keep gains and biases out of weight decay.

**References.** Ba, Kiros and Hinton, *Layer normalization*, arXiv:1607.06450.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import AfterValidator, Field

from algorithms.inputs import Number, Seed, rectangular
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Rows = Annotated[
    list[Annotated[list[Number], Field(min_length=1, max_length=256)]],
    Field(min_length=1, max_length=256),
    AfterValidator(rectangular),
]
Features = Annotated[list[Number], Field(min_length=1, max_length=256)]
Epsilon = Annotated[float, Field(gt=0, le=1)]


def standardise(x: Floats, epsilon: float) -> Floats:
    """Mean 0 and variance 1 over the last axis.

    Examples
    --------
    >>> standardise(np.array([[1.0, 2.0, 3.0, 4.0]]), 1e-5).round(3).tolist()
    [[-1.342, -0.447, 0.447, 1.342]]
    """
    mu = x.mean(axis=-1, keepdims=True)  # (..., 1)
    variance = ((x - mu) ** 2).mean(axis=-1, keepdims=True)  # (..., 1)
    return np.asarray((x - mu) / np.sqrt(variance + epsilon))


def gain_and_bias(gamma: list[float] | None, beta: list[float] | None, width: int) -> tuple[Floats, Floats]:
    """Gain and bias (d,), ones and zeros where none are given.

    Raises
    ------
    ValueError
        If a given one has another length.

    Examples
    --------
    >>> gain_and_bias(None, [0.5], 1)
    (array([1.]), array([0.5]))
    """
    gain = np.ones(width) if gamma is None else np.asarray(gamma, dtype=np.float64)
    bias = np.zeros(width) if beta is None else np.asarray(beta, dtype=np.float64)
    if gain.shape != (width,) or bias.shape != (width,):
        raise ValueError(f"gamma and beta need {width} entries, one a feature")
    return gain, bias


def recurrent_norms(width: int, steps: int, scale: float, normalise: bool, seed: int) -> Floats:
    """Norms of the hidden state of a linear recurrent cell h ← W h + x, with or without layer normalization.

    Examples
    --------
    >>> bool(recurrent_norms(16, 50, 1.5, True, 0).max() <= 4.0), bool(recurrent_norms(16, 50, 1.5, False, 0)[-1] > 1e4)
    (True, True)
    """
    rng = np.random.default_rng(seed)
    W = scale * rng.standard_normal((width, width)) / np.sqrt(width)  # (d, d)
    h = np.zeros(width)
    norms = np.empty(steps)
    for t in range(steps):
        h = W @ h + rng.standard_normal(width)
        if normalise:
            h = standardise(h, 1e-5)
        norms[t] = np.linalg.norm(h)
    return norms


@algorithm(
    id="layer-normalization",
    name="Layer normalization",
    aliases=("LayerNorm", "LN", "layer norm"),
    example={"x": [[1.0, 2.0, 3.0, 4.0], [10.0, 0.0, 0.0, 0.0]]},
)
def layer_normalization(
    x: Rows,
    gamma: Features | None = None,
    beta: Features | None = None,
    epsilon: Epsilon = 1e-5,
    recurrent_width: Annotated[int, Field(ge=2, le=64)] = 16,
    seed: Seed = 0,
) -> Output:
    """Layer normalization of each row, and its effect on a recurrent state.

    Parameters
    ----------
    x : list of rows, (n, d)
        One token or sample a row.
    gamma : list of float, length d, or null
        Gain; ones if null.
    beta : list of float, length d, or null
        Bias; zeros if null.
    epsilon : float
        Added to the variance.
    recurrent_width : int
        Width of the recurrent state of the demonstration.
    seed : int
        Seed of that demonstration.

    Returns
    -------
    dict
        ``output`` (n, d), at most its first 8 rows and 16 columns; ``means`` and ``variances`` (n,) of the input rows,
        at most 50; ``output_means`` and ``output_variances`` before gain and bias, near 0 and 1; ``recurrent_norm`` and
        ``recurrent_norm_normalised`` of a hidden state after 50 steps, and ``recurrent_bound``, the root of the width.

    Raises
    ------
    ValueError
        If `gamma` or `beta` doesn't have one entry a feature.

    Examples
    --------
    >>> layer_normalization([[1.0, 2.0, 3.0, 4.0]])["output"].round(3).tolist()
    [[-1.342, -0.447, 0.447, 1.342]]
    """
    rows = np.asarray(x, dtype=np.float64)  # (n, d)
    gain, bias = gain_and_bias(gamma, beta, rows.shape[1])
    normalised = standardise(rows, epsilon)  # (n, d)
    return {
        "output": (gain * normalised + bias)[:8, :16],
        "means": rows.mean(axis=1)[:50],
        "variances": rows.var(axis=1)[:50],
        "output_means": normalised.mean(axis=1)[:50],
        "output_variances": normalised.var(axis=1)[:50],
        "recurrent_norm": recurrent_norms(recurrent_width, 50, 1.2, False, seed)[-1],
        "recurrent_norm_normalised": recurrent_norms(recurrent_width, 50, 1.2, True, seed)[-1],
        "recurrent_bound": np.sqrt(recurrent_width),
    }
