r"""Interference in an A/B test means that the treatment of some users changes the outcome of others, so the groups are no longer separate.

$$y_i = \mu + \tau z_i + \gamma\, \bar z_{-i} + u_{c(i)} + \varepsilon_i, \qquad
\text{effect of a full launch} = \tau + \gamma$$

with $\bar z_{-i}$ the treated share among the others of the same cluster.

**Intuition.** If my friends get the new chat feature, I use it more too, even in the control group. Control users then profit from the treatment,
and the difference between the groups measures only the direct part $\tau$. In a marketplace it is the other way round: treated buyers take the
stock from control buyers, $\gamma < 0$, and the test exaggerates. Assigning whole clusters keeps friends together: all or none
of a user's neighbours are treated, and the difference measures $\tau + \gamma$.

**When to use it.** Social networks, marketplaces, shared budgets or inventories: wherever users meet.

**Cost.** The simulation draws clusters × users × repeats numbers.

**Pitfalls.** The usual analysis assumes that a unit's outcome depends on its own treatment alone (SUTVA). Cluster randomisation removes the bias
and pays in variance: the clusters, not the users, are the sample, and errors must be computed over cluster means. It helps only as far as
clusters are really separate. More users do not cure interference.

**References.** Rubin, *Randomization analysis of experimental data* (1980) for SUTVA. Hudgens and Halloran, *Toward causal inference with
interference* (2008). Ugander et al., *Graph cluster randomization*, arXiv:1305.6979.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm

Floats = NDArray[np.float64]
Effect = Annotated[float, Field(ge=-10, le=10)]
Clusters = Annotated[int, Field(ge=10, le=200)]
ClusterSize = Annotated[int, Field(ge=2, le=50)]
Repeats = Annotated[int, Field(ge=20, le=300)]
Noise = Annotated[float, Field(ge=0, le=10)]


def outcomes(z: Floats, direct: float, spillover: float, noise: float, rng: np.random.Generator) -> Floats:
    """Outcomes (clusters, size) for assignments of the same shape.

    Examples
    --------
    >>> outcomes(np.array([[1.0, 0.0, 0.0]]), 2.0, 1.0, 0.0, np.random.default_rng(0)).tolist()
    [[2.0, 0.5, 0.5]]
    """
    others = (z.sum(axis=1, keepdims=True) - z) / (z.shape[1] - 1)  # treated share among the others
    cluster = noise / 2 * rng.standard_normal((len(z), 1))
    return np.asarray(direct * z + spillover * others + cluster + noise * rng.standard_normal(z.shape))


def assign(unit: Literal["user", "cluster"], clusters: int, size: int, rng: np.random.Generator) -> Floats:
    """Treatment (clusters, size), 0 or 1, half of the units each, by user or by whole cluster.

    Examples
    --------
    >>> assign("cluster", 4, 3, np.random.default_rng(0)).sum(axis=1).tolist()
    [0.0, 0.0, 3.0, 3.0]
    """
    units = clusters if unit == "cluster" else clusters * size
    z = rng.permutation(np.arange(units) % 2).astype(np.float64)
    return np.repeat(z[:, None], size, axis=1) if unit == "cluster" else z.reshape(clusters, size)


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Both estimates with their spread, and the effect of a launch."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    means = [output["user_estimate"], output["cluster_estimate"]]
    axes.errorbar(["by user", "by cluster"], means, [output["user_sd"], output["cluster_sd"]], fmt="o", capsize=4)
    axes.axhline(output["launch_effect"], ls="--", label="effect of a launch")
    axes.set(ylabel="estimated effect", title="interference biases the user-level test")
    axes.legend()
    return figure


@algorithm(
    id="ab-test-interference",
    name="Network effects in A/B tests",
    aliases=("interference", "SUTVA violation", "spillover", "SUTVA", "cluster randomisation", "network effects"),
    example={"direct": 1.0, "spillover": 0.5},
    cost="seconds",
    figure=draw,
)
def ab_test_interference(
    direct: Effect,
    spillover: Effect,
    clusters: Clusters = 100,
    cluster_size: ClusterSize = 10,
    noise: Noise = 1.0,
    repeats: Repeats = 200,
    seed: Seed = 0,
) -> Output:
    """Simulate A/B tests that assign users or whole clusters, where treated neighbours change the outcome.

    Parameters
    ----------
    direct : float
        Effect of a user's own treatment.
    spillover : float
        Effect of having all others of the cluster treated.
    clusters, cluster_size : int
        Number of clusters, and users in each.
    noise : float
        Standard deviation of a user's outcome; that of a cluster's common part is half of it.
    repeats : int
        Number of simulated experiments of each kind.
    seed : int
        Seed of the simulation.

    Returns
    -------
    dict
        ``launch_effect`` direct + spillover; ``user_estimate`` and ``cluster_estimate``, means of the estimated effect;
        ``user_bias``, ``cluster_bias`` against the launch effect; ``user_sd``, ``cluster_sd`` of single experiments.

    Examples
    --------
    >>> result = ab_test_interference(1.0, 0.5)
    >>> abs(result["cluster_bias"]) < 0.05 < 0.4 < -result["user_bias"]
    True
    """
    rng = np.random.default_rng(seed)
    estimates: dict[str, Floats] = {}
    units: tuple[Literal["user", "cluster"], ...] = ("user", "cluster")
    for unit in units:
        found = []
        for _ in range(repeats):
            z = assign(unit, clusters, cluster_size, rng)  # (clusters, cluster_size)
            y = outcomes(z, direct, spillover, noise, rng)  # (clusters, cluster_size)
            found.append(y[z == 1].mean() - y[z == 0].mean())
        estimates[unit] = np.array(found)
    truth = direct + spillover
    return {
        "launch_effect": truth,
        "user_estimate": float(estimates["user"].mean()),
        "cluster_estimate": float(estimates["cluster"].mean()),
        "user_bias": float(estimates["user"].mean() - truth),
        "cluster_bias": float(estimates["cluster"].mean() - truth),
        "user_sd": float(estimates["user"].std()),
        "cluster_sd": float(estimates["cluster"].std()),
    }
