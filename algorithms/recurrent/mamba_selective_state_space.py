r"""Mamba's selective state-space model is a linear recurrence whose parameters depend on the input, so that it can choose what to keep, in time linear in the sequence length.

$$h_t = \bar A_t\, h_{t-1} + \bar B_t\, x_t, \qquad y_t = C_t\, h_t, \qquad \bar A_t = e^{\Delta_t A}, \quad \bar B_t = \Delta_t B_t, \quad \Delta_t = \mathrm{softplus}(w_\Delta x_t + b_\Delta)$$

**Intuition.** A continuous system is sampled with a step $\Delta_t$. A large step forgets the past and takes in $x_t$; a step near zero skips the token and keeps the state. Since $\Delta$, $B$ and $C$ are functions of the input, the model selects.
The recurrence is linear in $h$, so steps combine associatively, $(a_2, b_2) \circ (a_1, b_1) = (a_2 a_1, a_2 b_1 + b_2)$, and a parallel scan needs only $\log_2 T$ rounds.

**When to use it.** For very long sequences: audio, genomes, and language models with constant memory a generated token.

**Cost.** $O(T d N)$ time for state size $N$, $O(d N)$ memory in generation, against $O(T^2 d)$ and a growing cache for attention.

**Pitfalls.** With input-dependent parameters the convolution form of earlier state-space models is no longer possible; the scan replaces it. $A$ must be negative, or states explode. The order in the operator matters: later on the left. A fixed state cannot copy arbitrary long passages as attention can.

**References.** Gu and Dao, *Mamba: Linear-Time Sequence Modeling with Selective State Spaces*, arXiv:2312.00752. Gu, Goel and Ré, *S4*, arXiv:2111.00396.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.recurrent.recurrent_neural_network import draw_states
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Signal = Annotated[
    list[Annotated[float, Field(allow_inf_nan=False, ge=-100, le=100)]], Field(min_length=1, max_length=256)
]


def selective_parameters(
    x: Floats, N: int, rng: np.random.Generator, delta_bias: float
) -> tuple[Floats, Floats, Floats, Floats]:
    """Factors a (T, N), inputs b (T, N), readouts C (T, N) and steps (T,) of a signal (T,)."""
    A = -np.arange(1.0, N + 1)  # (N,) decay rates 1 to N
    w_B, b_B, w_C, b_C = rng.standard_normal((4, N))
    delta = np.logaddexp(0, rng.standard_normal() * x + delta_bias)  # (T,) softplus
    a = np.exp(delta[:, None] * A)  # (T, N) in (0, 1)
    b = delta[:, None] * (np.outer(x, w_B) + b_B) * x[:, None]  # (T, N)
    return a, b, np.outer(x, w_C) + b_C, delta


def sequential_scan(a: Floats, b: Floats) -> Floats:
    """States (T, N) of h_t = a_t h_(t-1) + b_t.

    Examples
    --------
    >>> sequential_scan(np.full((3, 1), 0.5), np.ones((3, 1))).ravel().tolist()
    [1.0, 1.5, 1.75]
    """
    h, states = np.zeros(a.shape[1]), []
    for a_t, b_t in zip(a, b, strict=True):
        h = a_t * h + b_t
        states.append(h)
    return np.stack(states)


def parallel_scan(a: Floats, b: Floats) -> tuple[Floats, int]:
    """The same states by log2(T) rounds of combining pairs at distance 1, 2, 4, …, and the number of rounds.

    Examples
    --------
    >>> states, rounds = parallel_scan(np.full((3, 1), 0.5), np.ones((3, 1)))
    >>> states.ravel().tolist(), rounds
    ([1.0, 1.5, 1.75], 2)
    """
    a, b, distance, rounds = a.copy(), b.copy(), 1, 0
    while distance < len(a):
        a_new, b_new = a.copy(), b.copy()
        b_new[distance:] = a[distance:] * b[:-distance] + b[distance:]
        a_new[distance:] = a[distance:] * a[:-distance]
        a, b = a_new, b_new
        distance, rounds = 2 * distance, rounds + 1
    return b, rounds


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Input and output over time."""
    return draw_states(np.column_stack([inputs["signal"][:50], output["y"]]), "Mamba: input and output")


@algorithm(
    id="mamba-selective-state-space",
    name="Mamba selective state-space model",
    aliases=("Mamba", "SSM", "selective scan", "state space model"),
    example={"signal": [1.0, 0.0, 0.0, 0.5, -1.0, 0.0, 0.0, 0.0, 2.0, 0.0], "state_size": 4},
    figure=draw,
)
def mamba_selective_state_space(
    signal: Signal,
    state_size: Annotated[int, Field(ge=1, le=32)] = 4,
    delta_bias: Annotated[float, Field(ge=-50, le=50)] = 0.0,
    seed: Seed = 0,
) -> Output:
    """One channel of a selective state-space layer with random parameters.

    Parameters
    ----------
    signal : list of float, length T
        Input x.
    state_size : int
        Numbers N in the state.
    delta_bias : float
        Shifts the step: very negative values make the model ignore its input.
    seed : int
        Seed of the parameters.

    Returns
    -------
    dict
        ``y``, the first 50 outputs; ``delta``, the first 50 steps; ``last_state`` (N,); ``scan_difference`` between the parallel and
        the sequential scan; ``parallel_rounds`` and ``sequential_steps``; ``operations`` 2 T N of the recurrence and
        ``attention_scores`` T² that it replaces.

    Examples
    --------
    >>> output = mamba_selective_state_space([1.0, 0.0, 0.0, 0.5])
    >>> output["parallel_rounds"], output["sequential_steps"], bool(output["scan_difference"] < 1e-12)
    (2, 4, True)
    """
    x = np.asarray(signal, dtype=np.float64)  # (T,)
    a, b, C, delta = selective_parameters(x, state_size, np.random.default_rng(seed), delta_bias)
    h = sequential_scan(a, b)  # (T, N)
    scanned, rounds = parallel_scan(a, b)
    return {
        "y": (C * h).sum(axis=1)[:50],
        "delta": delta[:50],
        "last_state": h[-1],
        "scan_difference": np.abs(scanned - h).max(),
        "parallel_rounds": rounds,
        "sequential_steps": len(x),
        "operations": 2 * len(x) * state_size,
        "attention_scores": len(x) ** 2,
    }
