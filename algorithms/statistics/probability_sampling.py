r"""Probability sampling draws units with known chances: simple random, systematic, stratified or cluster sampling.

$$\operatorname{Var}(\bar y_\text{SRS}) = \left(1 - \frac nN\right) \frac{S^2}{n}, \qquad
\text{design effect} = \frac{\operatorname{Var}(\bar y_\text{design})}{\operatorname{Var}(\bar y_\text{SRS})}$$

**Intuition.** Simple random: every subset of size $n$ is equally likely. Systematic: a random start, then every $k$-th unit of a list.
Stratified: a random sample inside each stratum, here in proportion to its size, so no stratum is missed. Cluster: some groups are
drawn and surveyed whole. All four give an unbiased mean; they differ in variance.

**When to use it.** Stratify when groups differ and are known: the variance between them disappears. Clusters when travelling between
groups is what costs. Systematic when units arrive in a stream.

**Cost.** $O(n)$ draws.

**Pitfalls.** Units of a cluster resemble each other, so a cluster sample tells less than its size suggests: the design effect is roughly
$1 + (m - 1)\,\rho$ for clusters of size $m$ with intra-cluster correlation $\rho$. A systematic sample of a list with period
$k$ hits the same phase each time; averaged over starts it is still unbiased, but a single sample can be far off. Stratified and
cluster are often confused: one takes *some of all* groups, the other *all of some*.

**References.** Cochran, *Sampling Techniques* (1977). Lohr, *Sampling: Design and Analysis* (2021). Kish, *Survey Sampling* (1965).
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Method = Literal["simple", "systematic", "stratified", "cluster"]
Groups = Annotated[int, Field(ge=4, le=50)]
GroupSize = Annotated[int, Field(ge=4, le=100)]
Fraction = Annotated[int, Field(ge=2, le=25)]
Correlation = Annotated[float, Field(ge=0, le=0.99)]
Repeats = Annotated[int, Field(ge=100, le=2000)]


def population(groups: int, size: int, icc: float, seed: int) -> Floats:
    """Values (groups, size) with unit variance, of which the share `icc` lies between the groups.

    Examples
    --------
    >>> population(4, 5, 0.5, seed=0).shape
    (4, 5)
    """
    rng = np.random.default_rng(seed)
    between = rng.standard_normal((groups, 1))
    return np.asarray(10 + np.sqrt(icc) * between + np.sqrt(1 - icc) * rng.standard_normal((groups, size)))


def draw_sample(method: Method, groups: int, size: int, k: int, order: Ints, rng: np.random.Generator) -> Ints:
    """Indices of one sample of about groups * size / k units; unit i belongs to group i // size.

    Examples
    --------
    >>> draw_sample("systematic", 2, 4, 4, np.arange(8), np.random.default_rng(1)).tolist()
    [1, 5]
    """
    units = groups * size
    if method == "simple":
        return rng.choice(units, size=units // k, replace=False)
    if method == "systematic":
        return order[rng.integers(k) :: k]
    if method == "stratified":
        inside = [rng.choice(size, size=size // k, replace=False) for _ in range(groups)]
        return np.concatenate([g * size + chosen for g, chosen in enumerate(inside)])
    chosen = rng.choice(groups, size=groups // k, replace=False)  # whole clusters
    return np.asarray((chosen[:, None] * size + np.arange(size)).reshape(-1))


@algorithm(
    id="probability-sampling",
    name="Probability sampling (simple random, systematic, stratified, cluster)",
    aliases=(
        "Simple random sampling",
        "SRS",
        "Systematic sampling",
        "every k-th item",
        "Stratified sampling",
        "proportional allocation",
        "Cluster sampling",
        "group sampling",
        "design effect",
    ),
    example={"method": "stratified"},
    cost="seconds",
)
def probability_sampling(
    method: Method = "stratified",
    groups: Groups = 40,
    group_size: GroupSize = 25,
    k: Fraction = 5,
    icc: Correlation = 0.5,
    listing: Literal["grouped", "periodic"] = "grouped",
    repeats: Repeats = 1000,
    seed: Seed = 0,
) -> Output:
    """Repeat one sampling design on a simulated population and compare its mean with simple random sampling.

    Parameters
    ----------
    method : {"simple", "systematic", "stratified", "cluster"}
        The design.
    groups : int
        Number of groups: the strata or the clusters; for cluster sampling a multiple of k.
    group_size : int
        Units a group; for stratified sampling a multiple of k.
    k : int
        One in k units is drawn.
    icc : float
        Share of the variance that lies between the groups (intra-cluster correlation).
    listing : {"grouped", "periodic"}
        Order of the list for systematic sampling: group by group, or cycling through the groups.
    repeats : int
        Number of samples.
    seed : int
        Seed of the population and of the samples.

    Returns
    -------
    dict
        ``true_mean``; ``mean_of_estimates``; ``bias``; ``variance`` of the estimates; ``variance_simple`` of simple
        random sampling by its formula; ``design_effect``; ``sample_size``; ``smallest_group_count`` and
        ``largest_group_count``, units of one group in the last sample.

    Raises
    ------
    ValueError
        If the design cannot draw exactly one in k.

    Examples
    --------
    >>> probability_sampling("stratified")["design_effect"] < 1 < probability_sampling("cluster")["design_effect"]
    True
    """
    sizes = {"simple": groups * group_size, "systematic": groups * group_size, "stratified": group_size}
    if sizes.get(method, groups) % k:
        raise ValueError(f"{method} sampling of one in {k} needs {sizes.get(method, groups)} to be a multiple of {k}")
    y = population(groups, group_size, icc, seed).reshape(-1)  # (N,)
    N, n = len(y), len(y) // k
    grouped = np.arange(N)
    order = grouped if listing == "grouped" else grouped.reshape(groups, group_size).T.reshape(-1)
    rng = np.random.default_rng(seed + 1)
    samples = [draw_sample(method, groups, group_size, k, order, rng) for _ in range(repeats)]
    estimates = np.array([y[sample].mean() for sample in samples])  # (repeats,)
    variance_simple = (1 - n / N) * float(y.var(ddof=1)) / n
    counts = np.bincount(samples[-1] // group_size, minlength=groups)  # (groups,)
    return {
        "true_mean": float(y.mean()),
        "mean_of_estimates": float(estimates.mean()),
        "bias": float(estimates.mean() - y.mean()),
        "variance": float(estimates.var()),
        "variance_simple": variance_simple,
        "design_effect": float(estimates.var() / variance_simple),
        "sample_size": len(samples[-1]),
        "smallest_group_count": int(counts.min()),
        "largest_group_count": int(counts.max()),
    }
