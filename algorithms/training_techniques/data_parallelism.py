r"""Data parallelism gives each device a copy of the model and a share of the batch, and averages their gradients by
all-reduce before the same update everywhere.

$$g = \frac1N \sum_{r=1}^{N} \nabla L_r(\theta), \qquad
\text{ring all-reduce: each device sends } 2\,\frac{N-1}{N}\,|g| \text{ numbers}$$

**Intuition.** The mean of the gradients of equal shards is the gradient of the whole batch, so all copies stay
identical. The ring first adds up one chunk at each device (reduce-scatter), then passes the sums around (all-gather);
the traffic of a device hardly depends on $N$. ZeRO notices that the copies are redundant: it shards the optimizer
states (stage 1), the gradients too (2), and the weights too (3, as FSDP).

**When to use it.** When the model fits on a device and the batch or the data are large; with ZeRO also when the states
do not fit.

**Cost.** One all-reduce of the gradients a step, overlapped with the backward pass.

**Pitfalls.** The global batch grows with $N$: adapt the learning rate. Unequal shards bias the plain average. Shuffle
with a distributed sampler, or devices see the same data. Batch normalisation is local unless synchronised. With Adam in
mixed precision the states are 12 of 16 bytes a parameter; stage 1 divides only these.

**References.** Rajbhandari et al., *ZeRO* (2019), arXiv:1910.02054. Li et al., *PyTorch distributed* (2020),
arXiv:2006.15704.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_networks import new_network
from algorithms.training_techniques.gradient_accumulation import mean_gradient

Floats = NDArray[np.float64]


def ring_all_reduce(values: Floats) -> tuple[Floats, int]:
    """Sum the rows (N, p) so that every device has it; also the most numbers any device sent."""
    N, p = values.shape
    chunks = [list(np.array_split(row, N)) for row in values]  # chunks[device][chunk]
    sent = np.zeros(N, dtype=np.int64)
    for phase in range(2):
        for step in range(N - 1):
            messages = []
            for device in range(N):
                chunk = (device - step + phase) % N  # in phase 1 the owned sum starts one further
                messages.append((device, chunk, chunks[device][chunk].copy()))
                sent[device] += len(messages[-1][2])
            for device, chunk, data in messages:
                neighbour = (device + 1) % N
                chunks[neighbour][chunk] = chunks[neighbour][chunk] + data if phase == 0 else data
    return np.stack([np.concatenate(own) for own in chunks]).reshape(N, p), int(sent.max())


@algorithm(
    id="data-parallelism",
    name="Data parallelism and ZeRO",
    aliases=("DDP", "all-reduce", "ZeRO optimizer-state sharding", "ZeRO", "DeepSpeed", "FSDP", "ring all-reduce"),
    example={"devices": 4, "batch_size": 32, "parameters": 7_000_000_000},
)
def data_parallelism(
    devices: Annotated[int, Field(ge=1, le=64)] = 4,
    batch_size: Annotated[int, Field(ge=1, le=512)] = 32,
    parameters: Annotated[float, Field(ge=1, le=1e16)] = 7e9,
    seed: Seed = 0,
) -> Output:
    """Average shard gradients over a ring, and count the memory of ZeRO.

    Parameters
    ----------
    devices : int
        Number N of devices.
    batch_size : int
        Examples in all, a multiple of N.
    parameters : float
        Parameters of the model whose memory is asked for.
    seed : int
        Seed of the small network and its data.

    Returns
    -------
    dict
        ``gradient_gap`` of the averaged gradient from that of the whole batch; ``replica_gap`` between devices (0); ``numbers_sent`` by the busiest device and
        ``gradient_size``; ``memory_gb`` a device for plain data parallelism and ZeRO stages 1 to 3, with Adam in mixed precision and without activations.

    Examples
    --------
    >>> result = data_parallelism(4, 32)
    >>> result["gradient_gap"] < 1e-14, result["memory_gb"]["ZeRO-1"]
    (True, 49.0)
    """
    if batch_size % devices:
        raise ValueError(f"batch_size must be a multiple of devices = {devices}")
    rng = np.random.default_rng(seed)
    params = new_network((4, 8, 3), rng)
    x, y = rng.standard_normal((batch_size, 4)), rng.integers(0, 3, batch_size)  # (n, 4), (n,)
    shards = np.split(np.arange(batch_size), devices)
    local = np.stack([mean_gradient(params, x[shard], y[shard]) for shard in shards])  # (N, p)
    summed, sent = ring_all_reduce(local)
    averaged = summed / devices  # (N, p)
    gb, n = parameters / 1e9, devices
    return {
        "gradient_gap": float(np.abs(averaged - mean_gradient(params, x, y)).max()),
        "replica_gap": float(np.abs(averaged - averaged[0]).max()),
        "numbers_sent": sent,
        "gradient_size": local.shape[1],
        "memory_gb": {
            "data parallel": gb * (2 + 2 + 12),
            "ZeRO-1": gb * (2 + 2 + 12 / n),
            "ZeRO-2": gb * (2 + (2 + 12) / n),
            "ZeRO-3": gb * (2 + 2 + 12) / n,
        },
    }
