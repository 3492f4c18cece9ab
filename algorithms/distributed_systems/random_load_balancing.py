r"""Random load balancing sends each request to a server drawn uniformly: even in the long run, uneven in the short one.

$$\max_j \text{load}_j \approx \frac{\ln n}{\ln\ln n} \;\; (n \text{ requests}, n \text{ servers}), \qquad
\frac{\sigma}{\text{mean}} \approx \sqrt{\frac{k}{n}}$$

**Intuition.** Requests are balls thrown into bins. Each load is binomial with mean $n / k$ and a standard deviation near
$\sqrt{n / k}$, so the relative spread falls as $\sqrt{k / n}$: one percent needs about ten thousand requests a server.

**When to use it.** When balancers share no state, as a baseline, and as the first step of the power of two choices.

**Cost.** One random number a request.

**Pitfalls.** Uniform in expectation is not uniform now: with as many requests as servers some server gets several and more than
a third get none. Random choice ignores speed and load, so weight it by capacity. Independent balancers need different
seeds, or they pick alike. Two random choices, taking the less loaded, shrink the maximum from about $\ln n / \ln\ln n$ to
about $\ln\ln n / \ln 2$, for one extra question.

**References.** Mitzenmacher and Upfal, *Probability and Computing* (2017), chapter 5. Raab and Steger, *Balls into Bins: A
Simple and Tight Analysis* (1998).
"""

from __future__ import annotations

import math
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Relative spread of the loads as requests accumulate."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.loglog(output["sweep_requests"], output["sweep_spread"], "o-", label="simulated")
    axes.loglog(output["sweep_requests"], output["sweep_expected_spread"], "--", label="√(k/n)")
    axes.set(xlabel="requests n", ylabel="relative spread", title=f"{inputs['servers']} servers")
    axes.legend()
    return figure


@algorithm(
    id="random-load-balancing",
    name="Random load balancing",
    aliases=("balls into bins", "random server selection", "uniform random balancing"),
    example={"requests": 1000, "servers": 1000},
    figure=draw,
)
def random_load_balancing(
    requests: Annotated[int, Field(ge=1, le=200_000)] = 1000,
    servers: Annotated[int, Field(ge=4, le=5_000)] = 1000,
    seed: Seed = 0,
) -> Output:
    """Throw requests at servers.

    Parameters
    ----------
    requests : int
        Number n of requests.
    servers : int
        Number k of servers.
    seed : int
        Seed of the choices.

    Returns
    -------
    dict
        ``max_load``, ``min_load``, ``mean_load``; ``idle_fraction`` of the servers and ``expected_idle_fraction``;
        ``relative_spread`` (standard deviation over mean) and ``expected_relative_spread`` = √((k - 1) / n);
        ``ln_n_over_ln_ln_n``, the growth of the maximum when n = k; ``load_histogram``, servers with 0, 1, … 20 requests;
        ``sweep_requests`` with ``sweep_spread`` and ``sweep_expected_spread``.

    Examples
    --------
    >>> r = random_load_balancing(requests=1000, servers=1000)
    >>> r["mean_load"], 4 <= r["max_load"] <= 8
    (1.0, True)
    """
    rng = np.random.default_rng(seed)
    load = np.bincount(rng.integers(servers, size=requests), minlength=servers)  # (k,)
    sweep = [servers * factor for factor in (1, 4, 16, 64) if servers * factor <= 400_000]
    loads = [np.bincount(rng.integers(servers, size=n), minlength=servers) for n in sweep]
    return {
        "max_load": int(load.max()),
        "min_load": int(load.min()),
        "mean_load": float(load.mean()),
        "idle_fraction": (load == 0).mean(),
        "expected_idle_fraction": (1 - 1 / servers) ** requests,
        "relative_spread": load.std() / load.mean(),
        "expected_relative_spread": math.sqrt((servers - 1) / requests),
        "ln_n_over_ln_ln_n": math.log(servers) / math.log(math.log(servers)),
        "load_histogram": np.bincount(np.minimum(load, 20), minlength=21),
        "sweep_requests": sweep,
        "sweep_spread": [counts.std() / counts.mean() for counts in loads],
        "sweep_expected_spread": [math.sqrt((servers - 1) / n) for n in sweep],
    }
