r"""Dropout sets a random share of the units of a layer to zero at each training step and leaves all of them in at
evaluation.

$$\tilde x_i = \frac{m_i}{1 - p}\,x_i, \qquad m_i \sim \mathrm{Bernoulli}(1 - p), \qquad \mathbb E[\tilde x_i] = x_i$$

**Intuition.** No unit can rely on another one being there, so each has to be useful by itself; units stop correcting
each other's quirks (co-adaptation). It is also a cheap average over very many thinned networks. Dividing by $1 - p$
(inverted dropout) keeps the expectation, so nothing has to be rescaled at evaluation.

**When to use it.** In fully connected layers with $p$ up to 0.5, in Transformers around 0.1, also on the attention
weights. The best rate depends on model and data; large models trained once over much data often use none.

**Cost.** One random number a unit.

**Pitfalls.** Dropout drops *units*; dropping single connections is DropConnect, which masks the weight matrix. Switch
it off at evaluation (`model.eval()`). Attention dropout comes after the softmax: the rows no longer sum to one in
training. Before batch normalisation it shifts the variance between training and test. $p$ is the probability to *drop*
here and in PyTorch, but to keep in the original paper.

**References.** Srivastava et al., *Dropout: a simple way to prevent neural networks from overfitting* (2014). Wan et
al., *Regularization of neural networks using DropConnect* (2013).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from algorithms.activations.softmax import softmax_along
from algorithms.inputs import Number, Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Rate = Annotated[float, Field(ge=0, lt=1)]
Units = Annotated[list[Number], Field(min_length=1, max_length=50)]


def drop(x: Floats, p: float, rng: np.random.Generator) -> Floats:
    """Inverted dropout of an array of any shape.

    Examples
    --------
    >>> drop(np.ones(4), 0.5, np.random.default_rng(0)).tolist()
    [2.0, 0.0, 0.0, 0.0]
    """
    keep = rng.random(x.shape) >= p
    return np.asarray(np.where(keep, x / (1 - p), 0.0))


def apply(x: Floats, p: float, variant: str, rng: np.random.Generator) -> Floats:
    """One training-time output of the layer: of the units, of the softmax of the scores, or of a dense layer of ones
    with masked weights.

    Examples
    --------
    >>> apply(np.array([1.0, 2.0]), 0.0, "dropconnect", np.random.default_rng(0)).tolist()
    [3.0, 3.0]
    """
    if variant == "attention":
        return drop(softmax_along(x), p, rng)
    if variant == "dropconnect":
        return np.asarray(drop(np.ones((len(x), len(x))), p, rng) @ x)  # (n, n) @ (n,): each connection on its own
    return drop(x, p, rng)


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """One dropped pass beside the evaluation output."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    place = np.arange(len(output["output"]))
    axes.bar(place - 0.2, output["evaluation_output"], 0.4, label="evaluation")
    axes.bar(place + 0.2, output["output"], 0.4, label="training pass")
    axes.set(xlabel="unit")
    axes.legend()
    return figure


@algorithm(
    id="dropout",
    name="Dropout",
    aliases=(
        "inverted dropout",
        "Dropout on attention weights",
        "attention dropout",
        "DropConnect",
        "weight dropout",
        "dropout rate",
    ),
    example={"x": [1.0, 2.0, -1.0, 0.5, 3.0, 1.0, -2.0, 0.0], "p": 0.5, "training": True, "seed": 0},
    figure=draw,
)
def dropout(
    x: Units,
    p: Rate = 0.1,
    variant: Literal["units", "attention", "dropconnect"] = "units",
    training: bool = True,
    draws: Annotated[int, Field(ge=1, le=5000)] = 2000,
    seed: Seed = 0,
) -> Output:
    """Dropout of a layer in training or evaluation, and its mean over many draws.

    Parameters
    ----------
    x : list of float, length n
        Activations; attention scores for ``attention``; inputs of a layer whose weights are all one for
        ``dropconnect``.
    p : float
        Probability to drop.
    variant : {"units", "attention", "dropconnect"}
        Drop activations, attention weights after the softmax, or connections.
    training : bool
        False leaves everything in.
    draws : int
        Masks for the mean.
    seed : int
        Seed of the masks.

    Returns
    -------
    dict
        ``output`` (n,) of one pass; ``evaluation_output`` (n,); ``kept_share`` of entries other than zero where the
        evaluation output is not zero; ``mean_output`` (n,) over the draws in training, close to the evaluation output;
        ``standard_deviation`` (n,) of them; ``output_sum`` (for attention 1 in evaluation only).

    Examples
    --------
    >>> dropout([1.0, 2.0], p=0.5, training=False)["output"].tolist()
    [1.0, 2.0]
    """
    values = np.asarray(x, dtype=np.float64)  # (n,)
    rng = np.random.default_rng(seed)
    evaluation = apply(values, 0.0, variant, rng)  # (n,)
    output = apply(values, p, variant, rng) if training else evaluation
    passes = np.stack([apply(values, p, variant, rng) for _ in range(draws)])  # (draws, n)
    live = evaluation != 0
    return {
        "output": output,
        "evaluation_output": evaluation,
        "kept_share": (output[live] != 0).mean() if live.any() else 0.0,
        "mean_output": passes.mean(axis=0),
        "standard_deviation": passes.std(axis=0),
        "output_sum": output.sum(),
    }
