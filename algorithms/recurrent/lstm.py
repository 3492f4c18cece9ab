r"""A long short-term memory (LSTM) cell keeps a cell state that gates protect, so that information and gradients survive many steps.

$$f, i, o = \sigma(W_\cdot x_t + U_\cdot h_{t-1} + b_\cdot), \quad g = \tanh(W_g x_t + U_g h_{t-1} + b_g), \quad c_t = f \odot c_{t-1} + i \odot g, \quad h_t = o \odot \tanh(c_t)$$

**Intuition.** The cell state is a conveyor belt: the forget gate decides what stays on it, the input gate what is added, the output gate what is shown. It is updated by addition, so with $f = 1$ and $i = 0$ it passes a step unchanged, and so does its gradient.

**When to use it.** For sequences of moderate length, streams and small data; Transformers have replaced it where data and compute abound.

**Cost.** $4(h(d + h) + h)$ parameters: 2480 for 10 inputs and 20 units (PyTorch has two bias vectors: 2560).

**Pitfalls.** Listing three gates forgets the fourth linear block, the candidate $g$. Gradients do not flow "without vanishing": along the cell state they shrink as the *product of the forget gates*, which is much better than in a plain network but not
constant. Start the forget bias at 1 or more. $|h_t| < 1$, while $c_t$ is unbounded. The gate order in stored weights differs between libraries (PyTorch: i, f, g, o).

**References.** Hochreiter and Schmidhuber, *Long Short-Term Memory* (1997). Gers, Schmidhuber and Cummins, *Learning to Forget* (2000).
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


def lstm_step(x: Floats, h: Floats, c: Floats, cell: Cell) -> tuple[Floats, Floats, Floats]:
    """New state (h,), new cell state (h,) and gates (4, h): input, forget, candidate, output."""
    z = (cell.W @ x + cell.U @ h + cell.b).reshape(4, -1)  # (4, h)
    i, f, o = logistic(z[0]), logistic(z[1]), logistic(z[3])
    g = np.tanh(z[2])
    c = f * c + i * g
    return o * np.tanh(c), c, np.stack([i, f, g, o])


def run_lstm(X: Floats, cell: Cell) -> tuple[Floats, Floats, Floats]:
    """States (T, h), cell states (T, h) and gates (T, 4, h) for inputs `X` (T, d)."""
    h = c = np.zeros(cell.U.shape[1])
    rows = []
    for x in X:
        h, c, gates = lstm_step(x, h, c, cell)
        rows.append((h, c, gates))
    hs, cs, gs = zip(*rows, strict=True)
    return np.stack(hs), np.stack(cs), np.stack(gs)


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Components of the cell state over time."""
    return draw_states(output["cell_states"], "LSTM cell state")


@algorithm(
    id="lstm",
    name="Long short-term memory cell",
    aliases=("long short-term memory", "forget gate", "input gate", "output gate", "cell state"),
    example={"sequence": WAVE, "hidden_size": 4, "count_inputs": 10, "count_hidden": 20},
    figure=draw,
)
def lstm(
    sequence: Steps,
    hidden_size: Annotated[int, Field(ge=1, le=16)] = 4,
    forget_bias: Annotated[float, Field(ge=-1000, le=1000)] = 1.0,
    input_bias: Annotated[float, Field(ge=-1000, le=1000)] = 0.0,
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
    forget_bias : float
        Added to the forget gate's argument; large values keep the cell state.
    input_bias : float
        Added to the input gate's argument; very negative values let nothing in.
    count_inputs : int
        Input size of the parameter count.
    count_hidden : int
        State size of the parameter count.
    seed : int
        Seed of the weights.

    Returns
    -------
    dict
        ``states`` and ``cell_states`` (T, h); ``mean_gates``, mean value of input, forget, candidate and output;
        ``cell_gradient`` (h,), the product of all forget gates after the first step: the direct gradient of c_T with respect to c_1;
        ``parameters`` and ``parameters_two_biases`` of the count.

    Examples
    --------
    >>> output = lstm([[1.0], [0.0]], count_inputs=10, count_hidden=20)
    >>> output["parameters"], output["parameters_two_biases"]
    (2480, 2560)
    """
    X = np.asarray(sequence, dtype=np.float64)  # (T, d)
    cell = Cell.random(X.shape[1], hidden_size, 4, np.random.default_rng(seed))
    shift = np.repeat([input_bias, forget_bias, 0.0, 0.0], hidden_size)
    h, c, gates = run_lstm(X, Cell(cell.W, cell.U, cell.b + shift))
    d_, h_ = count_inputs, count_hidden
    return {
        "states": h,
        "cell_states": c,
        "mean_gates": dict(zip(("input", "forget", "candidate", "output"), gates.mean(axis=(0, 2)), strict=True)),
        "cell_gradient": gates[1:, 1].prod(axis=0),
        "parameters": 4 * h_ * (d_ + h_) + 4 * h_,
        "parameters_two_biases": 4 * h_ * (d_ + h_) + 8 * h_,
    }
