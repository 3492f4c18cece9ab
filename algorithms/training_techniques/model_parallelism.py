r"""Model parallelism splits one model over several devices: within layers (tensor parallelism), by layers (pipeline
parallelism), or out to slower memory (offloading).

$$Y = \sum_{r} \sigma\big(X A_{:, r}\big)\, B_{r, :} \qquad \text{bubble} = \frac{p - 1}{m + p - 1}$$

for the column blocks of $A$ and the row blocks of $B$ on device $r$, and for $p$ pipeline stages with $m$
micro-batches.

**Intuition.** Cut the first matrix of a feed-forward block by columns: each device gets some hidden units, and the
activation needs no exchange. Cut the second by rows: each device computes a partial sum, and one all-reduce adds them.
In a pipeline, devices wait while it fills and drains; more micro-batches make the bubble small. Offloading keeps one
layer on the device at a time and moves the others in when needed.

**When to use it.** When weights do not fit on one device. Tensor parallelism inside a machine with fast links,
pipelines between machines, offloading when there is one device and time.

**Cost.** One all-reduce a block forward and one backward; the bubble; or the transfer of all weights each pass.

**Pitfalls.** A row-cut first matrix would need a sum before the nonlinearity: $\sigma(a + b) \ne \sigma(a) +
\sigma(b)$. Add a bias of the row-cut layer once, not on each device. Splitting layers over devices without
micro-batches leaves all but one idle.

**References.** Shoeybi et al., *Megatron-LM* (2019), arXiv:1909.08053. Huang et al., *GPipe* (2018), arXiv:1811.06965.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm


def pipeline_ticks(stages: int, micro_batches: int) -> tuple[int, int]:
    """Run a forward pipeline tick by tick; ticks until the last micro-batch leaves, and idle slots of devices."""
    done = [0] * stages  # micro-batches that each stage has finished
    ticks = idle = 0
    while done[-1] < micro_batches:
        ready = [done[s] < (micro_batches if s == 0 else done[s - 1]) for s in range(stages)]
        done = [d + r for d, r in zip(done, ready, strict=True)]
        idle += ready.count(False)
        ticks += 1
    return ticks, idle


@algorithm(
    id="model-parallelism",
    name="Model (tensor and pipeline) parallelism and offloading",
    aliases=("tensor parallelism", "pipeline parallelism", "CPU offload", "Megatron", "GPipe", "pipeline bubble"),
    example={"devices": 4, "hidden": 64, "micro_batches": 8},
)
def model_parallelism(
    devices: Annotated[int, Field(ge=1, le=32)] = 4,
    hidden: Annotated[int, Field(ge=1, le=512)] = 64,
    d: Annotated[int, Field(ge=1, le=64)] = 16,
    micro_batches: Annotated[int, Field(ge=1, le=256)] = 8,
    layers: Annotated[int, Field(ge=1, le=1000)] = 24,
    seed: Seed = 0,
) -> Output:
    """Split a feed-forward block over devices, and simulate a pipeline and offloading.

    Parameters
    ----------
    devices : int
        Devices that share the block, and stages of the pipeline.
    hidden : int
        Hidden width, a multiple of devices.
    d : int
        Width of input and output.
    micro_batches : int
        Micro-batches m in the pipeline.
    layers : int
        Layers of the model, for offloading.
    seed : int
        Seed of weights and input.

    Returns
    -------
    dict
        ``tensor_gap`` of the sharded from the full result; ``wrong_split_gap`` when the first matrix is cut by rows and not summed before the nonlinearity;
        ``parameters_per_device`` and ``parameters``; ``pipeline_ticks``, ``bubble_share`` of idle slots; ``offload_resident_share`` of the weights on the
        device and ``offload_transfers`` a forward pass.

    Examples
    --------
    >>> result = model_parallelism(4, 64, micro_batches=8)
    >>> result["tensor_gap"] < 1e-12, round(result["bubble_share"], 4)
    (True, 0.2727)
    """
    if hidden % devices:
        raise ValueError(f"hidden must be a multiple of devices = {devices}")
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((8, d))  # (n, d)
    A, B = rng.standard_normal((d, hidden)) / np.sqrt(d), rng.standard_normal((hidden, d)) / np.sqrt(hidden)
    b = rng.standard_normal(d)  # (d,), bias of the second matrix
    full = np.tanh(X @ A) @ B + b  # (n, d)
    columns, rows = np.split(A, devices, axis=1), np.split(B, devices, axis=0)
    partial = [np.tanh(X @ a) @ r for a, r in zip(columns, rows, strict=True)]  # each (n, d), on its device
    sharded = np.sum(partial, axis=0) + b  # the all-reduce; the bias once
    pieces = np.array_split(np.arange(d), devices)
    wrong = sum(np.tanh(X[:, i] @ A[i]) for i in pieces) @ B + b
    ticks, idle = pipeline_ticks(devices, micro_batches)
    return {
        "tensor_gap": float(np.abs(sharded - full).max()),
        "wrong_split_gap": float(np.abs(wrong - full).max()),
        "parameters_per_device": columns[0].size + rows[0].size,
        "parameters": A.size + B.size,
        "pipeline_ticks": ticks,
        "bubble_share": idle / (ticks * devices),
        "offload_resident_share": 1 / layers,
        "offload_transfers": layers,
    }
