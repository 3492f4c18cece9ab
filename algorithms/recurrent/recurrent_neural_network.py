r"""A recurrent neural network reads a sequence step by step and carries a hidden state from one step to the next, with the same weights at every step.

$$h_t = \tanh(W x_t + U h_{t-1} + b)$$

**Intuition.** The state is a running summary of what has been read. Since the weights are shared over time, the network takes inputs of any length and its number of parameters does not depend on it. A bidirectional network runs a second one from the end
and concatenates both states, so that each position knows its past and its future.

**When to use it.** For streams and short sequences, small devices, and as the basis of LSTM and GRU, which train better.

**Cost.** $h(d + h) + h$ parameters; $O(T (d h + h^2))$ time, in $T$ steps that cannot run in parallel.

**Pitfalls.** Gradients through many steps vanish or explode, so long dependencies are not learned. A recurrent network has no fixed context length; what it lacks is memory over distance. The backward half of a
bidirectional network is the forward recursion on the *reversed* input, with its own weights and its outputs reversed back; such a network cannot generate from left to right. With padded batches the last state of a short sequence is not at the last position. PyTorch keeps two bias vectors, which add up to one.

**References.** Elman, *Finding Structure in Time* (1990). Schuster and Paliwal, *Bidirectional Recurrent Neural Networks* (1997). Goodfellow, Bengio and
Courville, *Deep Learning* (2016), chapter 10.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from pydantic import AfterValidator, Field

from algorithms.inputs import Number, Seed, rectangular
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Steps = Annotated[
    list[Annotated[list[Number], Field(min_length=1, max_length=16)]],
    Field(min_length=1, max_length=64),
    AfterValidator(rectangular),
]
"""1 to 64 time steps of 1 to 16 numbers each."""
WAVE = [[1.0, 0.0], [0.5, 0.8], [-0.5, 0.8], [-1.0, 0.0], [-0.5, -0.8]]


@dataclass(frozen=True)
class Cell:
    """Weights of a cell with g stacked gates: W (g h, d), U (g h, h), b (g h,)."""

    W: Floats
    U: Floats
    b: Floats

    @classmethod
    def random(cls, d: int, h: int, gates: int, rng: np.random.Generator) -> Cell:
        """Uniform weights in ± 1/sqrt(h), as is usual for recurrent layers."""
        bound = 1 / np.sqrt(h)
        return cls(*(rng.uniform(-bound, bound, size) for size in ((gates * h, d), (gates * h, h), gates * h)))


def run_rnn(X: Floats, cell: Cell, h_0: Floats | None = None) -> Floats:
    """States (T, h) for inputs `X` (T, d).

    Examples
    --------
    >>> run_rnn(np.array([[1.0], [0.0]]), Cell(np.eye(1), np.eye(1), np.zeros(1))).round(4).tolist()
    [[0.7616], [0.642]]
    """
    h = np.zeros(cell.U.shape[1]) if h_0 is None else h_0
    states = []
    for x in X:
        h = np.tanh(cell.W @ x + cell.U @ h + cell.b)  # (h,)
        states.append(h)
    return np.stack(states)


def draw_states(states: Any, title: str) -> Any:
    """Figure of at most eight components of a state sequence (T, h) over time."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.plot(np.asarray(states, dtype=np.float64)[:, :8])
    axes.set(xlabel="time step", ylabel="state", title=title)
    return figure


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Components of the state over time."""
    return draw_states(output["states"], "hidden state")


@algorithm(
    id="recurrent-neural-network",
    name="Recurrent neural network",
    aliases=("RNN", "Elman network", "vanilla RNN", "Bidirectional RNN", "BiRNN", "BiLSTM"),
    example={"sequence": WAVE, "hidden_size": 4, "bidirectional": True},
    figure=draw,
)
def recurrent_neural_network(
    sequence: Steps, hidden_size: Annotated[int, Field(ge=1, le=16)] = 4, bidirectional: bool = False, seed: Seed = 0
) -> Output:
    """Run a random network over `sequence`.

    Parameters
    ----------
    sequence : list of list of float, (T, d)
        Inputs, one row a time step.
    hidden_size : int
        Size h of the state in each direction.
    bidirectional : bool
        Add a second network that reads from the end.
    seed : int
        Seed of the weights.

    Returns
    -------
    dict
        ``states`` (T, h), or (T, 2 h) with the backward half last; ``last_state`` of the forward direction; ``parameters``, whatever the
        length; ``sequential_steps`` T.

    Examples
    --------
    >>> output = recurrent_neural_network([[1.0, 0.0], [0.5, 0.8]], hidden_size=3)
    >>> output["states"].shape, output["parameters"]
    ((2, 3), 18)
    """
    X = np.asarray(sequence, dtype=np.float64)  # (T, d)
    rng = np.random.default_rng(seed)
    cells = [Cell.random(X.shape[1], hidden_size, 1, rng) for _ in range(2 if bidirectional else 1)]
    forward = run_rnn(X, cells[0])  # (T, h)
    states = forward
    if bidirectional:
        states = np.concatenate([forward, run_rnn(X[::-1], cells[1])[::-1]], axis=1)  # (T, 2 h)
    return {
        "states": states,
        "last_state": forward[-1],
        "parameters": sum(cell.W.size + cell.U.size + cell.b.size for cell in cells),
        "sequential_steps": len(X),
    }
