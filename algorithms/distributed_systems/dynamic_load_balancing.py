r"""Dynamic load balancing adjusts the distribution of work to measured load; agent-based balancing does so by talking to peers.

$$w_j \propto \hat\mu_j \;\;\text{(measured service rate)}, \qquad
\text{gossip: } x_i, x_j \leftarrow \tfrac{1}{2}(x_i + x_j)$$

**Intuition.** A static split is right until a server slows down; then its queue grows without limit while the others idle. With
feedback the balancer measures each server over a window and shifts the weights. Without a centre, agents meet in pairs and
level their loads: the total is conserved and the variance can only fall.

**When to use it.** For servers whose speed changes (shared machines, thermal limits) and for clusters too large for a central view.

**Cost.** Measurements each window; gossip takes $O(\log n)$ rounds to level well.

**Pitfalls.** Agents do not decide "locally on global information": that contradicts itself. They know what peers have told them;
global information is the centralised scheme. Reaction takes a window, and a short window follows noise: smooth, and limit
the step, or the system oscillates. Measure service rate or latency, not the share of requests, which the balancer itself
sets. Moving work costs transfer and warm caches. A server that is down measures as fast if it fails at once.

**References.** Boyd, Ghosh, Prabhakar and Shah, *Randomized Gossip Algorithms* (2006). Cybenko, *Dynamic Load Balancing for
Distributed Memory Multiprocessors* (1989).
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Speeds = Annotated[list[Annotated[float, Field(ge=0.1, le=100)]], Field(min_length=2, max_length=32)]
Loads = Annotated[list[Annotated[float, Field(ge=0, le=1e6)]], Field(min_length=2, max_length=64)]


def feedback(
    speeds: Floats, slow: int, factor: float, load: float, ticks: int, window: int, adapt: bool
) -> tuple[Floats, Floats]:
    """Total queue (ticks,) and final weights (k,) of servers of which one is slowed after a third of the run."""
    weights = speeds / speeds.sum()  # (k,)
    rate = load * (speeds.sum() - (1 - factor) * speeds[slow])  # stable even after the slowdown
    queue, served, busy = np.zeros(len(speeds)), np.zeros(len(speeds)), np.zeros(len(speeds))  # (k,) each
    total = np.zeros(ticks)
    for tick in range(ticks):
        current = speeds.copy()
        if tick >= ticks // 3:
            current[slow] *= factor
        work = queue + rate * weights  # (k,)
        done = np.minimum(work, current)
        queue, served, busy = work - done, served + done, busy + done / current
        total[tick] = queue.sum()
        if adapt and (tick + 1) % window == 0:
            measured = served / busy  # (k,), work done in each busy second
            weights = measured / measured.sum()
            served, busy = np.zeros(len(speeds)), np.zeros(len(speeds))
    return total, weights


def gossip(loads: Floats, rounds: int, seed: int) -> tuple[Floats, list[float]]:
    """Loads after random pairs have averaged, and their variance before and after each round of n meetings.

    Examples
    --------
    >>> after, variances = gossip(np.array([4.0, 0.0]), rounds=1, seed=0)
    >>> after.tolist(), variances
    ([2.0, 2.0], [4.0, 0.0])
    """
    rng = np.random.default_rng(seed)
    x, n = loads.copy(), len(loads)
    variances = [float(x.var())]
    for _ in range(rounds):
        for _ in range(n):
            i, j = rng.choice(n, 2, replace=False)
            x[i] = x[j] = (x[i] + x[j]) / 2
        variances.append(float(x.var()))
    return x, variances


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Total queue with fixed and with adapted weights."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.plot(output["curve_ticks"], output["queue_static"], label="fixed weights")
    axes.plot(output["curve_ticks"], output["queue_dynamic"], label="measured weights")
    axes.set(xlabel="tick", ylabel="total queue", title=f"server {inputs['slow_server']} slows down")
    axes.legend()
    return figure


@algorithm(
    id="dynamic-load-balancing",
    name="Dynamic and agent-based load balancing",
    aliases=("feedback balancing", "gossip", "agents", "agent-based load balancing", "adaptive load balancing"),
    example={"speeds": [4, 4, 4], "slow_server": 0, "slowdown": 0.25, "loads": [9, 0, 3, 0, 0, 12, 0, 0]},
    figure=draw,
)
def dynamic_load_balancing(
    speeds: Speeds,
    slow_server: Annotated[int, Field(ge=0, le=31)] = 0,
    slowdown: Annotated[float, Field(gt=0, le=1)] = 0.25,
    load: Annotated[float, Field(gt=0, le=0.95)] = 0.8,
    window: Annotated[int, Field(ge=1, le=200)] = 20,
    ticks: Annotated[int, Field(ge=30, le=2_000)] = 600,
    loads: Loads = [9, 0, 3, 0, 0, 12, 0, 0],  # noqa: B006 (never changed)
    gossip_rounds: Annotated[int, Field(ge=1, le=40)] = 6,
    seed: Seed = 0,
) -> Output:
    """Slow a server down under fixed and under measured weights, and level the loads of agents by gossip.

    Parameters
    ----------
    speeds : list of float
        Work each server does in a tick.
    slow_server : int
        The server that slows down after a third of the run.
    slowdown : float
        Factor on its speed.
    load : float
        Arriving work as a share of the capacity that is left after the slowdown.
    window : int
        Ticks between two measurements.
    ticks : int
        Length of the run.
    loads : list of float
        Loads of the agents at the start.
    gossip_rounds : int
        Rounds of gossip, as many meetings as agents in each.
    seed : int
        Seed of the meetings.

    Returns
    -------
    dict
        ``final_queue_static`` and ``final_queue_dynamic``; ``weights_after``; ``queue_static`` and ``queue_dynamic`` at
        ``curve_ticks``; ``peak_queue_dynamic``; ``agent_loads`` after gossip, ``agent_total`` [before, after] and
        ``agent_variance`` by round.

    Raises
    ------
    ValueError
        If the slow server does not exist.

    Examples
    --------
    >>> r = dynamic_load_balancing([4, 4, 4], slowdown=0.25)
    >>> r["weights_after"].round(3).tolist(), bool(r["final_queue_static"] > 100 > r["final_queue_dynamic"])
    ([0.111, 0.444, 0.444], True)
    """
    if slow_server >= len(speeds):
        raise ValueError(f"server {slow_server} does not exist; the servers are 0 to {len(speeds) - 1}")
    s = np.asarray(speeds, dtype=float)  # (k,)
    static, _ = feedback(s, slow_server, slowdown, load, ticks, window, adapt=False)
    dynamic, weights = feedback(s, slow_server, slowdown, load, ticks, window, adapt=True)
    agents = np.asarray(loads, dtype=float)  # (n,)
    after, variances = gossip(agents, gossip_rounds, seed)
    shown = np.linspace(0, ticks - 1, min(50, ticks)).astype(int)
    return {
        "final_queue_static": static[-1],
        "final_queue_dynamic": dynamic[-1],
        "peak_queue_dynamic": dynamic.max(),
        "weights_after": weights,
        "curve_ticks": shown,
        "queue_static": static[shown],
        "queue_dynamic": dynamic[shown],
        "agent_loads": after[:50],
        "agent_total": [agents.sum(), after.sum()],
        "agent_variance": variances,
    }
