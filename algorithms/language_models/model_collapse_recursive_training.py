r"""Model collapse is the loss of diversity when each generation of a model is trained on data that the previous generation produced.

$$x_1, \dots, x_n \sim N(\mu_g, \sigma_g^2), \qquad \sigma_{g+1}^2 = \frac1n \sum_i (x_i - \bar x)^2, \qquad \mathbb E[\sigma_{g}^2] = \left(\tfrac{n-1}{n}\right)^{g} \sigma_0^2$$

**Intuition.** A finite sample misses the tails, the next model knows nothing of them, and so on: rare things vanish first, then variety, while the mean drifts at random. The Gaussian
chain makes it exact: the fitted variance shrinks by $(n-1)/n$ a generation in expectation. Mixing in real data each time stops the decay.

**When to use it.** To judge plans of training on synthetic text, summaries of summaries, or a web full of generated pages.

**Cost.** One fit a generation.

**Pitfalls.** Each single model looks fine: it fits its own training data, but it does not generalise to the real distribution. The unbiased variance (division by $n-1$) keeps the *expected* variance, and single
chains still collapse, since the logarithm shrinks. Larger samples delay the collapse and do not prevent it. Synthetic data are not harmful as such: keeping real data in the mix bounds the error.

**References.** Shumailov et al., *The Curse of Recursion*, arXiv:2305.17493. Gerstgrasser et al., *Is Model Collapse Inevitable?*, arXiv:2404.01413.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Mean and median variance by generation, and the expectation without real data."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.plot(output["generations"], output["mean_variance"], label="mean of the chains")
    axes.plot(output["generations"], output["median_variance"], label="median")
    axes.plot(output["generations"], output["expected_variance"], "--", color="grey", label="((n − 1)/n)^g")
    axes.set(xlabel="generation", ylabel="variance", ylim=(0, None), title="training on its own output")
    axes.legend()
    return figure


@algorithm(
    id="model-collapse-recursive-training",
    name="Training on model-generated data (model collapse)",
    aliases=("recursive training", "synthetic summaries", "model collapse", "training on synthetic data"),
    example={"sample_size": 20, "generations": 40},
    figure=draw,
)
def model_collapse_recursive_training(
    sample_size: Annotated[int, Field(ge=2, le=200)] = 20,
    generations: Annotated[int, Field(ge=1, le=200)] = 40,
    real_share: Annotated[float, Field(ge=0, le=1)] = 0.0,
    chains: Annotated[int, Field(ge=1, le=400)] = 300,
    seed: Seed = 0,
) -> Output:
    """Fit a Gaussian to samples of the previous Gaussian, again and again, in many independent chains.

    Parameters
    ----------
    sample_size : int
        Samples n a generation.
    generations : int
        Times to refit.
    real_share : float
        Share of each training set drawn from the true N(0, 1).
    chains : int
        Independent repetitions.
    seed : int
        Seed of the samples.

    Returns
    -------
    dict
        At up to 40 ``generations``: ``mean_variance`` and ``median_variance`` of the chains, ``expected_variance``
        ((n - 1)/n)^g (exact for real_share 0); ``final_mean_drift``, standard deviation of the means; ``tail_share``, the
        probability that the last models give to |x| > 2, against 0.0455 in truth.

    Examples
    --------
    >>> output = model_collapse_recursive_training(20, 40)
    >>> float(output["mean_variance"][0]), bool(output["mean_variance"][-1] < 0.3)
    (1.0, True)
    """
    rng = np.random.default_rng(seed)
    mu, sigma = np.zeros(chains), np.ones(chains)
    variances = [sigma**2]
    real = round(real_share * sample_size)
    for _ in range(generations):
        x = mu[:, None] + sigma[:, None] * rng.standard_normal((chains, sample_size))  # (chains, n)
        x[:, :real] = rng.standard_normal((chains, real))
        mu, sigma = x.mean(axis=1), x.std(axis=1)
        variances.append(sigma**2)
    shown = np.unique(np.linspace(0, generations, min(40, generations + 1)).round().astype(int))
    means = np.array([v.mean() for v in variances])
    medians = np.array([np.median(v) for v in variances])
    samples = mu[:, None] + sigma[:, None] * rng.standard_normal((chains, 1000))
    return {
        "generations": shown,
        "mean_variance": means[shown],
        "median_variance": medians[shown],
        "expected_variance": ((sample_size - 1) / sample_size) ** shown,
        "final_mean_drift": mu.std(),
        "tail_share": (np.abs(samples) > 2).mean(),
    }
