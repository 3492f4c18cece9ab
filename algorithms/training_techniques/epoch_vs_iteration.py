r"""An epoch is one pass over the training set, an iteration is one optimizer step on one mini-batch; a data loader
decides how many iterations make an epoch.

$$\text{iterations an epoch} = \lceil N / B \rceil \quad (\text{drop\_last: } \lfloor N / B \rfloor), \qquad \text{total steps} = E \cdot \text{iterations}$$

**Intuition.** With 1,000 examples and batches of 100 there are 10 iterations; with 1,050 there are 11, and the last
batch has 50. Gradient accumulation over $k$ batches divides the number of optimizer steps by $k$. Each epoch visits
every example once, in a new order.

**When to use it.** To set learning-rate schedules, logging and checkpoints, which count steps.

**Cost.** Arithmetic only.

**Pitfalls.** Integer division loses the last, smaller batch: round up unless it is dropped. `len(loader)` counts
batches, `len(dataset)` examples. Define `total_steps = epochs * len(loader)` before making a schedule; guides that use
it undefined do not run. They also use `transformers.AdamW`, which was removed: import `torch.optim.AdamW`. Averaging
batch losses weights a small last batch too much. With several devices the loader of each sees $N$ divided by their
number. Shuffle for training, not for evaluation.

**References.** Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 8.1.3. The documentation of
`torch.utils.data`.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm


def shuffled_batches(n: int, batch_size: int, drop_last: bool, rng: np.random.Generator) -> list[list[int]]:
    """One epoch of example numbers in random order, cut into batches.

    Examples
    --------
    >>> [len(batch) for batch in shuffled_batches(5, 2, False, np.random.default_rng(0))]
    [2, 2, 1]
    """
    order = rng.permutation(n).tolist()
    batches = [order[i : i + batch_size] for i in range(0, n, batch_size)]
    return batches[:-1] if drop_last and n % batch_size else batches


@algorithm(
    id="epoch-vs-iteration",
    name="Epochs, iterations and data loaders",
    aliases=("steps per epoch", "DataLoader", "batching", "iterations per epoch", "total training steps", "epoch"),
    example={"n": 1000, "batch_size": 100},
)
def epoch_vs_iteration(
    n: Annotated[int, Field(ge=1, le=10**15)],
    batch_size: Annotated[int, Field(ge=1, le=10**15)],
    epochs: Annotated[int, Field(ge=1, le=10**9)] = 1,
    drop_last: bool = False,
    accumulation: Annotated[int, Field(ge=1, le=10**6)] = 1,
    devices: Annotated[int, Field(ge=1, le=10**6)] = 1,
    seed: Seed = 0,
) -> Output:
    """Batches and optimizer steps of a training run.

    Parameters
    ----------
    n : int
        Examples in the training set.
    batch_size : int
        Examples a batch (on each device).
    epochs : int
        Passes over the set.
    drop_last : bool
        Leave out an incomplete last batch.
    accumulation : int
        Batches whose gradients are added up for one optimizer step.
    devices : int
        Devices that share the set; each gets ceil(n / devices) examples.
    seed : int
        Seed of the shuffled order shown for small sets.

    Returns
    -------
    dict
        ``iterations_per_epoch`` batches; ``total_iterations``; ``optimizer_steps`` in all; ``last_batch_size``; ``effective_batch_size``;
        ``first_epoch`` the batches of a shuffled epoch, for at most 50 examples on one device, else None.

    Examples
    --------
    >>> epoch_vs_iteration(1000, 100)["iterations_per_epoch"], epoch_vs_iteration(1050, 100)["iterations_per_epoch"]
    (10, 11)
    """
    local = -(-n // devices)
    iterations = local // batch_size if drop_last else -(-local // batch_size)
    rest = local % batch_size
    small = n <= 50 and devices == 1
    return {
        "iterations_per_epoch": iterations,
        "total_iterations": epochs * iterations,
        "optimizer_steps": epochs * -(-iterations // accumulation),
        "last_batch_size": 0 if not iterations else rest if rest and not drop_last else batch_size,
        "effective_batch_size": batch_size * accumulation * devices,
        "first_epoch": shuffled_batches(n, batch_size, drop_last, np.random.default_rng(seed)) if small else None,
    }
