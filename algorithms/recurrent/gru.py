r"""A gated recurrent unit (GRU) is a simplified LSTM: two gates decide how much of the old state is reset and how much is replaced, without a separate cell state.

$$z, r = \sigma(W_\cdot x_t + U_\cdot h_{t-1} + b_\cdot), \quad n = \tanh(W_n x_t + b_n + r \odot (U_n h_{t-1} + c_n)), \quad h_t = (1 - z) \odot n + z \odot h_{t-1}$$

**Intuition.** The update gate $z$ mixes the old state with a proposal $n$; with $z = 1$ the state is copied. The reset gate $r$ lets the proposal ignore the past. One gate does what forget and input gate do in an LSTM.

**When to use it.** As an LSTM, with fewer parameters; which of both is better depends on the task.

**Cost.** $3(h(d + h) + h)$ parameters: 1860 for 10 inputs and 20 units.

**Pitfalls.** Two conventions exist: here, as in PyTorch, $z = 1$ *keeps* the old state; in the original paper's later versions and other texts the roles of $z$ and $1 - z$ are swapped. The reset gate may act before or after the
multiplication with $U_n$; trained weights fit only one of them, and the second form needs its own bias $c_n$. Gradients do vanish, only more slowly: they shrink as products of $z$. There is no cell state to pass along.

**References.** Cho et al., *Learning Phrase Representations using RNN Encoder-Decoder*, arXiv:1406.1078. Chung et al., *Empirical Evaluation of Gated
Recurrent Neural Networks*, arXiv:1412.3555.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.activations.sigmoid import logistic
from algorithms.inputs import Seed
from algorithms.recurrent.recurrent_neural_network import WAVE, Cell, Steps, draw_states
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


def gru_step(x: Floats, h: Floats, cell: Cell, c_n: Floats) -> tuple[Floats, Floats]:
    """New state (h,) and gates (3, h): reset, update, proposal; `c_n` (h,) is the bias inside the reset product."""
    a = (cell.W @ x + cell.b).reshape(3, -1)  # (3, h)
    u = (cell.U @ h).reshape(3, -1)  # (3, h)
    r, z = logistic(a[0] + u[0]), logistic(a[1] + u[1])
    n = np.tanh(a[2] + r * (u[2] + c_n))
    return (1 - z) * n + z * h, np.stack([r, z, n])


def run_gru(X: Floats, cell: Cell, c_n: Floats) -> tuple[Floats, Floats]:
    """States (T, h) and gates (T, 3, h) for inputs `X` (T, d)."""
    h, rows = np.zeros(cell.U.shape[1]), []
    for x in X:
        h, gates = gru_step(x, h, cell, c_n)
        rows.append((h, gates))
    hs, gs = zip(*rows, strict=True)
    return np.stack(hs), np.stack(gs)


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Components of the state over time."""
    return draw_states(output["states"], "GRU state")


@algorithm(
    id="gru",
    name="Gated recurrent unit",
    aliases=("gated recurrent unit", "update gate", "reset gate"),
    example={"sequence": WAVE, "hidden_size": 4, "count_inputs": 10, "count_hidden": 20},
    figure=draw,
)
def gru(
    sequence: Steps,
    hidden_size: Annotated[int, Field(ge=1, le=16)] = 4,
    update_bias: Annotated[float, Field(ge=-1000, le=1000)] = 0.0,
    count_inputs: Annotated[int, Field(ge=1, le=1_000_000)] = 10,
    count_hidden: Annotated[int, Field(ge=1, le=1_000_000)] = 20,
    seed: Seed = 0,
) -> Output:
    """Run a random cell over `sequence`, and count the parameters of another size.

    Parameters
    ----------
    sequence : list of list of float, (T, d)
        Inputs, one row a time step.
    hidden_size : int
        Size h of the state.
    update_bias : float
        Added to the update gate's argument; large values copy the state.
    count_inputs : int
        Input size of the parameter count.
    count_hidden : int
        State size of the parameter count.
    seed : int
        Seed of the weights.

    Returns
    -------
    dict
        ``states`` (T, h) in (-1, 1); ``mean_gates``, mean value of reset, update and proposal; ``copy_share``, the mean product of
        update gates after the first step, what is left of h_1 directly in h_T; ``parameters`` of the count (one bias a gate) and
        ``parameters_two_biases``.

    Examples
    --------
    >>> gru([[1.0], [0.0]], count_inputs=10, count_hidden=20)["parameters"]
    1860
    """
    X = np.asarray(sequence, dtype=np.float64)  # (T, d)
    rng = np.random.default_rng(seed)
    cell = Cell.random(X.shape[1], hidden_size, 3, rng)
    shift = np.repeat([0.0, update_bias, 0.0], hidden_size)
    c_n = rng.uniform(-1, 1, hidden_size) / np.sqrt(hidden_size)
    h, gates = run_gru(X, Cell(cell.W, cell.U, cell.b + shift), c_n)
    d_, h_ = count_inputs, count_hidden
    return {
        "states": h,
        "mean_gates": dict(zip(("reset", "update", "proposal"), gates.mean(axis=(0, 2)), strict=True)),
        "copy_share": gates[1:, 1].prod(axis=0).mean(),
        "parameters": 3 * h_ * (d_ + h_) + 3 * h_,
        "parameters_two_biases": 3 * h_ * (d_ + h_) + 6 * h_,
    }
