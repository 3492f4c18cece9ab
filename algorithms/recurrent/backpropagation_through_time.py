r"""Backpropagation through time computes the gradients of a recurrent network by unrolling it over the sequence and applying the chain rule backwards, step by step.

$$\frac{\partial L}{\partial h_{t-1}} = U^\top \left[(1 - h_t^2) \odot \frac{\partial L}{\partial h_t}\right] + \frac{\partial \ell_{t-1}}{\partial h_{t-1}}, \qquad \frac{\partial L}{\partial U} = \sum_t \delta_t\, h_{t-1}^\top$$

**Intuition.** Unrolled, the network is deep, with one layer a time step and the same weights in each; their gradients add up. Going back $k$ steps multiplies by $k$ Jacobians that all contain $U$, so the gradient scales about like $\lVert U \rVert^k$: it vanishes below one and explodes above.

**When to use it.** To train any recurrent network; frameworks do it for you.

**Cost.** Time as the forward pass, memory $O(T h)$ for the states. Truncated versions go back a fixed number of steps.

**Pitfalls.** Sum the weight gradients over all steps. The gradient of a state has two sources: its own loss and the next state. Clip exploding gradients by norm; vanishing ones need gates (LSTM, GRU) or attention. Truncation biases the
gradient: dependencies longer than the window are not learned. The tanh derivative uses $h_t$, not the pre-activation.

**References.** Werbos, *Backpropagation Through Time* (1990). Bengio, Simard and Frasconi, *Learning Long-Term Dependencies with Gradient Descent is
Difficult* (1994). Pascanu, Mikolov and Bengio, arXiv:1211.5063.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.recurrent.recurrent_neural_network import Cell, run_rnn
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


def bptt(X: Floats, cell: Cell, dH: Floats) -> tuple[Cell, Floats]:
    """Gradients of the weights (as a cell) and of each state (T, h), for direct state gradients `dH` (T, h) of the loss."""
    H = run_rnn(X, cell)  # (T, h)
    before = np.vstack([np.zeros(H.shape[1]), H[:-1]])  # (T, h)
    total, deltas = np.zeros_like(H), np.zeros_like(H)
    carried = np.zeros(H.shape[1])
    for t in range(len(X) - 1, -1, -1):
        total[t] = dH[t] + carried
        deltas[t] = total[t] * (1 - H[t] ** 2)
        carried = cell.U.T @ deltas[t]
    return Cell(deltas.T @ X, deltas.T @ before, deltas.sum(axis=0)), total


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Norm of the gradient by distance from the loss."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    norms = [norm for norm in output["gradient_norms"] if norm > 0]
    axes.semilogy(norms)
    axes.set(xlabel="steps back", ylabel="gradient norm", title=f"spectral radius {inputs['spectral_radius']:g}")
    return figure


@algorithm(
    id="backpropagation-through-time",
    name="Backpropagation through time",
    aliases=("BPTT", "vanishing gradients in RNNs", "unrolled backpropagation"),
    example={"steps": 40, "spectral_radius": 0.8},
    figure=draw,
)
def backpropagation_through_time(
    steps: Annotated[int, Field(ge=1, le=200)] = 40,
    spectral_radius: Annotated[float, Field(gt=0, le=3)] = 0.8,
    hidden_size: Annotated[int, Field(ge=1, le=16)] = 4,
    input_scale: Annotated[float, Field(ge=0, le=10)] = 0.01,
    seed: Seed = 0,
) -> Output:
    """Gradients of the loss half |h_T - 1|² in a network whose recurrent matrix is a scaled rotation.

    Parameters
    ----------
    steps : int
        Length T of the sequence.
    spectral_radius : float
        All singular values of U.
    hidden_size : int
        Size h of the state.
    input_scale : float
        Scale of the random inputs; small ones keep tanh nearly linear.
    seed : int
        Seed of weights and inputs.

    Returns
    -------
    dict
        ``gradient_norms``, at most 50, of the loss with respect to h_T, h_(T-1), …; ``measured_factor`` a step, their mean ratio;
        ``gradient_first_state``; ``numerical_error``, largest relative difference of the weight gradients from central
        differences; ``gradient_U`` (Frobenius norm).

    Examples
    --------
    >>> output = backpropagation_through_time(40, spectral_radius=0.8)
    >>> round(output["measured_factor"], 2), output["numerical_error"] < 1e-6
    (0.8, True)
    """
    rng = np.random.default_rng(seed)
    Q, _ = np.linalg.qr(rng.standard_normal((hidden_size, hidden_size)))
    W = rng.standard_normal((hidden_size, 2)) / np.sqrt(2)
    cell = Cell(W, spectral_radius * Q, np.zeros(hidden_size))
    X = input_scale * rng.standard_normal((steps, 2))  # (T, d)

    def loss(c: Cell) -> float:
        return float(((run_rnn(X, c)[-1] - 1) ** 2).sum() / 2)

    dH = np.zeros((steps, hidden_size))
    dH[-1] = run_rnn(X, cell)[-1] - 1
    gradient, total = bptt(X, cell, dH)
    norms = np.linalg.norm(total, axis=1)[::-1]  # (T,) from the last state backwards
    error = 0.0
    for i, j in ((0, 0), (hidden_size - 1, 0)):
        step = np.zeros_like(cell.U)
        step[i, j] = 1e-6
        slope = (loss(Cell(W, cell.U + step, cell.b)) - loss(Cell(W, cell.U - step, cell.b))) / 2e-6
        error = max(error, abs(slope - float(gradient.U[i, j])) / max(1.0, abs(slope)))
    factor = (norms[-1] / norms[0]) ** (1 / (steps - 1)) if steps > 1 and norms[0] > 0 else 1.0
    return {
        "gradient_norms": norms[:50],
        "measured_factor": float(factor),
        "gradient_first_state": norms[-1],
        "numerical_error": error,
        "gradient_U": np.linalg.norm(gradient.U),
    }
