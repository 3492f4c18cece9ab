r"""Symmetry-breaking initialization gives the weights random values, because units that start equal receive equal
gradients and stay equal.

$$w_i = w_j,\; v_i = v_j \;\Rightarrow\; \frac{\partial L}{\partial w_i} = \frac{\partial L}{\partial w_j} \quad\text{at every step}$$

**Intuition.** Two hidden units with the same incoming and outgoing weights compute the same thing and are blamed alike,
so every update leaves them twins. A layer of a hundred such units is as good as one. A random start makes each a little
different, and from there on they specialise.

**When to use it.** Always for weights; biases may start at zero, since the weights break the symmetry already.

**Cost.** None.

**Pitfalls.** That such a network "never learns" is too strong: with a non-zero constant the weights do move, and the
layer learns as much as *one* unit can. What is never broken is the symmetry. Only with all weights exactly zero are the
gradients of the hidden weights zero, so that nothing but the output bias moves. Dropout noise can break the tie, and
over thousands of steps even rounding may. Random alone is not enough: the variance has to fit, see Xavier and He. Zero
is right on purpose for the last layer of a residual branch or for LoRA's $B$, since other weights break the symmetry
there.

**References.** Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 8.4.
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.neural_network_basics.backpropagation import Layer, initial_layers, loss_and_gradients
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Start = Literal["zero", "constant", "random"]


def starting_layers(start: Start, hidden: int, value: float, rng: np.random.Generator) -> list[Layer]:
    """Layers 2 → hidden → 1 with zero biases.

    Examples
    --------
    >>> starting_layers("constant", 2, 0.5, np.random.default_rng(0))[0][0].tolist()
    [[0.5, 0.5], [0.5, 0.5]]
    """
    if start == "random":
        return initial_layers([2, hidden, 1], rng)
    fill = 0.0 if start == "zero" else value
    return [(np.full((hidden, 2), fill), np.zeros(hidden)), (np.full((1, hidden), fill), np.zeros(1))]


def spread(W: Floats) -> float:
    """Largest difference between two hidden units' incoming weights.

    Examples
    --------
    >>> spread(np.array([[1.0, 2.0], [1.0, 5.0]]))
    3.0
    """
    return float((W.max(axis=0) - W.min(axis=0)).max())


@algorithm(
    id="symmetry-breaking-initialization",
    name="Same-value vs random initialization (symmetry breaking)",
    aliases=(
        "Same-value initialization and symmetry",
        "zero init",
        "symmetry breaking",
        "constant init",
        "Random weight initialization",
        "random init",
        "zero initialization",
    ),
    example={"start": "constant", "hidden": 6, "steps": 500, "seed": 0},
    cost="seconds",
)
def symmetry_breaking_initialization(
    start: Start = "constant",
    hidden: Annotated[int, Field(ge=2, le=32)] = 6,
    value: Annotated[float, Field(ge=-1, le=1)] = 0.5,
    learning_rate: Annotated[float, Field(gt=0, le=1.5)] = 1.0,
    steps: Annotated[int, Field(ge=1, le=1000)] = 500,
    seed: Seed = 0,
) -> Output:
    """Train a small tanh network on XOR from equal or random weights.

    Parameters
    ----------
    start : {"zero", "constant", "random"}
        How the weights begin.
    hidden : int
        Hidden units.
    value : float
        Weight of ``constant``.
    learning_rate : float
        Step size of full-batch gradient descent, divided by the number of hidden units plus one.
    steps : int
        Number of steps.
    seed : int
        Seed of ``random``.

    Returns
    -------
    dict
        ``loss_before`` and ``loss_after`` (half the mean squared error; 0.5 is the best constant prediction);
        ``hidden_spread_before`` and ``hidden_spread_after``, the largest difference between hidden units' weights;
        ``weights_moved``, the largest change of a hidden weight; ``first_hidden_gradient``, the largest entry of the
        first gradient by the hidden weights, and ``first_gradient_spread`` between units; ``distinct_hidden_units``
        after training.

    Examples
    --------
    >>> out = symmetry_breaking_initialization("constant", steps=100)
    >>> out["hidden_spread_after"] < 1e-9, out["weights_moved"] > 0, out["distinct_hidden_units"]
    (True, True, 1)
    """
    X = np.array([[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 0.8]])  # nearly symmetric, so that weights move at all
    y = np.array([[-1.0], [1.0], [1.0], [-1.0]])
    layers = starting_layers(start, hidden, value, np.random.default_rng(seed))
    first = layers[0][0]
    before, gradients = loss_and_gradients(X, y, layers, "tanh")
    first_gradient = gradients[0][0]  # (h, 2)
    rate = learning_rate / (hidden + 1)  # tied units act in unison; their curvature grows with their number
    for _ in range(steps):
        gradients = loss_and_gradients(X, y, layers, "tanh")[1]
        layers = [(W - rate * dW, b - rate * db) for (W, b), (dW, db) in zip(layers, gradients, strict=True)]
    final = layers[0][0]
    return {
        "loss_before": before,
        "loss_after": loss_and_gradients(X, y, layers, "tanh")[0],
        "hidden_spread_before": spread(first),
        "hidden_spread_after": spread(final),
        "weights_moved": float(np.abs(final - first).max()),
        "first_hidden_gradient": np.abs(first_gradient).max(),
        "first_gradient_spread": spread(first_gradient),
        "distinct_hidden_units": len(np.unique(final.round(6), axis=0)),
    }
