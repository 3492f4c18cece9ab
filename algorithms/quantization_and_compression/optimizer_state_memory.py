r"""Optimizer-state memory is what an optimizer keeps for each parameter between steps, beside weights and gradients.

$$\text{AdamW: } 4 + 4 = 8, \qquad \text{8-bit AdamW: } 1 + 1 = 2, \qquad
\text{Adafactor: } \frac{4(n + m)}{nm}\ (+\,4 \text{ with a first moment}) \quad \text{bytes a parameter}$$

for matrices of $n \times m$.

**Intuition.** Adam keeps two running averages a parameter, in 32 bits. Storing them in 8 bits with block-wise scales
takes a quarter. Adafactor keeps, in place of the matrix of second moments, its row and column sums. For 7 billion
parameters: 56 GB, 14 GB, and 28 GB for Adafactor with a first moment.

**When to use it.** To plan the memory of training and to choose an optimizer.

**Cost.** Arithmetic only.

**Pitfalls.** "Training a 7B model needs 56 GB" counts only the states of AdamW. Weights, gradients, the 32-bit master
copy and activations come on top; mixed-precision Adam takes about 16 bytes a parameter, 112 GB. "Adafactor costs 4
bytes a parameter" holds only with a first moment; without one the factored state is far smaller, $O(n + m)$ a matrix.
The vectors (biases, norms) are not factored. Frozen parameters need no state, which is why LoRA saves so much. ZeRO
divides the states among devices.

**References.** Loshchilov and Hutter (2017), arXiv:1711.05101. Shazeer and Stern, *Adafactor* (2018), arXiv:1804.04235.
Dettmers et al., *8-bit optimizers* (2021), arXiv:2110.02861.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from algorithms.registry import Output, algorithm

Side = Annotated[int, Field(ge=1, le=1_000_000)]
Optimizer = Literal["sgd", "momentum", "adamw", "adamw-8bit", "adafactor"]


@algorithm(
    id="optimizer-state-memory",
    name="Optimizer-state memory",
    aliases=("Adam memory", "training memory", "AdamW memory", "8-bit Adam memory", "Adafactor memory"),
    example={"parameters": 7_000_000_000, "optimizer": "adamw"},
)
def optimizer_state_memory(
    parameters: Annotated[float, Field(ge=1, le=1e16)],
    optimizer: Optimizer = "adamw",
    first_moment: bool = True,
    rows: Side = 4096,
    columns: Side = 4096,
    devices: Annotated[int, Field(ge=1, le=1_000_000)] = 1,
) -> Output:
    """Bytes of optimizer states, and of mixed-precision training around them.

    Parameters
    ----------
    parameters : float
        Number of trained parameters, 7e9 for a 7B model.
    optimizer : {"sgd", "momentum", "adamw", "adamw-8bit", "adafactor"}
        Which states are kept.
    first_moment : bool
        Whether Adafactor keeps a first moment.
    rows : int
        Rows of a typical weight matrix, for Adafactor.
    columns : int
        Columns of a typical weight matrix, for Adafactor.
    devices : int
        Devices among which the states are sharded.

    Returns
    -------
    dict
        ``bytes_per_parameter`` of the states; ``state_gb`` on each device; ``weights_and_gradients_gb`` for 16-bit weights, 16-bit gradients
        and a 32-bit master copy; ``total_gb`` of both on one device, without activations.

    Examples
    --------
    >>> result = optimizer_state_memory(7e9, "adamw")
    >>> result["state_gb"], result["total_gb"]
    (56.0, 112.0)
    """
    factored = 4 * (rows + columns) / (rows * columns)
    per_parameter = {
        "sgd": 0.0,
        "momentum": 4.0,
        "adamw": 8.0,
        "adamw-8bit": 2.0,
        "adafactor": factored + (4.0 if first_moment else 0.0),
    }[optimizer]
    state = parameters * per_parameter / devices / 1e9
    around = parameters * (2 + 2 + 4) / 1e9
    return {
        "bytes_per_parameter": per_parameter,
        "state_gb": state,
        "weights_and_gradients_gb": around,
        "total_gb": state + around,
    }
