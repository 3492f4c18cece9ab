r"""PowerNorm is a batch normalization for Transformers that divides by the running quadratic mean of each feature
instead of its batch variance.

$$\psi_B^2 = \frac1B \sum_i x_i^2, \qquad y = \gamma\,\frac{x}{\psi} + \beta, \qquad \psi^2 \leftarrow \alpha\,\psi^2 + (1 - \alpha)\,\psi_B^2$$

**Intuition.** In language data the batch mean and variance of a feature jump from batch to batch, so the statistics of
training fit inference badly; that is why plain batch normalization fails in Transformers. PowerNorm makes two changes:
it leaves out the mean, whose variation is the worst, and it normalises by a *running* quadratic mean already in
training, so training and inference use the same number.

**When to use it.** As a replacement of layer normalization in Transformers, where statistics over the batch are wanted;
it folds into the next linear layer at inference.

**Cost.** $O(nd)$; one running number a feature beside gain and bias.

**Pitfalls.** The quadratic mean is not the variance: they differ by the squared mean. Statistics run over batch and
positions for each feature, not over the features of a token as in RMSNorm, though both use a mean square.
Backpropagating through running statistics exactly is impossible; the paper approximates that gradient, and starts with
a warm-up on batch statistics. Here only the forward pass is shown.

**References.** Shen et al., *PowerNorm: rethinking batch normalization in Transformers*, arXiv:2003.07845.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


def power_norm(x: Floats, psi_squared: Floats, epsilon: float = 1e-5) -> Floats:
    """Each feature of a batch (n, d) divided by the root of its quadratic mean (d,).

    Examples
    --------
    >>> power_norm(np.array([[3.0], [4.0]]), np.array([25.0]), 1e-12).round(6).tolist()
    [[0.6], [0.8]]
    """
    return np.asarray(x / np.sqrt(psi_squared + epsilon))


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Batch and running quadratic means."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.plot(output["batch_quadratic_means"], ".", label="batch")
    axes.plot(output["running_quadratic_means"], label="running")
    axes.set(xlabel="batch", ylabel="quadratic mean of one feature")
    axes.legend()
    return figure


@algorithm(
    id="power-normalization",
    name="PowerNorm (power normalization)",
    aliases=("PowerNorm", "PN", "power norm"),
    example={"batches": 50, "batch_size": 8, "mean_drift": 1.0, "alpha": 0.9, "seed": 0},
    figure=draw,
)
def power_normalization(
    batches: Annotated[int, Field(ge=2, le=200)] = 50,
    batch_size: Annotated[int, Field(ge=2, le=256)] = 8,
    features: Annotated[int, Field(ge=1, le=32)] = 16,
    mean_drift: Annotated[float, Field(ge=0, le=10)] = 1.0,
    alpha: Annotated[float, Field(ge=0, lt=1)] = 0.9,
    seed: Seed = 0,
) -> Output:
    """PowerNorm and batch normalization on batches whose mean jumps from batch to batch.

    Parameters
    ----------
    batches : int
        Number of batches.
    batch_size : int
        Rows of each.
    features : int
        Features d.
    mean_drift : float
        Standard deviation of the batches' means, within batches it is 1.
    alpha : float
        Share of the running quadratic mean that is kept at each batch.
    seed : int
        Seed of the data.

    Returns
    -------
    dict
        ``batch_quadratic_means`` and ``running_quadratic_means`` of the first feature, first 50 batches;
        ``quadratic_mean``, its exact expectation 1 + drift²; ``last_output_quadratic_mean`` over all features, near 1;
        ``batch_variation`` and ``running_variation``, the relative standard deviation of both statistics over the
        second half of the batches; ``train_inference_gap_batch_norm`` and ``train_inference_gap_power_norm``, the mean
        absolute difference between training and inference outputs of the last batch.

    Examples
    --------
    >>> out = power_normalization()
    >>> bool(out["running_variation"] < 0.5 * out["batch_variation"])
    True
    """
    rng = np.random.default_rng(seed)
    data = rng.standard_normal((batches, batch_size, features))
    data += mean_drift * rng.standard_normal((batches, 1, features))  # (batches, n, d)
    quadratic = (data**2).mean(axis=1)  # (batches, d)
    running = np.empty_like(quadratic)
    running[0] = quadratic[0]
    mean, variance = data[0].mean(axis=0), data[0].var(axis=0)  # running statistics of batch normalization
    for t in range(1, batches):
        running[t] = alpha * running[t - 1] + (1 - alpha) * quadratic[t]
        mean = alpha * mean + (1 - alpha) * data[t].mean(axis=0)
        variance = alpha * variance + (1 - alpha) * data[t].var(axis=0)
    last = data[-1]  # (n, d)
    trained = power_norm(last, running[-2])  # training normalises by the statistics before this batch
    inferred = power_norm(last, running[-1])
    batch_trained = (last - last.mean(axis=0)) / np.sqrt(last.var(axis=0) + 1e-5)
    batch_inferred = (last - mean) / np.sqrt(variance + 1e-5)
    late = slice(batches // 2, None)
    return {
        "batch_quadratic_means": quadratic[:50, 0],
        "running_quadratic_means": running[:50, 0],
        "quadratic_mean": 1 + mean_drift**2,
        "last_output_quadratic_mean": (inferred**2).mean(),
        "batch_variation": (quadratic[late].std(axis=0) / quadratic[late].mean(axis=0)).mean(),
        "running_variation": (running[late].std(axis=0) / running[late].mean(axis=0)).mean(),
        "train_inference_gap_batch_norm": np.abs(batch_trained - batch_inferred).mean(),
        "train_inference_gap_power_norm": np.abs(trained - inferred).mean(),
    }
