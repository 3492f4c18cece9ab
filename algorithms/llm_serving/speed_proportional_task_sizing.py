r"""Speed-proportional task sizing gives every node a share of the work in proportion to its speed, so all finish together.

$$w_i = W\,\frac{s_i}{\sum_j s_j}, \qquad \text{makespan} = \frac{W}{\sum_j s_j}$$

**Intuition.** The job ends when its slowest node ends. If one node still works while another is idle, moving work to the
idle one ends the job sooner; so at the optimum all end at the same moment, and the makespan is the total work over the
total speed.

**When to use it.** For splitting batches over unequal GPUs, partitions over unequal machines, or data over federated
clients, when speeds are known and work divides finely.

**Cost.** Linear in the number of nodes.

**Pitfalls.** This is load-aware task sizing. It is sometimes given as an example of dynamic batching, which in serving
means collecting requests until a size or a delay is reached: a different thing. Measured speeds change, so re-estimate
them or let nodes pull small tasks (work stealing). Whole tasks cannot be split exactly: round by largest remainders and
expect a makespan a little above the bound. Data transfer can cost more than the imbalance it removes. Equal shares are
held back by the slowest node.

**References.** Graham, *Bounds on Multiprocessing Timing Anomalies* (1969). Zaharia et al., *Improving MapReduce
Performance in Heterogeneous Environments*, OSDI 2008.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.inputs import Positive
from algorithms.registry import Output, algorithm


@algorithm(
    id="speed-proportional-task-sizing",
    name="Task sizes proportional to node speed",
    aliases=("load-aware task sizing", "heterogeneous load balancing", "proportional work split", "makespan"),
    example={"total_work": 100, "speeds": [1, 2, 5]},
)
def speed_proportional_task_sizing(
    total_work: Annotated[float, Field(gt=0, le=1e9)],
    speeds: Annotated[list[Positive], Field(min_length=1, max_length=50)],
) -> Output:
    """Split work over nodes of different speed.

    Parameters
    ----------
    total_work : float
        Work W in units, e.g. records.
    speeds : list of float
        Units a second of each node.

    Returns
    -------
    dict
        ``sizes`` (n,) summing to W and ``makespan`` = W / Σ s in seconds; ``equal_makespan`` of equal shares and the
        ``speedup`` over them; ``whole_sizes`` rounded by largest remainders, summing to W rounded down, and their
        ``whole_makespan``.

    Examples
    --------
    >>> r = speed_proportional_task_sizing(100, [1, 2, 5])
    >>> r["sizes"].tolist(), r["makespan"], round(r["equal_makespan"], 2)
    ([12.5, 25.0, 62.5], 12.5, 33.33)
    """
    s = np.asarray(speeds, dtype=float)  # (n,)
    sizes = total_work * s / s.sum()  # (n,)
    whole = np.floor(sizes)  # (n,)
    rest = int(np.floor(total_work) - whole.sum())
    whole[np.argsort(whole - sizes, kind="stable")[:rest]] += 1
    equal = float(total_work / len(s) / s.min())
    return {
        "sizes": sizes,
        "makespan": float(total_work / s.sum()),
        "equal_makespan": equal,
        "speedup": equal * s.sum() / total_work,
        "whole_sizes": whole.astype(np.int64),
        "whole_makespan": (whole / s).max(),
    }
